using Alumia.Lab.Storage;

namespace Alumia.Lab.Sessions;

/// <summary>The messages that wait for a session's turn to end, inside a transaction that holds the session's row.</summary>
internal sealed class SessionQueue(Tx tx, string sessionId, int most)
{
    // Mostly none waits, and that is told for less.
    private readonly List<QueuedMessageRecord> _waiting = SessionRows.HasQueue(tx, sessionId)
        ? [.. tx.Db.Set<QueuedMessageRecord>().Where(queued => queued.SessionId == sessionId).OrderBy(queued => queued.Position)]
        : [];

    public int Count => _waiting.Count;

    /// <summary>A message that waits already takes this text; false where none of this id waits.</summary>
    public bool Rewrite(NewMessage message)
    {
        if (_waiting.Find(queued => queued.MessageId == message.MessageId) is not { } waiting)
            return false;
        waiting.Text = message.Text;
        tx.Changed(Conversations.Key(sessionId));
        return true;
    }

    /// <exception cref="Refusal">Too many wait (409).</exception>
    public void Add(NewMessage message, string? userId)
    {
        if (Count >= most)
            throw Refusal.Conflict($"{Count} messages wait already. Wait for the answer, or remove one.");
        var queued = new QueuedMessageRecord
        {
            SessionId = sessionId,
            MessageId = message.MessageId,
            Position = (_waiting.LastOrDefault()?.Position ?? 0) + 1,
            Text = message.Text,
            UserId = userId,
            ByProgram = message.RefuseUnpaid,
            AtMs = tx.NowMs,
        };
        _waiting.Add(queued);
        tx.Db.Add(queued);
        tx.Db.SaveChanges();
        tx.Changed(Conversations.Key(sessionId));
    }

    /// <summary>Takes the message that waits longest; null where none is left. Somebody may remove one at the same moment, so only a row that was still there counts.</summary>
    public QueuedMessage? Take()
    {
        while (_waiting.Count > 0)
        {
            var next = _waiting[0];
            _waiting.RemoveAt(0);
            if (tx.Run("DELETE FROM queued_message WHERE session_id = @session AND message_id = @message", ("session", sessionId), ("message", next.MessageId)) == 1)
                return new QueuedMessage(next.MessageId, next.Text, next.UserId, next.ByProgram, next.AtMs);
        }
        return null;
    }
}
