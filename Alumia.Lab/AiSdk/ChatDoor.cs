using Alumia.Lab.Agents;
using Alumia.Lab.Organizations;
using Alumia.Lab.Projects;
using Alumia.Lab.Sessions;

namespace Alumia.Lab.AiSdk;

/// <summary>What a client of the AI SDK asks for, as deeds on sessions.</summary>
internal sealed class ChatDoor(Conversations conversations, QueueWatch queue, ApprovalDoor approvals, ProjectDirectory projects, AgentDirectory agents, TimeProvider clock)
{
    private const int MostMessages = 10_000;
    private const int MostName = 255;

    /// <summary>Sends the user's last message, to the session that is named or to a new one. Returns when it is durable.</summary>
    /// <exception cref="Refusal">Nothing to send, no such session, or what the session says.</exception>
    public async Task<ChatTurn> SendAsync(OrgScope scope, ChatRequest request, CancellationToken cancellation)
    {
        scope.Require(OrgRole.Member);
        var messages = request.Messages ?? throw Refusal.Invalid("messages", "The messages are missing.");
        if (messages.Count > MostMessages)
            throw Refusal.Invalid("messages", $"There are more than {MostMessages:N0} messages.");
        if (request.Answers() is { Count: > 0 } answers)
            return await approvals.AnswerAsync(scope, await FindAsync(scope, NameOf(request) ?? throw Refusal.Invalid("id", "Whose calls are answered?"), cancellation), answers, cancellation);
        var index = LastOfUser(messages);
        var message = new NewMessage(messages[index]!.Id is { Length: > 0 } id ? id : Id.New("msg", clock), TextOf(messages[index]!), request.IsRegenerate, RefuseUnpaid: true);
        var named = NameOf(request);
        var session = named is null ? null : await conversations.FindNamedAsync(scope, named, cancellation);
        if (session is null)
            return await BeginAsync(scope, request, named, message, EarlierTurns.Of(messages, index), cancellation);
        await ChooseAsync(scope, session, request, cancellation);
        if (session.LastSequence == 0 && EarlierTurns.Of(messages, index) is { Count: > 0 } earlier)
            await conversations.SeedAsync(scope, session, earlier, cancellation);
        return await TurnAsync(session, message, await conversations.SendAsync(scope, session, message, cancellation), cancellation);
    }

    /// <summary>The turn that is live, from its start; or from a place on the turn in which that lies, where there is more of it. Null where there is neither.</summary>
    public async Task<ChatTurn?> FollowAsync(OrgScope scope, string name, Place? from, CancellationToken cancellation)
    {
        var session = await FindAsync(scope, name, cancellation);
        if (from is { } place && await conversations.TurnAsync(session, null, place.Sequence, cancellation) is { } span &&
            ((session.Status.IsLive() && session.TurnId == span.TurnId) || await HasMoreAsync(session, span, place, cancellation)))
            return Of(session, span, place);
        return session.Status.IsLive() && await conversations.TurnAsync(session, session.TurnId, 0, cancellation) is { } live ? Of(session, live, default) : null;
    }

    /// <summary>The frames of a turn's session, for ever: the reader ends when the turn's parts are over.</summary>
    /// <exception cref="Refusal">The message waited, and was taken out of the queue (409).</exception>
    public IAsyncEnumerable<IReadOnlyList<Frame>> FramesAsync(ChatTurn turn, CancellationToken cancellation) => turn.Waiting is { } message
        ? queue.FollowAsync(turn.Session, message, turn.From, cancellation)
        : conversations.FollowAsync(turn.Session, turn.From, cancellation);

    /// <summary>A session by its id or a client's name for it.</summary>
    /// <exception cref="Refusal">Not found.</exception>
    public async Task<Session> FindAsync(OrgScope scope, string name, CancellationToken cancellation) =>
        await conversations.FindNamedAsync(scope, name, cancellation) ?? throw Refusal.NotFound("session");

    /// <summary>Ends the turn under way; false where none was.</summary>
    public async Task<bool> StopAsync(OrgScope scope, Session session, CancellationToken cancellation) => await conversations.CancelAsync(scope, session.Id, cancellation);

    /// <summary>What the stop of the session's last turn did; null where that was not stopped.</summary>
    public async Task<StopReport?> ReportAsync(OrgScope scope, Session session, CancellationToken cancellation) =>
        (await conversations.LastTurnsAsync(scope, [session.Id], cancellation)).GetValueOrDefault(session.Id)?.Events.Select(each => each.Data).OfType<TurnFailed>().LastOrDefault()?.Stop;

