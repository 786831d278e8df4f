using System.Data.Common;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Alumia.Lab.Storage;

namespace Alumia.Lab.Sessions;

/// <summary>A write came from an activation that is no longer the session's: another has taken its place.</summary>
public sealed class SupersededException(string sessionId) : Exception($"Session {sessionId} is run elsewhere by now.");

/// <summary>The hot statements of a session, prepared. Every one that belongs to a turn is fenced by the session's epoch.</summary>
internal static class SessionRows
{
    /// <summary>Holds the session's row until the transaction ends, so that nobody moves it on between a read and what is done about it.</summary>
    public static void Lock(Tx tx, string sessionId) =>
        tx.Run("UPDATE session SET epoch = epoch WHERE id = @id", ("id", sessionId));

    /// <summary>A session that is not deleted, as the transaction sees it.</summary>
    public static Session? Find(Tx tx, string sessionId) => tx.One("""
        SELECT org_id, project_id, agent_id, model_id, client_name, label, status, maker_id, last_sequence, epoch, node, turn_id, created_at_ms, updated_at_ms
        FROM session WHERE id = @id AND deleted_at_ms IS NULL
        """,
        row => new Session
        {
            Id = sessionId,
            OrgId = row.GetString(0),
            ProjectId = row.GetString(1),
            AgentId = row.GetString(2),
            ModelId = Text(row, 3),
            ClientName = Text(row, 4),
            Label = row.GetString(5),
            Status = SessionStatuses.Parse(row.GetString(6)),
            MakerId = row.GetString(7),
            LastSequence = row.GetInt64(8),
            Epoch = row.GetInt64(9),
            Node = Text(row, 10),
            TurnId = Text(row, 11),
            CreatedAtMs = row.GetInt64(12),
            UpdatedAtMs = row.GetInt64(13),
        },
        ("id", sessionId));

    public static void Insert(Tx tx, Session session) => tx.Run("""
        INSERT INTO session (id, org_id, project_id, agent_id, model_id, client_name, label, status, maker_id, last_sequence, epoch, created_at_ms, updated_at_ms)
        VALUES (@id, @org, @project, @agent, @model, @client, @label, @status, @maker, @last, @epoch, @created, @updated)
        """,
        ("id", session.Id), ("org", session.OrgId), ("project", session.ProjectId), ("agent", session.AgentId), ("model", session.ModelId), ("client", session.ClientName),
        ("label", session.Label), ("status", session.Status.Word()), ("maker", session.MakerId), ("last", session.LastSequence), ("epoch", session.Epoch),
        ("created", session.CreatedAtMs), ("updated", session.UpdatedAtMs));

    /// <summary>The last turn that a message of this id began; null where none did.</summary>
    public static (string TurnId, int Revision, string TextHash)? LastTurn(Tx tx, string sessionId, string messageId) => tx.One(
        "SELECT id, revision, text_hash FROM turn WHERE session_id = @session AND message_id = @message ORDER BY revision DESC LIMIT 1",
        static row => ((string, int, string)?)(row.GetString(0), row.GetInt32(1), row.GetString(2)), ("session", sessionId), ("message", messageId));

    public static bool HasQueue(Tx tx, string sessionId) =>
        tx.One("SELECT 1 FROM queued_message WHERE session_id = @session LIMIT 1", static _ => true, ("session", sessionId));

    /// <summary>Moves the session on: only the holder of this epoch, who knows the last number, may.</summary>
    public static void Advance(Tx tx, string sessionId, long epoch, long fromSequence, long toSequence, SessionStatus status)
    {
        var touched = tx.Run(
            "UPDATE session SET last_sequence = @to, status = @status, updated_at_ms = @now WHERE id = @id AND epoch = @epoch AND last_sequence = @from",
            ("to", toSequence), ("status", status.Word()), ("now", tx.NowMs), ("id", sessionId), ("epoch", epoch), ("from", fromSequence));
        if (touched != 1)
            throw new SupersededException(sessionId);
    }

