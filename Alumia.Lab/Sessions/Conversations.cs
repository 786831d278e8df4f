using System.Runtime.CompilerServices;
using Alumia.Lab.Limits;
using Alumia.Lab.Organizations;

namespace Alumia.Lab.Sessions;

/// <summary>A person's or client's message.</summary>
/// <param name="MessageId">Chosen by the sender: the same id with the same text attaches to its turn; with another text it is an edit.</param>
/// <param name="Text">Not empty; as long as the limit allows.</param>
/// <param name="Regenerate">Answer the same message again.</param>
/// <param name="RefuseUnpaid">A program sends it: where its model cannot be paid, it is refused and nothing is stored, instead of waiting for funds; and where a connector
/// must be connected, the model is told at once, instead of waiting for a person.</param>
[GenerateSerializer, Immutable]
public sealed record NewMessage(
    [property: Id(0)] string MessageId, [property: Id(1)] string Text, [property: Id(2)] bool Regenerate = false, [property: Id(3)] bool RefuseUnpaid = false);

public enum SendOutcome
{
    Started,
    Queued,
    /// <summary>It was sent before: the turn that answers it goes on, or has answered.</summary>
    Attached,
}

[GenerateSerializer, Immutable]
public sealed record Sent([property: Id(0)] SendOutcome Outcome, [property: Id(1)] string? TurnId)
{
    /// <summary>What is left of the sender's limit; null where the message was sent before and the limit is reached, or sent without one.</summary>
    [Id(2)]
    public LimitVerdict? Limit { get; init; }
}

/// <summary>A message that waits for the running turn to end.</summary>
public sealed record QueuedMessage(string MessageId, string Text, string? UserId, bool ByProgram, long AtMs);

/// <summary>A stretch of a session's events, and whether there are earlier ones. <see cref="End"/> is where to watch from.</summary>
public sealed record EventPage(IReadOnlyList<SessionEvent> Events, bool HasEarlier, Cursor End);

/// <summary>What people and clients do with sessions: this checks who may, and the session's grain does the rest.</summary>
public sealed class Conversations
{
    private readonly SessionDirectory _directory;
    private readonly SessionWatch _watch;
    private readonly ChatLimit _limit;
    private readonly IGrainFactory _grains;
    private readonly TimeProvider _clock;
    private readonly SessionsOptions _options;

    internal Conversations(SessionDirectory directory, SessionWatch watch, ChatLimit limit, IGrainFactory grains, TimeProvider clock, SessionsOptions options) =>
        (_directory, _watch, _limit, _grains, _clock, _options) = (directory, watch, limit, grains, clock, options);

    /// <summary>The change key of one session: status, label, queue.</summary>
    public static string Key(string sessionId) => $"session:{sessionId}";

    /// <summary>The change key of a project's list of sessions.</summary>
    public static string ListKey(string projectId) => $"sessions:{projectId}";

    public Task<Session> CreateAsync(OrgScope scope, string projectId, string agentId, string? modelId = null, string? label = null, CancellationToken cancellation = default) =>
        _directory.CreateAsync(scope, projectId, agentId, modelId, label, cancellation);

    /// <summary>The project's sessions, the last active first.</summary>
    public Task<IReadOnlyList<Session>> ListAsync(OrgScope scope, string projectId, CancellationToken cancellation) =>
        _directory.ListAsync(scope, projectId, cancellation);

    /// <summary>The newest sessions by their making, of one project or of all that this person may see, before an id (null: from the newest on).</summary>
    public Task<IReadOnlyList<Session>> NewestAsync(OrgScope scope, string? projectId, string? before, int most, CancellationToken cancellation) =>
        _directory.NewestAsync(scope, projectId, before, most, cancellation);

    public Task<Session> FindAsync(OrgScope scope, string sessionId, CancellationToken cancellation) =>
        _directory.FindAsync(scope, sessionId, cancellation);

    public Task RenameAsync(OrgScope scope, string sessionId, string label, CancellationToken cancellation) =>
        _directory.RenameAsync(scope, sessionId, label, cancellation);

    /// <summary>Another agent or model (null: the agent's own) from the next turn on.</summary>
    public Task ChooseAsync(OrgScope scope, string sessionId, string agentId, string? modelId, CancellationToken cancellation) =>
        _directory.ChooseAsync(scope, sessionId, agentId, modelId, cancellation);

    /// <summary>Cancels what runs and hides the session.</summary>
    public async Task DeleteAsync(OrgScope scope, string sessionId, CancellationToken cancellation)
    {
        await ForWorkAsync(scope, sessionId, cancellation);
        await _directory.ClearQueueAsync(scope, sessionId, cancellation);
        (await Grain(sessionId).CancelAsync()).Take();
        await _directory.DeleteAsync(scope, sessionId, cancellation);
    }

    /// <summary>Brings a deleted session back; what ran when it was deleted stays cancelled.</summary>
    public Task RestoreAsync(OrgScope scope, string sessionId, CancellationToken cancellation) =>
        _directory.RestoreAsync(scope, sessionId, cancellation);

