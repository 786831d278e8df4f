using Alumia.Lab.Agents;
using Alumia.Lab.Models;
using Alumia.Lab.Projects;
using Alumia.Lab.Sessions.Cluster;
using Alumia.Lab.Storage;
using Alumia.Lab.Tools;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Alumia.Lab.Sessions;

/// <summary>All that a session needs of the house, in one hand.</summary>
internal sealed class SessionRuntime(
    Writer writer, IDbContextFactory<LabDbContext> contexts, LiveFeeds feeds, LiveRuns runs, ModelCatalogue catalogue, ModelRouter router, ChatClients clients,
    TokenCounter tokens, ToolRegistry tools, LiveCalls calls, SchemaCheck schemas, AgentDirectory agents, ProjectDirectory projects, Funds funds, TimeProvider clock,
    IOptions<SessionsOptions> options, IEnumerable<IMailbox> mailboxes, Node node, ILogger<SessionRuntime> log)
{
    public Writer Writer { get; } = writer;

    public IDbContextFactory<LabDbContext> Contexts { get; } = contexts;

    public LiveFeeds Feeds { get; } = feeds;

    public LiveRuns Runs { get; } = runs;

    public ModelCatalogue Catalogue { get; } = catalogue;

    public ModelRouter Router { get; } = router;

    public ChatClients Clients { get; } = clients;

    public TokenCounter Tokens { get; } = tokens;

    public ToolRegistry Tools { get; } = tools;

    public LiveCalls Calls { get; } = calls;

    public SchemaCheck Schemas { get; } = schemas;

    public AgentDirectory Agents { get; } = agents;

    public ProjectDirectory Projects { get; } = projects;

    public Funds Funds { get; } = funds;

    public TimeProvider Clock { get; } = clock;

    public SessionsOptions Options { get; } = options.Value;

    /// <summary>The mail of peers; null in a lab without them.</summary>
    public IMailbox? Mail { get; } = mailboxes.FirstOrDefault();

    public ILogger Log { get; } = log;

    /// <summary>Names this process in the rows of the sessions that it runs.</summary>
    public string Node { get; } = node.Name;
}
