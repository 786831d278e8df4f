using Alumia.Lab.Storage;

namespace Alumia.Lab.Ledger;

public static partial class LedgerBook
{
    /// <summary>The step of a session whose money is held; null where none is. What was running when a process died is found by it.</summary>
    public static MeteredStep? OpenOf(Tx tx, string sessionId) => StepRows.OpenOf(tx, sessionId);

    /// <summary>Open holds of calls without a session that began before this (UTC ms).</summary>
    public static IReadOnlyList<MeteredStep> OpenWithoutSession(Tx tx, long beforeMs) => StepRows.OpenWithoutSession(tx, beforeMs);

    /// <summary>What a session's settled steps took from the balance, in microcents.</summary>
    public static long SpentBySession(Tx tx, string sessionId) => tx.One(
        "SELECT CAST(COALESCE(SUM(paid), 0) AS bigint) FROM metered_step WHERE session_id = @session AND ended_at_ms IS NOT NULL",
        row => row.GetInt64(0), ("session", sessionId));

    /// <summary>What an agent's steps that were settled since then (UTC ms) took from the balance, in microcents.</summary>
    public static long SpentByAgent(Tx tx, string agentId, long sinceMs) => tx.One(
        "SELECT CAST(COALESCE(SUM(paid), 0) AS bigint) FROM metered_step WHERE agent_id = @agent AND ended_at_ms >= @since AND ended_at_ms IS NOT NULL",
        row => row.GetInt64(0), ("agent", agentId), ("since", sinceMs));
}