    /// <summary>Takes the session for this process: the epoch before is worth nothing from here on.</summary>
    public static void Take(Tx tx, string sessionId, long fromEpoch, string node, string turnId)
    {
        var touched = tx.Run(
            "UPDATE session SET epoch = epoch + 1, node = @node, turn_id = @turn WHERE id = @id AND epoch = @epoch AND deleted_at_ms IS NULL",
            ("node", node), ("turn", turnId), ("id", sessionId), ("epoch", fromEpoch));
        if (touched != 1)
            throw new SupersededException(sessionId);
    }

    public static void Insert(Tx tx, string sessionId, SessionEvent stored) => tx.Run(
        "INSERT INTO session_event (session_id, sequence, turn_id, at_ms, data) VALUES (@session, @sequence, @turn, @at, @data)",
        ("session", sessionId), ("sequence", stored.Sequence), ("turn", stored.TurnId), ("at", stored.AtMs),
        ("data", JsonSerializer.Serialize(stored.Data, SessionJson.Default.SessionEventData)));

    public static void SaveOpenStep(Tx tx, string sessionId, long epoch, string turnId, int step, string modelId, string keySource, string parts, long startedAtMs)
    {
        if (tx.One("SELECT epoch FROM session WHERE id = @id", static row => row.GetInt64(0), ("id", sessionId)) != epoch)
            throw new SupersededException(sessionId);
        tx.Run("""
            INSERT INTO open_step (session_id, turn_id, step, model_id, key_source, parts, started_at_ms)
            VALUES (@session, @turn, @step, @model, @key, @parts, @started)
            ON CONFLICT (session_id) DO UPDATE SET turn_id = excluded.turn_id, step = excluded.step, model_id = excluded.model_id,
              key_source = excluded.key_source, parts = excluded.parts, started_at_ms = excluded.started_at_ms
            """,
            ("session", sessionId), ("turn", turnId), ("step", step), ("model", modelId), ("key", keySource), ("parts", parts), ("started", startedAtMs));
    }

    public static void DropOpenStep(Tx tx, string sessionId) =>
        tx.Run("DELETE FROM open_step WHERE session_id = @session", ("session", sessionId));

    public static void InsertTurn(Tx tx, TurnRecord turn) => tx.Run(
        "INSERT INTO turn (id, session_id, message_id, revision, text_hash, first_sequence) VALUES (@id, @session, @message, @revision, @hash, @first)",
        ("id", turn.Id), ("session", turn.SessionId), ("message", turn.MessageId), ("revision", turn.Revision), ("hash", turn.TextHash), ("first", turn.FirstSequence));

    public static void DropWake(Tx tx, string sessionId) =>
        tx.Run("DELETE FROM wake_condition WHERE session_id = @session", ("session", sessionId));

    /// <summary>The events after a number, in order.</summary>
    public static List<SessionEvent> Events(Tx tx, string sessionId, long after) => tx.All(
        "SELECT sequence, turn_id, at_ms, data FROM session_event WHERE session_id = @session AND sequence > @after ORDER BY sequence",
        Read, ("session", sessionId), ("after", after));

    public static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    public static SessionEvent ToEvent(this SessionEventRecord row) =>
        new(row.Sequence, row.TurnId, row.AtMs, JsonSerializer.Deserialize(row.Data, SessionJson.Default.SessionEventData)!);

    /// <summary>The same with new ids, wherever it names things: what an agent was told of a block leads to that block's copy.</summary>
    public static SessionEventData Rename(SessionEventData data, IReadOnlyDictionary<string, string> newIds) =>
        JsonSerializer.Deserialize(Id.Rename(JsonSerializer.Serialize(data, SessionJson.Default.SessionEventData), newIds), SessionJson.Default.SessionEventData)!;

    private static string? Text(DbDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    private static SessionEvent Read(DbDataReader row) => new(
        row.GetInt64(0), row.GetString(1), row.GetInt64(2), JsonSerializer.Deserialize(row.GetString(3), SessionJson.Default.SessionEventData)!);
}
