using Alumia.Lab.Agents;
using Alumia.Lab.Models;
using Alumia.Lab.Organizations;
using Alumia.Lab.Projects;
using Alumia.Lab.Sessions;
using Alumia.Lab.Tools;
using Alumia.Lab.Troubles;

namespace Alumia.Lab.Chat;

/// <summary>Passes the panel's wishes to their rooms.</summary>
internal sealed class ChatHost(Conversations conversations, AgentDirectory agents, ProjectDirectory projects, Members members, TroubleLog troubles, ModelRouter models, ToolRegistry tools, ChatLimit limit) : IChatHost
{
    private const int PageMessages = 100;

    public Task<IReadOnlyList<Session>> SessionsAsync(OrgScope scope, string projectId, CancellationToken cancellation) =>
        conversations.ListAsync(scope, projectId, cancellation);

    public Task<IReadOnlyList<Agent>> AgentsAsync(OrgScope scope, CancellationToken cancellation) => agents.ListAsync(scope, cancellation);

    public async Task<IReadOnlyDictionary<string, string>> PeopleAsync(OrgScope scope, CancellationToken cancellation) =>
        (await members.ListAsync(scope, cancellation)).ToDictionary(member => member.UserId, member => member.Name);

    public async Task<bool> IsStandInAsync(OrgScope scope, string modelId, CancellationToken cancellation)
    {
        try
        {
            return (await models.RouteAsync(scope.OrgId, modelId, cancellation)).IsStandIn;
        }
        catch (ProviderException)
        {
            return false; // Nothing answers for it at all, which the turn will say.
        }
    }

    public async Task<string?> SchemaAsync(OrgScope scope, string tool, CancellationToken cancellation) =>
        (await tools.AllAsync(scope.OrgId, cancellation)).FirstOrDefault(each => each.Name == tool)?.Schema.GetRawText();

    public async Task<IReadOnlyList<Trouble>> TroublesAsync(OrgScope scope, string sessionId, CancellationToken cancellation) =>
        await troubles.OfSessionAsync(scope, await projects.IdsAsync(scope, cancellation), sessionId, cancellation);

    public Task<IReadOnlyList<QueuedMessage>> QueueAsync(OrgScope scope, string sessionId, CancellationToken cancellation) =>
        conversations.QueueAsync(scope, sessionId, cancellation);

    public Task<EventPage> PageAsync(OrgScope scope, string sessionId, long? before, CancellationToken cancellation) =>
        conversations.PageAsync(scope, sessionId, before, PageMessages, cancellation);

    public IAsyncEnumerable<IReadOnlyList<Frame>> WatchAsync(OrgScope scope, string sessionId, Cursor from, CancellationToken cancellation) =>
        conversations.WatchAsync(scope, sessionId, from, cancellation);

    public Task<Session> CreateAsync(OrgScope scope, string projectId, string agentId, string? modelId, CancellationToken cancellation) =>
        conversations.CreateAsync(scope, projectId, agentId, modelId, cancellation: cancellation);

    public Task ChooseAsync(OrgScope scope, string sessionId, string agentId, string? modelId, CancellationToken cancellation) =>
        conversations.ChooseAsync(scope, sessionId, agentId, modelId, cancellation);

    public int MessagesAMinute => limit.Most;

    public Task<Sent> SendAsync(OrgScope scope, string sessionId, NewMessage message, CancellationToken cancellation) =>
        conversations.SendAsync(scope, sessionId, message, cancellation);

    public Task CancelAsync(OrgScope scope, string sessionId, CancellationToken cancellation) => conversations.CancelAsync(scope, sessionId, cancellation);

    public Task AnswerAsync(OrgScope scope, string sessionId, string callId, ApprovalAnswer answer, string? reason, CancellationToken cancellation) =>
        conversations.AnswerAsync(scope, sessionId, callId, answer, reason, cancellation);

    public Task ResumeAsync(OrgScope scope, string sessionId, CancellationToken cancellation) => conversations.ResumeAsync(scope, sessionId, cancellation);

    public Task UnqueueAsync(OrgScope scope, string sessionId, string messageId, CancellationToken cancellation) =>
        conversations.UnqueueAsync(scope, sessionId, messageId, cancellation);

    public Task RenameAsync(OrgScope scope, string sessionId, string label, CancellationToken cancellation) =>
        conversations.RenameAsync(scope, sessionId, label, cancellation);

    public Task DeleteAsync(OrgScope scope, string sessionId, CancellationToken cancellation) => conversations.DeleteAsync(scope, sessionId, cancellation);
}
