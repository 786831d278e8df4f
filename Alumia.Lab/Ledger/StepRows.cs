using System.Data.Common;
using Alumia.Lab.Storage;

namespace Alumia.Lab.Ledger;

/// <summary>The statements of metered steps, prepared.</summary>
internal static class StepRows
{
    private const string Columns = """
        s.id, s.org_id, s.project_id, s.session_id, s.agent_id, s.turn_id, s.model_id, s.provider, s.source, s.input_price, s.cached_input_price, s.output_price,
        s.fee_rate, s.held, s.growths, s.started_at_ms, s.ended_at_ms, s.input_tokens, s.cached_input_tokens, s.output_tokens, s.reasoning_tokens,
        s.cost, s.fee, s.paid, s.is_estimated, s.stop
        """;

    private const int AccountsAt = 26;

    /// <summary>A step and its org's book, the rows of both held until the transaction ends.</summary>
    public static (MeteredStep Step, OrgBook Book)? Lock(Tx tx, string stepId) => tx.One(
        $"SELECT {Columns}, a.wallet, a.held, a.owed, a.deposited FROM metered_step s JOIN org_accounts a ON a.org_id = s.org_id WHERE s.id = @id" + tx.ForUpdate,
        row => ((MeteredStep, OrgBook)?)(Read(row), new OrgBook(tx, row.GetString(1), row.GetInt64(AccountsAt), row.GetInt64(AccountsAt + 1), row.GetInt64(AccountsAt + 2), row.GetInt64(AccountsAt + 3))),
        ("id", stepId));

    /// <summary>The open hold of a session; null where it has none.</summary>
    public static MeteredStep? OpenOf(Tx tx, string sessionId) =>
        tx.One($"SELECT {Columns} FROM metered_step s WHERE s.session_id = @session AND s.ended_at_ms IS NULL", Read, ("session", sessionId));

    /// <summary>Open holds of calls without a session that began before this.</summary>
    public static List<MeteredStep> OpenWithoutSession(Tx tx, long beforeMs) =>
        tx.All($"SELECT {Columns} FROM metered_step s WHERE s.session_id IS NULL AND s.ended_at_ms IS NULL AND s.started_at_ms < @before", Read, ("before", beforeMs));

    public static void Open(Tx tx, StepOrder order, int feeRate, long held) => tx.Run("""
        INSERT INTO metered_step (id, org_id, project_id, session_id, agent_id, turn_id, model_id, provider, source, input_price, cached_input_price, output_price,
          fee_rate, held, growths, started_at_ms, input_tokens, cached_input_tokens, output_tokens, reasoning_tokens, cost, fee, paid, is_estimated)
        VALUES (@id, @org, @project, @session, @agent, @turn, @model, @provider, @source, @input, @cached, @output, @rate, @held, 0, @now, 0, 0, 0, 0, 0, 0, 0, false)
        """,
        ("id", order.StepId), ("org", order.OrgId), ("project", order.ProjectId), ("session", order.SessionId), ("agent", order.AgentId), ("turn", order.TurnId),
        ("model", order.ModelId), ("provider", order.Provider), ("source", order.Source.Word()), ("input", order.Price.Input), ("cached", order.Price.CachedInput),
        ("output", order.Price.Output), ("rate", feeRate), ("held", held), ("now", tx.NowMs));

    public static void Grow(Tx tx, MeteredStep step, long by) =>
        tx.Run("UPDATE metered_step SET held = held + @by, growths = growths + 1 WHERE id = @id", ("by", by), ("id", step.Id));

    /// <summary>Makes the hold a receipt.</summary>
    public static void Close(Tx tx, string stepId, TokenUsage usage, StepCost cost, long paid, bool estimated, StepStop stop)
    {
        var touched = tx.Run("""
            UPDATE metered_step SET ended_at_ms = @now, input_tokens = @input, cached_input_tokens = @cached, output_tokens = @output, reasoning_tokens = @reasoning,
              cost = @cost, fee = @fee, paid = @paid, is_estimated = @estimated, stop = @stop WHERE id = @id AND ended_at_ms IS NULL
            """,
            ("now", tx.NowMs), ("input", usage.Input), ("cached", usage.CachedInput), ("output", usage.Output), ("reasoning", usage.Reasoning),
            ("cost", cost.Model), ("fee", cost.Fee), ("paid", paid), ("estimated", estimated), ("stop", stop.Word()), ("id", stepId));
        if (touched != 1)
            throw new InvalidOperationException($"Step {stepId} was settled before.");
    }

    /// <summary>A receipt of a step for which no money moved; false where it was there.</summary>
    public static bool Record(Tx tx, StepOrder order, TokenUsage usage, bool estimated, StepStop stop) => tx.Run("""
        INSERT INTO metered_step (id, org_id, project_id, session_id, agent_id, turn_id, model_id, provider, source, input_price, cached_input_price, output_price,
          fee_rate, held, growths, started_at_ms, ended_at_ms, input_tokens, cached_input_tokens, output_tokens, reasoning_tokens, cost, fee, paid, is_estimated, stop)
        VALUES (@id, @org, @project, @session, @agent, @turn, @model, @provider, @source, @priceInput, @priceCached, @priceOutput,
          0, 0, 0, @now, @now, @input, @cached, @output, @reasoning, 0, 0, 0, @estimated, @stop)
        ON CONFLICT (id) DO NOTHING
        """,
        ("id", order.StepId), ("org", order.OrgId), ("project", order.ProjectId), ("session", order.SessionId), ("agent", order.AgentId), ("turn", order.TurnId),
        ("model", order.ModelId), ("provider", order.Provider), ("source", order.Source.Word()), ("priceInput", order.Price.Input), ("priceCached", order.Price.CachedInput),
        ("priceOutput", order.Price.Output), ("now", tx.NowMs), ("input", usage.Input), ("cached", usage.CachedInput), ("output", usage.Output), ("reasoning", usage.Reasoning),
        ("estimated", estimated), ("stop", stop.Word())) == 1;

    private static MeteredStep Read(DbDataReader row) => new()
    {
        Id = row.GetString(0),
        OrgId = row.GetString(1),
        ProjectId = Text(row, 2),
        SessionId = Text(row, 3),
        AgentId = Text(row, 4),
        TurnId = Text(row, 5),
        ModelId = row.GetString(6),
        Provider = row.GetString(7),
        Source = LedgerWords.Source(row.GetString(8)),
        InputPrice = row.GetInt64(9),
        CachedInputPrice = row.GetInt64(10),
        OutputPrice = row.GetInt64(11),
        FeeRate = row.GetInt32(12),
        Held = row.GetInt64(13),
        Growths = row.GetInt32(14),
        StartedAtMs = row.GetInt64(15),
        EndedAtMs = row.IsDBNull(16) ? null : row.GetInt64(16),
        InputTokens = row.GetInt64(17),
        CachedInputTokens = row.GetInt64(18),
        OutputTokens = row.GetInt64(19),
        ReasoningTokens = row.GetInt64(20),
        Cost = row.GetInt64(21),
        Fee = row.GetInt64(22),
        Paid = row.GetInt64(23),
        IsEstimated = row.GetBoolean(24),
        Stop = row.IsDBNull(25) ? null : LedgerWords.Stop(row.GetString(25)),
    };

    private static string? Text(DbDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);
}
