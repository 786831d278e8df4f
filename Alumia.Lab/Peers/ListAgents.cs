using System.Runtime.CompilerServices;
using System.Text.Json;
using Alumia.Lab.Storage;
using Alumia.Lab.Tools;
using Microsoft.EntityFrameworkCore;

namespace Alumia.Lab.Peers;

/// <summary>Tells who is at work in the project.</summary>
internal sealed class ListAgents(IDbContextFactory<LabDbContext> contexts, TimeProvider clock) : ITool
{
    public string Name => "list_agents";

    public string Description => "Lists the agents of this project: name, status (active, idle, awaiting_peer and so on), what each is doing and since when, and the agents that could be begun.";

    public JsonElement Schema { get; } = Arguments.Schema("""{"type":"object","properties":{},"additionalProperties":false}""");

    public ToolRisk Risk => ToolRisk.Reads;

    public TimeSpan TimeLimit => TimeSpan.FromSeconds(30);

    public async IAsyncEnumerable<ToolOutput> RunAsync(ToolCall call, [EnumeratorCancellation] CancellationToken cancellation)
    {
        yield return new ToolOutput.Result(await SayAsync(call.Context.OrgId, call.Context.ProjectId, call.Context.SessionId));
    }

    /// <summary>The list, as one of its sessions is told.</summary>
    public async Task<string> SayAsync(string orgId, string projectId, string sessionId)
    {
        await using var db = contexts.CreateDbContext();
        return PeerWords.Participants(WaitGraph.Read(db, PeerGroup.Read(db, orgId, projectId)), sessionId, clock.NowMs());
    }
}
