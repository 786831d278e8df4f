using Alumia.Lab.Organizations;

namespace Alumia.Lab.Sessions;

/// <summary>A person's or client's message.</summary>
/// <param name="MessageId">Chosen by the sender: the same id with the same text attaches to its turn; with another text it is an edit.</param>
/// <param name="Text">Up to 1,000,000 characters.</param>
/// <param name="Regenerate">Answer the same message again.</param>
public sealed record NewMessage(string MessageId, string Text, bool Regenerate = false);

public enum SendOutcome
{
    Started,
    Queued,
    /// <summary>It was sent before: the turn that answers it goes on, or has answered.</summary>
    Attached,
}

public sealed record Sent(SendOutcome Outcome, string? TurnId);

/// <summary>A message that waits for the running turn to end.</summary>
public sealed record QueuedMessage(string MessageId, string Text, string? UserId, long AtMs);

/// <summary>A stretch of a session's events, and whether there are earlier ones. <see cref="End"/> is where to watch from.</summary>
public sealed record EventPage(IReadOnlyList<SessionEvent> Events, bool HasEarlier, Cursor End);

/// <summary>What people and clients do with sessions. Checks who may; the session's grain does the rest.</summary>
public sealed class Conversations
{
    /// <summary>The change key of one session: status, label, queue.</summary>
    public static string Key(string sessionId) => $"session:{sessionId}";

    /// <summary>The change key of a project's list of sessions.</summary>
    public static string ListKey(string projectId) => $"sessions:{projectId}";

    public Task<Session> CreateAsync(OrgScope scope, string projectId, string agentId, string? modelId = null, string? label = null, CancellationToken cancellation = default) => throw new NotSupportedException();

    public Task<IReadOnlyList<Session>> ListAsync(OrgScope scope, string projectId, CancellationToken cancellation) => throw new NotSupportedException();

    public Task<Session> FindAsync(OrgScope scope, string sessionId, CancellationToken cancellation) => throw new NotSupportedException();

    public Task RenameAsync(OrgScope scope, string sessionId, string label, CancellationToken cancellation) => throw new NotSupportedException();

    /// <summary>Cancels what runs and hides the session.</summary>
    public Task DeleteAsync(OrgScope scope, string sessionId, CancellationToken cancellation) => throw new NotSupportedException();

    /// <summary>Another agent or model (null: the agent's own) from the next turn on.</summary>
    public Task ChooseAsync(OrgScope scope, string sessionId, string agentId, string? modelId, CancellationToken cancellation) => throw new NotSupportedException();

    /// <summary>Returns when the message is durable.</summary>
    public Task<Sent> SendAsync(OrgScope scope, string sessionId, NewMessage message, CancellationToken cancellation) => throw new NotSupportedException();

    /// <summary>Ends the turn under way; false where none was. What was written so far stays.</summary>
    public Task<bool> CancelAsync(OrgScope scope, string sessionId, CancellationToken cancellation) => throw new NotSupportedException();

    /// <summary>Goes on with an interrupted or failed turn from its last whole step.</summary>
    public Task ResumeAsync(OrgScope scope, string sessionId, CancellationToken cancellation) => throw new NotSupportedException();

    public Task<IReadOnlyList<QueuedMessage>> QueueAsync(OrgScope scope, string sessionId, CancellationToken cancellation) => throw new NotSupportedException();

    public Task UnqueueAsync(OrgScope scope, string sessionId, string messageId, CancellationToken cancellation) => throw new NotSupportedException();

    /// <summary>The newest page of whole turns, up to so many messages, before an event number (null: the end).</summary>
    public Task<EventPage> PageAsync(OrgScope scope, string sessionId, long? before = null, int messages = 100, CancellationToken cancellation = default) => throw new NotSupportedException();

    /// <summary>All that comes after a cursor, in order, for ever: nothing is missed and nothing comes twice. Each batch is all that waited.</summary>
    public IAsyncEnumerable<IReadOnlyList<Frame>> WatchAsync(OrgScope scope, string sessionId, Cursor from, CancellationToken cancellation) => throw new NotSupportedException();
}