    /// <summary>Goes on with an interrupted turn, or wakes a parked one.</summary>
    /// <exception cref="Refusal">It is neither (409).</exception>
    public async Task ResumeAsync(OrgScope scope, Session session, CancellationToken cancellation)
    {
        scope.Require(OrgRole.Member);
        if (session.Status != SessionStatus.Interrupted && !session.Status.IsParked())
            throw Refusal.Conflict($"Only an interrupted or a waiting session can be resumed; this one is {session.Status.Word()}.");
        await conversations.ResumeAsync(scope, session.Id, cancellation);
    }

    private async Task<ChatTurn> BeginAsync(OrgScope scope, ChatRequest request, string? clientName, NewMessage message, IReadOnlyList<EarlierTurn> earlier, CancellationToken cancellation)
    {
        // What looks like one of our ids names a session that is there, or nothing.
        if (clientName is not null && (clientName == request.SessionId || clientName.StartsWith("ses_", StringComparison.Ordinal)))
            throw Refusal.NotFound("session");
        if (clientName is { Length: > MostName } || clientName?.Contains('\0', StringComparison.Ordinal) == true)
            throw Refusal.Invalid("id", $"A conversation's id has up to {MostName} characters.");
        var project = request.ProjectId is { Length: > 0 } projectId ? await projects.FindAsync(scope, projectId, cancellation) : await projects.ApiProjectAsync(scope, cancellation);
        var agent = await agents.FindAsync(scope, request.AgentId is { Length: > 0 } agentId ? agentId : Agent.AlaSlug, cancellation);
        var wish = new NewSession(project, agent, request.Model is { Length: > 0 } model ? model : null, clientName, earlier);
        var (session, sent) = await conversations.BeginAsync(scope, wish, message, cancellation);
        return await TurnAsync(session, message, sent, cancellation);
    }

    /// <summary>Another agent or model than the session's, where the client names one, from this message on.</summary>
    private async Task ChooseAsync(OrgScope scope, Session session, ChatRequest request, CancellationToken cancellation)
    {
        if (request.ProjectId is { Length: > 0 } projectId && projectId != session.ProjectId)
            throw Refusal.Conflict("This session is in another project.");
        var agentId = request.AgentId is { Length: > 0 } agent && agent != session.AgentId ? (await agents.FindAsync(scope, agent, cancellation)).Id : session.AgentId;
        var model = request.Model is { Length: > 0 } wanted ? wanted : session.ModelId;
        if (agentId != session.AgentId || model != session.ModelId)
            await conversations.ChooseAsync(scope, session.Id, agentId, model, cancellation);
    }

    private async Task<ChatTurn> TurnAsync(Session session, NewMessage message, Sent sent, CancellationToken cancellation)
    {
        var from = new Cursor(session.LastSequence, 0);
        if (sent is { Outcome: SendOutcome.Attached, TurnId: not null } && await conversations.TurnAsync(session, sent.TurnId, 0, cancellation) is { } span)
            from = new Cursor(span.FirstSequence - 1, 0);
        return new ChatTurn(session, new UiParts(session.Id, sent.TurnId, message.MessageId, default), from, sent.Limit, sent.TurnId is null ? message : null);
    }

    private async Task<bool> HasMoreAsync(Session session, TurnSpan span, Place place, CancellationToken cancellation)
    {
        var turn = Of(session, span, place);
        await foreach (var frames in FramesAsync(turn, cancellation))
        {
            if (turn.Parts.Take(frames).Count > 0)
                return true;
            if (turn.Parts.IsOver || turn.Parts.IsCaughtUp)
                break;
        }
        return false;
    }

    private static ChatTurn Of(Session session, TurnSpan span, Place from) => new(session, new UiParts(session.Id, span.TurnId, null, from), new Cursor(span.FirstSequence - 1, 0));

    private static string? NameOf(ChatRequest request) => request.SessionId is { Length: > 0 } sessionId ? sessionId : request.Id is { Length: > 0 } id ? id : null;

    private static int LastOfUser(IReadOnlyList<ChatMessage?> messages)
    {
        for (var i = messages.Count - 1; i >= 0; i--)
        {
            if (messages[i]?.Role == "user")
                return i;
        }
        throw Refusal.Invalid("messages", "There is no message of the role \"user\".");
    }

    private static string TextOf(ChatMessage message) => message.Parts?.Any(part => part?.Type == "file") == true
        ? throw Refusal.Invalid("messages", "Files cannot be sent yet; send text.")
        : message.Text();
}
