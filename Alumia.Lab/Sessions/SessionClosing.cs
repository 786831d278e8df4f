using System.Text.Json;
using Alumia.Lab.Ledger;
using Alumia.Lab.Storage;

namespace Alumia.Lab.Sessions;

/// <summary>A turn that has begun, or goes on, in a transaction: what its run needs to know.</summary>
internal sealed record TurnLaunch(TurnIdentity Who, long Epoch, long FromSequence, IReadOnlyList<SessionEvent> Begun)
{
    /// <summary>The money that is held for its first step, or what is short; null where nothing is to be paid.</summary>
    public StepHold? Hold { get; init; }
}

/// <summary>Changes of a session that are made in one transaction from what the database says, with no run in memory.</summary>
internal static class SessionClosing
{
    /// <summary>Takes the session for this node and stores the events with which a turn begins or goes on.</summary>
    public static TurnLaunch Launch(Tx tx, Session session, TurnIdentity who, string node, IReadOnlyList<SessionEventData> data)
    {
        var moved = data.OfType<StatusChanged>().Last();
        if (!moved.From.MayBecome(moved.To))
            throw new InvalidOperationException($"A session that is {moved.From.Word()} cannot become {moved.To.Word()}.");
        SessionRows.Take(tx, session.Id, session.Epoch, node, who.TurnId);
        var begun = Store(tx, session, who.TurnId, data, moved.To);
        return new TurnLaunch(who, session.Epoch + 1, session.LastSequence, begun);
    }

    /// <summary>Closes a turn that has no run: what was saved of the open step is kept, calls without an end get one.</summary>
    public static void Close(Tx tx, Session session, List<SessionEvent> turn, string node, SessionStatus to, ToolEnding ending, string why, TurnFailed failed, string healedBy)
    {
        var who = Who(session, turn);
        var progress = TurnProgress.Read(turn);
        var data = new List<SessionEventData>();
        if (progress.IsStepOpen && tx.Db.Set<OpenStepRecord>().SingleOrDefault(row => row.SessionId == session.Id) is { } open && open.TurnId == who.TurnId && open.Step == progress.Step)
        {
            var parts = JsonSerializer.Deserialize(open.Parts, SessionJson.Default.ListOpenPart)!;
            data.AddRange(parts.Select(part => part.ToEvent(open.Step)));
            var (input, output) = (TextTokens(tx, session.Id), parts.Sum(part => part.Text.Length) / 4);
            var money = LedgerBook.OpenOf(tx, session.Id) is { } held
                ? StepMoney.Of(LedgerBook.Settle(tx, held.Id, new TokenUsage(input, 0, output), estimated: true, StepStop.Interrupted))
                : null;
            data.Add(new UsageRecorded(open.Step, open.ModelId, open.KeySource, input, 0, output, 0, true, null, tx.NowMs - open.StartedAtMs, "cut", money));
        }
        else if (progress.IsStepOpen && !session.Status.IsParked())
        {
            data.Add(new UsageRecorded(progress.Step, who.ModelId, "", 0, 0, 0, 0, true, null, 0, "cut"));
        }
        // Nothing of a step was saved: nothing is to be paid.
        var released = LedgerBook.OpenOf(tx, session.Id) is { } unused && LedgerBook.Release(tx, unused.Id) ? unused.Held : 0;
        data.AddRange(ToolEnds.Abandon(turn, progress, ending, why));
        data.AddRange(SessionTroubles.Heal(tx, who, healedBy));
        if (to == SessionStatus.Interrupted)
            data.Add(SessionTroubles.Raise(tx, who, SessionTroubles.Interrupted, failed.Message, []));
        data.Add(to == SessionStatus.Cancelled ? failed with { Stop = ToolEnds.Report(turn, progress, released) } : failed);
        data.Add(new StatusChanged(session.Status, to, why));
        SessionRows.DropOpenStep(tx, session.Id);
        SessionRows.DropWake(tx, session.Id);
        SessionRows.Take(tx, session.Id, session.Epoch, node, who.TurnId);
        Store(tx, session, who.TurnId, data, to);
    }

    /// <summary>Stores one more event of a parked turn, which stays parked.</summary>
    public static void Note(Tx tx, Session session, SessionEventData data)
    {
        var noted = new SessionEvent(session.LastSequence + 1, session.TurnId!, tx.NowMs, data);
        SessionRows.Advance(tx, session.Id, session.Epoch, session.LastSequence, noted.Sequence, session.Status);
        SessionRows.Insert(tx, session.Id, noted);
        tx.Changed(Conversations.Key(session.Id));
    }

    /// <summary>The process that ran this session is gone.</summary>
    public static void Interrupt(Tx tx, Session session, string node)
    {
        const string why = "The lab stopped during this answer.";
        Close(tx, session, TurnEvents(tx, session), node, SessionStatus.Interrupted, ToolEnding.Interrupted, why, new TurnFailed("interrupted", why), "The lab started again");
    }

    /// <summary>All events of the session's turn.</summary>
    public static List<SessionEvent> TurnEvents(Tx tx, Session session)
    {
        var first = tx.Db.Set<TurnRecord>().Where(turn => turn.Id == session.TurnId).Select(turn => turn.FirstSequence).Single();
        return [.. SessionRows.Events(tx, session.Id, first - 1).Where(each => each.TurnId == session.TurnId)];
    }

    /// <summary>What a session's events have of text, in tokens, as an estimate.</summary>
    private static long TextTokens(Tx tx, string sessionId) =>
        tx.One("SELECT CAST(COALESCE(SUM(LENGTH(data)), 0) AS bigint) FROM session_event WHERE session_id = @session", static row => row.GetInt64(0), ("session", sessionId)) / 4;

    private static TurnIdentity Who(Session session, List<SessionEvent> turn)
    {
        var began = turn.Select(each => each.Data).OfType<TurnStarted>().First();
        return new TurnIdentity(session.OrgId, session.ProjectId, session.Id, session.TurnId!, began.AgentId, began.ModelId, began.UserId, began.ByProgram == true);
    }

    private static List<SessionEvent> Store(Tx tx, Session session, string turnId, IReadOnlyList<SessionEventData> data, SessionStatus status)
    {
        var events = new List<SessionEvent>(data.Count);
        foreach (var each in data)
            events.Add(new SessionEvent(session.LastSequence + events.Count + 1, turnId, tx.NowMs, each));
        SessionRows.Advance(tx, session.Id, session.Epoch + 1, session.LastSequence, session.LastSequence + events.Count, status);
        foreach (var each in events)
            SessionRows.Insert(tx, session.Id, each);
        tx.Changed(Conversations.Key(session.Id));
        tx.Changed(SessionWaits.Key(session.OrgId));
        return events;
    }
}