    /// <summary>Returns when the message is durable. One that was sent before costs nothing of the sender's limit, and passes where it is reached.</summary>
    /// <exception cref="Refusal">Not found, no good, in the way of a running answer, or too many (with when it passes).</exception>
    public async Task<Sent> SendAsync(OrgScope scope, string sessionId, NewMessage message, CancellationToken cancellation)
    {
        Check(message);
        await ForWorkAsync(scope, sessionId, cancellation);
        return await SendToAsync(scope, sessionId, message, cancellation);
    }

    /// <summary>The same, to a session that this person was seen to have a moment ago.</summary>
    internal Task<Sent> SendAsync(OrgScope scope, Session session, NewMessage message, CancellationToken cancellation)
    {
        Check(message);
        scope.Require(OrgRole.Member);
        return SendToAsync(scope, session.Id, message, cancellation);
    }

    /// <summary>Begins a session with a message, both stored at once. Where the message is one too many, no session is made.</summary>
    internal async Task<(Session Session, Sent Sent)> BeginAsync(OrgScope scope, NewSession wish, NewMessage message, CancellationToken cancellation)
    {
        Check(message);
        scope.Require(OrgRole.Member);
        var taken = await _limit.TakeAsync(scope);
        if (!taken.IsAllowed)
            throw await _limit.RefuseAsync(scope, taken);
        var start = _directory.Start(scope, wish, _clock.NowMs());
        var begun = (await Grain(start.Id).BeginAsync(start, message)).Take();
        if (begun.Sent is { } sent)
            return (start.Row(Session.DefaultLabel, begun.LastSequence), sent with { Limit = taken });
        // Where this person may not see the session of that name, it is not found.
        var named = await _directory.FindNamedAsync(scope, start.ClientName!, cancellation) ?? throw Refusal.NotFound("session");
        return (named, await SendTakenAsync(scope, named.Id, message, taken));
    }

    private async Task<Sent> SendToAsync(OrgScope scope, string sessionId, NewMessage message, CancellationToken cancellation)
    {
        var taken = await _limit.TakeAsync(scope);
        if (taken.IsAllowed)
            return await SendTakenAsync(scope, sessionId, message, taken);
        if (!await _directory.IsSentAsync(sessionId, message, cancellation))
            throw await _limit.RefuseAsync(scope, taken);
        return (await Grain(sessionId).SendAsync(message, scope.UserId)).Take();
    }

    private async Task<Sent> SendTakenAsync(OrgScope scope, string sessionId, NewMessage message, LimitVerdict taken)
    {
        var sent = (await Grain(sessionId).SendAsync(message, scope.UserId)).Take();
        if (sent.Outcome == SendOutcome.Attached)
        {
            await _limit.GiveBackAsync(scope, taken);
            taken = taken with { Remaining = taken.Remaining + 1 };
        }
        return sent with { Limit = taken };
    }

    private void Check(NewMessage message)
    {
        if (string.IsNullOrWhiteSpace(message.Text))
            throw Refusal.Invalid("text", "The message is empty.");
        if (message.Text.Length > _options.MaxMessageCharacters)
            throw new Refusal(RefusalKind.TooLarge, $"The message has {message.Text.Length:N0} characters; the limit is {_options.MaxMessageCharacters:N0}.");
        if (message.MessageId.Length is 0 or > 255)
            throw Refusal.Invalid("id", "A message's id has 1 to 255 characters.");
        // Databases keep no NUL in a text.
        if (message.Text.Contains('\0', StringComparison.Ordinal) || message.MessageId.Contains('\0', StringComparison.Ordinal))
            throw Refusal.Invalid("text", "The message holds a NUL character.");
    }

    /// <summary>A session by its id or the name that a client gave it; null where this person sees none.</summary>
    internal Task<Session?> FindNamedAsync(OrgScope scope, string name, CancellationToken cancellation) => _directory.FindNamedAsync(scope, name, cancellation);

    /// <inheritdoc cref="SessionDirectory.SeedAsync"/>
    internal Task SeedAsync(OrgScope scope, Session session, IReadOnlyList<EarlierTurn> earlier, CancellationToken cancellation) => _directory.SeedAsync(scope, session, earlier, cancellation);

    /// <inheritdoc cref="SessionDirectory.IsSentAsync"/>
    internal Task<bool> IsSentAsync(Session session, NewMessage message, CancellationToken cancellation) => _directory.IsSentAsync(session.Id, message, cancellation);

    /// <inheritdoc cref="SessionDirectory.TurnAsync"/>
    internal Task<TurnSpan?> TurnAsync(Session session, string? turnId, long sequence, CancellationToken cancellation) => _directory.TurnAsync(session.Id, turnId, sequence, cancellation);

    /// <summary>As <see cref="WatchAsync"/>, of a session that this person was seen to have a moment ago.</summary>
    internal IAsyncEnumerable<IReadOnlyList<Frame>> FollowAsync(Session session, Cursor from, CancellationToken cancellation) => _watch.FollowAsync(session.Id, from, cancellation);

