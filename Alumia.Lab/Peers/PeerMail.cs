using System.Data.Common;
using Alumia.Lab.Storage;

namespace Alumia.Lab.Peers;

/// <summary>A message that has not been read yet.</summary>
internal sealed record UnreadMessage(string Id, string FromSessionId, string FromAgentId, long Number, PeerMessageKind Kind, string Text, string? UserId, bool IsByPerson, long SentAtMs);

/// <summary>Who sends a message: an agent in its session.</summary>
internal readonly record struct Sender(string OrgId, string ProjectId, string SessionId, string AgentId);

/// <summary>The messages between peers, inside transactions that hold the row of the session that sends or reads.</summary>
internal static class PeerMail
{
    private const string Columns = "id, from_session_id, from_agent_id, number, kind, text, user_id, is_by_person, sent_at_ms";

    /// <summary>The change key of what waits for a session.</summary>
    public static string Key(string sessionId) => MailPrefix + sessionId;

    /// <summary>How <see cref="Key"/> begins.</summary>
    public const string MailPrefix = "mail:";

    /// <summary>The change key of the messages and waits of a project.</summary>
    public static string ProjectKey(string projectId) => $"peers:{projectId}";

    /// <summary>A session is gone for good: what it wrote, what was written to it, and who had spawned it go with it.</summary>
    public static void Forget(Tx tx, string projectId, string sessionId)
    {
        tx.Changed(ProjectKey(projectId));
        tx.Run("DELETE FROM peer_message WHERE from_session_id = @session OR to_session_id = @session", ("session", sessionId));
        tx.Run("DELETE FROM spawn WHERE made_id = @session", ("session", sessionId));
    }

    /// <summary>Stores a message as the next one of its pair; what the sender had read from the receiver is answered by it.</summary>
    public static void Send(Tx tx, Sender from, string toSessionId, PeerMessageKind kind, string text, string? userId, bool isByPerson = false)
    {
        var number = 1 + tx.One("SELECT COALESCE(MAX(number), 0) FROM peer_message WHERE from_session_id = @from AND to_session_id = @to",
            static row => row.GetInt64(0), ("from", from.SessionId), ("to", toSessionId));
        tx.Run("""
            INSERT INTO peer_message (id, org_id, project_id, from_session_id, from_agent_id, to_session_id, number, kind, text, user_id, is_by_person, sent_at_ms)
            VALUES (@id, @org, @project, @from, @agent, @to, @number, @kind, @text, @user, @person, @sent)
            """,
            ("id", Id.New("msg", tx.NowMs)), ("org", from.OrgId), ("project", from.ProjectId), ("from", from.SessionId), ("agent", from.AgentId), ("to", toSessionId),
            ("number", number), ("kind", kind.ToString()), ("text", text), ("user", userId), ("person", isByPerson), ("sent", tx.NowMs));
        if (kind != PeerMessageKind.Notice)
        {
            tx.Run("UPDATE peer_message SET answered_at_ms = @now WHERE from_session_id = @to AND to_session_id = @from AND delivered_at_ms IS NOT NULL AND answered_at_ms IS NULL",
                ("now", tx.NowMs), ("to", toSessionId), ("from", from.SessionId));
        }
        tx.Changed(Key(toSessionId));
        tx.Changed(ProjectKey(from.ProjectId));
    }

    public static bool HasUnread(Tx tx, string sessionId) =>
        tx.One("SELECT 1 FROM peer_message WHERE to_session_id = @to AND delivered_at_ms IS NULL LIMIT 1", static _ => true, ("to", sessionId));

    /// <summary>What has not been read, pair by pair in order; the pair whose message waits longest first.</summary>
    public static List<UnreadMessage> Unread(Tx tx, string sessionId, string? from = null)
    {
        var all = tx.All($"SELECT {Columns} FROM peer_message WHERE to_session_id = @to AND delivered_at_ms IS NULL ORDER BY sent_at_ms, id", Read, ("to", sessionId));
        return [.. all.Where(message => from is null || message.FromSessionId == from).GroupBy(message => message.FromSessionId).SelectMany(pair => pair.OrderBy(message => message.Number))];
    }

