using Alumia.Lab.Agents;
using Alumia.Lab.Organizations;
using Alumia.Lab.Sessions;
using Alumia.Lab.Troubles;

namespace Alumia.Lab.Chat;

/// <summary>What the panel asks of the rooms below. Tests put canned frames behind it.</summary>
public interface IChatHost
{
    Task<IReadOnlyList<Session>> SessionsAsync(OrgScope scope, string projectId, CancellationToken cancellation);

    Task<IReadOnlyList<Agent>> AgentsAsync(OrgScope scope, CancellationToken cancellation);

    /// <summary>The names of the org's people by their ids.</summary>
    Task<IReadOnlyDictionary<string, string>> PeopleAsync(OrgScope scope, CancellationToken cancellation);

    /// <summary>Whether a stand-in answers for this model: no language model is behind it.</summary>
    Task<bool> IsStandInAsync(OrgScope scope, string modelId, CancellationToken cancellation);

    /// <summary>The JSON Schema of a tool's arguments; null where there is no such tool.</summary>
    Task<string?> SchemaAsync(OrgScope scope, string tool, CancellationToken cancellation);

    Task<IReadOnlyList<Trouble>> TroublesAsync(OrgScope scope, string sessionId, CancellationToken cancellation);

    Task<IReadOnlyList<QueuedMessage>> QueueAsync(OrgScope scope, string sessionId, CancellationToken cancellation);

    Task<EventPage> PageAsync(OrgScope scope, string sessionId, long? before, CancellationToken cancellation);

    IAsyncEnumerable<IReadOnlyList<Frame>> WatchAsync(OrgScope scope, string sessionId, Cursor from, CancellationToken cancellation);

    Task<Session> CreateAsync(OrgScope scope, string projectId, string agentId, string? modelId, CancellationToken cancellation);

    Task ChooseAsync(OrgScope scope, string sessionId, string agentId, string? modelId, CancellationToken cancellation);

    /// <summary>How many messages of one person pass in a minute.</summary>
    int MessagesAMinute { get; }

    Task<Sent> SendAsync(OrgScope scope, string sessionId, NewMessage message, CancellationToken cancellation);

    Task CancelAsync(OrgScope scope, string sessionId, CancellationToken cancellation);

    Task AnswerAsync(OrgScope scope, string sessionId, string callId, ApprovalAnswer answer, string? reason, CancellationToken cancellation);

    Task ResumeAsync(OrgScope scope, string sessionId, CancellationToken cancellation);

    Task UnqueueAsync(OrgScope scope, string sessionId, string messageId, CancellationToken cancellation);

    Task RenameAsync(OrgScope scope, string sessionId, string label, CancellationToken cancellation);

    Task DeleteAsync(OrgScope scope, string sessionId, CancellationToken cancellation);
}