    /// <summary>Ends the turn under way; false where none was. What was written so far stays.</summary>
    public async Task<bool> CancelAsync(OrgScope scope, string sessionId, CancellationToken cancellation)
    {
        await ForWorkAsync(scope, sessionId, cancellation);
        return (await Grain(sessionId).CancelAsync()).Take();
    }

    /// <summary>Ends one running call and not its turn: the model is told that a person did, and goes on; false where the call does not run.</summary>
    public async Task<bool> CancelCallAsync(OrgScope scope, string sessionId, string callId, CancellationToken cancellation)
    {
        await ForWorkAsync(scope, sessionId, cancellation);
        return (await Grain(sessionId).CancelCallAsync(callId)).Take();
    }

    /// <summary>Ends the call that a turn waits in for something outside: the model is told this as its error, and goes on.</summary>
    /// <exception cref="Refusal">This call does not wait any more (409).</exception>
    public async Task GiveUpAsync(OrgScope scope, string sessionId, string callId, string error, CancellationToken cancellation)
    {
        await ForWorkAsync(scope, sessionId, cancellation);
        (await Grain(sessionId).GiveUpAsync(callId, error)).Take();
    }

    /// <summary>Answers one call that asks for approval; whoever may write in the session may.</summary>
    /// <param name="scope">Who answers.</param>
    /// <param name="sessionId">Whose call.</param>
    /// <param name="callId">Of the turn under way.</param>
    /// <param name="answer">Yes, yes to all of the same tool in this session, or no.</param>
    /// <param name="reason">What the model is told beside a no, up to 2,000 characters.</param>
    /// <param name="cancellation">Ends the waiting, not the answer.</param>
    /// <exception cref="Refusal">No such call asks (404), it was answered before (409), or the reason is no good.</exception>
    public async Task AnswerAsync(OrgScope scope, string sessionId, string callId, ApprovalAnswer answer, string? reason, CancellationToken cancellation)
    {
        reason = Approvals.CheckReason(reason);
        await ForWorkAsync(scope, sessionId, cancellation);
        (await Grain(sessionId).AnswerAsync(callId, answer, reason, scope.UserId)).Take();
    }

    /// <summary>Goes on with an interrupted or failed turn from where it stood, or wakes a parked one at once.</summary>
    /// <exception cref="Refusal">There is nothing to go on with (409).</exception>
    public async Task ResumeAsync(OrgScope scope, string sessionId, CancellationToken cancellation)
    {
        await ForWorkAsync(scope, sessionId, cancellation);
        if (!(await Grain(sessionId).ResumeAsync("Resumed", onlyParked: false)).Take())
            throw Refusal.Conflict("There is nothing to go on with: no turn of this session was interrupted, failed or waits.");
    }

    /// <summary>The messages that wait, the next one first.</summary>
    public Task<IReadOnlyList<QueuedMessage>> QueueAsync(OrgScope scope, string sessionId, CancellationToken cancellation) =>
        _directory.QueueAsync(scope, sessionId, cancellation);

    /// <summary>Takes a message that waits out of the queue.</summary>
    public async Task UnqueueAsync(OrgScope scope, string sessionId, string messageId, CancellationToken cancellation)
    {
        await ForWorkAsync(scope, sessionId, cancellation);
        await _directory.UnqueueAsync(scope, sessionId, messageId, cancellation);
    }

    /// <summary>The newest page of whole turns, up to so many messages (a turn is two), before an event number (null: the end).</summary>
    public Task<EventPage> PageAsync(OrgScope scope, string sessionId, long? before = null, int messages = 100, CancellationToken cancellation = default) =>
        _directory.PageAsync(scope, sessionId, before, messages, cancellation);

    /// <summary>The last turn of each of these sessions that this person may see, by session id: what a glance at many sessions needs.</summary>
    public Task<IReadOnlyDictionary<string, EventPage>> LastTurnsAsync(OrgScope scope, IReadOnlyCollection<string> sessionIds, CancellationToken cancellation) =>
        _directory.LastTurnsAsync(scope, sessionIds, cancellation);

    /// <summary>All that comes after a cursor, in order, for ever: nothing is missed and nothing comes twice. Each batch is all that waited.</summary>
    public async IAsyncEnumerable<IReadOnlyList<Frame>> WatchAsync(OrgScope scope, string sessionId, Cursor from, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await _directory.FindAsync(scope, sessionId, cancellation);
        await foreach (var frames in _watch.FollowAsync(sessionId, from, cancellation))
            yield return frames;
    }

    private async Task ForWorkAsync(OrgScope scope, string sessionId, CancellationToken cancellation)
    {
        await _directory.FindAsync(scope, sessionId, cancellation);
        scope.Require(OrgRole.Member);
    }

    private ISessionGrain Grain(string sessionId) => _grains.GetGrain<ISessionGrain>(sessionId);
}
