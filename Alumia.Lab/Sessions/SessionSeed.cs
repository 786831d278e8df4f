using Alumia.Lab.Storage;

namespace Alumia.Lab.Sessions;

/// <summary>A message and its answer that a client brings from elsewhere.</summary>
[GenerateSerializer, Immutable]
public sealed record EarlierTurn([property: Id(0)] string MessageId, [property: Id(1)] string Text, [property: Id(2)] string Answer);

/// <summary>What a client said before it came here becomes the first turns of its new session, so that the agent knows it.</summary>
internal static class SessionSeed
{
    /// <summary>Writes them where the session has none yet; the session's row must be there.</summary>
    /// <returns>The number of the session's last event.</returns>
    public static long Write(Tx tx, Session session, IReadOnlyList<EarlierTurn> turns, string userId)
    {
        SessionRows.Lock(tx, session.Id);
        var last = tx.One("SELECT last_sequence FROM session WHERE id = @id", static row => row.GetInt64(0), ("id", session.Id));
        if (last > 0 || turns.Count == 0)
            return last;
        var turnId = "";
        foreach (var turn in turns)
        {
            turnId = Id.New("trn", tx.NowMs);
            SessionRows.InsertTurn(tx, new TurnRecord { Id = turnId, SessionId = session.Id, MessageId = turn.MessageId, Revision = 1, TextHash = SessionRows.Hash(turn.Text), FirstSequence = last + 1 });
            foreach (var data in Events(session, turn, userId))
                SessionRows.Insert(tx, session.Id, new SessionEvent(++last, turnId, tx.NowMs, data));
        }
        tx.Run("UPDATE session SET last_sequence = @last, turn_id = @turn WHERE id = @id", ("last", last), ("turn", turnId), ("id", session.Id));
        tx.Changed(Conversations.Key(session.Id));
        return last;
    }

    private static IEnumerable<SessionEventData> Events(Session session, EarlierTurn turn, string userId)
    {
        yield return new TurnStarted(turn.MessageId, 1, turn.Text, userId, session.AgentId, session.ModelId ?? "");
        yield return new StatusChanged(SessionStatus.Idle, SessionStatus.Active);
        if (turn.Answer.Length > 0)
        {
            yield return new StepStarted(1, session.ModelId ?? "");
            yield return new TextWritten(1, turn.Answer);
            yield return new UsageRecorded(1, session.ModelId ?? "", "", 0, 0, 0, 0, false, null, 0);
        }
        yield return new TurnFinished("stop");
        yield return new StatusChanged(SessionStatus.Active, SessionStatus.Idle);
    }
}