    /// <summary>Marks messages as read by a turn.</summary>
    public static void MarkRead(Tx tx, IEnumerable<string> ids, string turnId)
    {
        foreach (var id in ids)
        {
            if (tx.Run("UPDATE peer_message SET delivered_at_ms = @now, read_by_turn_id = @turn WHERE id = @id AND delivered_at_ms IS NULL", ("now", tx.NowMs), ("turn", turnId), ("id", id)) != 1)
                throw new InvalidOperationException($"The message {id} was read twice.");
        }
    }

    /// <summary>The sessions that this one wrote to and has not heard from since they read it, or that have not read it yet.</summary>
    public static List<string> Awaited(Tx tx, string sessionId) => tx.All(
        "SELECT DISTINCT to_session_id FROM peer_message WHERE from_session_id = @from AND kind IN ('Message', 'Reply') AND answered_at_ms IS NULL",
        static row => row.GetString(0), ("from", sessionId));

    /// <summary>Whether a peer's message was read here and is still to be answered.</summary>
    public static bool Owes(Tx tx, string sessionId, string toSessionId) => tx.One(
        "SELECT 1 FROM peer_message WHERE to_session_id = @me AND from_session_id = @peer AND kind = 'Message' AND delivered_at_ms IS NOT NULL AND answered_at_ms IS NULL LIMIT 1",
        static _ => true, ("me", sessionId), ("peer", toSessionId));

    /// <summary>What a turn has read and not answered: from whom, and whether it asked for an answer.</summary>
    public static List<(string FromSessionId, PeerMessageKind Kind, string? UserId)> Unanswered(Tx tx, string sessionId, string turnId) => tx.All(
        "SELECT from_session_id, kind, user_id FROM peer_message WHERE to_session_id = @me AND read_by_turn_id = @turn AND kind IN ('Message', 'Reply') AND answered_at_ms IS NULL ORDER BY sent_at_ms, id",
        static row => (row.GetString(0), Enum.Parse<PeerMessageKind>(row.GetString(1)), row.IsDBNull(2) ? null : row.GetString(2)), ("me", sessionId), ("turn", turnId));

    /// <summary>The sessions that this one wrote with, the last one first.</summary>
    public static List<string> Correspondents(Tx tx, string sessionId) => tx.All("""
        SELECT other FROM (SELECT to_session_id AS other, sent_at_ms FROM peer_message WHERE from_session_id = @me
          UNION ALL SELECT from_session_id AS other, sent_at_ms FROM peer_message WHERE to_session_id = @me) AS pairs
        GROUP BY other ORDER BY MAX(sent_at_ms) DESC
        """, static row => row.GetString(0), ("me", sessionId));

    /// <summary>How many a session sent since an instant (UTC ms): to one other, and to all.</summary>
    public static (long ToOne, long ToAll) Sent(Tx tx, string from, string to, long sinceMs) => tx.One(
        "SELECT COALESCE(SUM(CASE WHEN to_session_id = @to THEN 1 ELSE 0 END), 0), COUNT(*) FROM peer_message WHERE from_session_id = @from AND sent_at_ms > @since AND kind IN ('Message', 'Reply')",
        static row => (Convert.ToInt64(row.GetValue(0), System.Globalization.CultureInfo.InvariantCulture), row.GetInt64(1)), ("to", to), ("from", from), ("since", sinceMs));

    private static UnreadMessage Read(DbDataReader row) => new(
        row.GetString(0), row.GetString(1), row.GetString(2), row.GetInt64(3), Enum.Parse<PeerMessageKind>(row.GetString(4)), row.GetString(5),
        row.IsDBNull(6) ? null : row.GetString(6), row.GetBoolean(7), row.GetInt64(8));
}
