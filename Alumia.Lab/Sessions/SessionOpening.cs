using Alumia.Lab.Agents;
using Alumia.Lab.Ledger;
using Alumia.Lab.Projects;
using Alumia.Lab.Storage;

namespace Alumia.Lab.Sessions;

/// <summary>How a turn begins or goes on, in one transaction.</summary>
internal static class SessionOpening
{
    private const int MostOfLabel = 60;

    /// <summary>A message begins a turn, and its first step: one commit for both.</summary>
    public static TurnLaunch Begin(Tx tx, Session session, SessionRuntime runtime, NewMessage message, string? userId, int revision, PeerOrigin? from = null, bool wasQueued = false)
    {
        var turnId = Id.New("trn", tx.NowMs);
        var modelId = ModelOf(tx, session);
        var who = new TurnIdentity(session.OrgId, session.ProjectId, session.Id, turnId, session.AgentId, modelId, userId, message.RefuseUnpaid);
        var hold = runtime.Funds.Begin(tx, who, message.Text);
        // Nobody is there any more to whom one that waited could be refused.
        if (message.RefuseUnpaid && !wasQueued && hold?.Result.Outcome == HoldOutcome.PaymentRequired)
            throw new Refusal(RefusalKind.PaymentRequired, Funds.EmptyMessage);
        SessionRows.InsertTurn(tx, new TurnRecord { Id = turnId, SessionId = session.Id, MessageId = message.MessageId, Revision = revision, TextHash = SessionRows.Hash(message.Text), FirstSequence = session.LastSequence + 1 });
        if (session.Label == Session.DefaultLabel && session.LastSequence == 0)
        {
            tx.Run("UPDATE session SET label = @label WHERE id = @id", ("label", LabelFor(message.Text)), ("id", session.Id));
            tx.Changed(Conversations.ListKey(session.ProjectId));
        }
        ProjectDirectory.Touch(tx, session.ProjectId);
        var healed = SessionTroubles.Heal(tx, who, "A new message was sent");
        var events = new List<SessionEventData> { new TurnStarted(message.MessageId, revision, message.Text, userId, session.AgentId, modelId, From: from, ByProgram: message.RefuseUnpaid ? true : null) };
        events.AddRange(healed);
        events.Add(new StatusChanged(session.Status, SessionStatus.Active));
        // A step that cannot be paid now does not begin: its turn runs, and parks.
        if (hold is null or { Result.Outcome: HoldOutcome.Held })
            events.Add(new StepStarted(1, modelId));
        return SessionClosing.Launch(tx, session, who, runtime.Node, events) with { Hold = hold };
    }

    /// <summary>The peer whose message began this turn; null where a person's did.</summary>
    public static PeerOrigin? FromOf(Tx tx, string sessionId, string turnId) => tx.One(
        "SELECT data FROM session_event JOIN turn ON turn.session_id = session_event.session_id AND turn.first_sequence = session_event.sequence WHERE turn.id = @turn AND turn.session_id = @session",
        static row => (System.Text.Json.JsonSerializer.Deserialize(row.GetString(0), SessionJson.Default.SessionEventData) as TurnStarted)?.From, ("turn", turnId), ("session", sessionId));

    /// <summary>A parked turn wakes, or one that was interrupted or failed goes on.</summary>
    /// <param name="tx">The transaction.</param>
    /// <param name="session">Whose turn.</param>
    /// <param name="node">The process that runs it from now on.</param>
    /// <param name="why">What wakes it, in words.</param>
    /// <param name="first">What is to be stored before that, if anything.</param>
    public static TurnLaunch GoOn(Tx tx, Session session, string node, string why, SessionEventData? first = null)
    {
        var turn = SessionClosing.TurnEvents(tx, session);
        var began = turn.Select(each => each.Data).OfType<TurnStarted>().First();
        var modelId = ModelOf(tx, session);
        var who = new TurnIdentity(session.OrgId, session.ProjectId, session.Id, session.TurnId!, session.AgentId, modelId, began.UserId, began.ByProgram == true);
        SessionRows.DropWake(tx, session.Id);
        var events = new List<SessionEventData>();
        if (first is not null)
            events.Add(first);
        // A call that waited for a connection is run again, or was given up; should it have to wait once more, that is told anew.
        if (session.Status == SessionStatus.AwaitingConnector)
            events.AddRange(SessionTroubles.Heal(tx, who, why == Waker.HasCome ? "Reconnected, went on by itself" : why));
        if (!session.Status.IsParked())
        {
            events.AddRange(SessionTroubles.Heal(tx, who, why));
            events.Add(new TurnResumed(modelId));
        }
        events.Add(new StatusChanged(session.Status, SessionStatus.Active, why));
        return SessionClosing.Launch(tx, session, who, node, events);
    }

    private static string ModelOf(Tx tx, Session session)
    {
        var agentsOwn = AgentDirectory.ModelOfWorking(tx, session.OrgId, session.AgentId);
        return session.ModelId ?? agentsOwn;
    }

    private static string LabelFor(string text)
    {
        var line = text.Trim().Split('\n')[0].Trim();
        return line.Length == 0 ? Session.DefaultLabel : line.Length <= MostOfLabel ? line : line[..(MostOfLabel - 1)].TrimEnd() + "…";
    }
}
