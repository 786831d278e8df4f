using Alumia.Lab.Organizations;
using Alumia.Lab.Storage;
using Microsoft.EntityFrameworkCore;

namespace Alumia.Lab.Ledger;

/// <summary>What a line of the list of transactions tells of.</summary>
public enum TransactionKind
{
    Deposit,
    /// <summary>A refund or a dispute.</summary>
    TakeBack,
    Reversal,
    /// <summary>A step, paid or recorded.</summary>
    Usage,
}

/// <summary>Which transactions; null is any.</summary>
/// <param name="Kind">Of this kind.</param>
/// <param name="Source">Usage from this source.</param>
/// <param name="FromMs">From this moment on, UTC ms.</param>
/// <param name="ToMs">Before this moment, UTC ms.</param>
/// <param name="ModelId">Usage of this model.</param>
/// <param name="AgentId">Usage of this agent.</param>
/// <param name="ProjectId">Usage in this project.</param>
/// <param name="SessionId">Usage in this session.</param>
public sealed record TransactionFilter(
    TransactionKind? Kind = null, StepSource? Source = null, long? FromMs = null, long? ToMs = null, string? ModelId = null, string? AgentId = null, string? ProjectId = null, string? SessionId = null)
{
    public static readonly TransactionFilter All = new();

    internal bool HasSteps => Kind is null or TransactionKind.Usage;

    internal bool HasTransfers => Kind is not TransactionKind.Usage && (Source, ModelId, AgentId, ProjectId, SessionId) is (null, null, null, null, null);
}

/// <summary>A line of the list of transactions.</summary>
/// <param name="Id">Its id (<c>trf_</c> or <c>stp_</c>), which is also the cursor behind it.</param>
/// <param name="AtMs">When it was booked, UTC ms.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Amount">What it did to the balance, microcents: negative where money left.</param>
/// <param name="About">In words: what was paid for.</param>
/// <param name="Step">The step's receipt, for usage.</param>
/// <param name="AgentId">Of usage.</param>
/// <param name="ProjectId">Of usage.</param>
public sealed record TransactionLine(string Id, long AtMs, TransactionKind Kind, long Amount, string About, StepReceipt? Step = null, string? AgentId = null, string? ProjectId = null);

/// <summary>Reads transactions of an org, the last booked first: its steps, and its transfers that are no step's. What was lent and paid back in between is left out, since it sums up to nothing.</summary>
internal static class Transactions
{
    /// <summary>So many after the line of this id; from the newest where it is null.</summary>
    public static async Task<IReadOnlyList<TransactionLine>> ReadAsync(LabDbContext db, OrgScope scope, TransactionFilter filter, string? afterId, int count, CancellationToken cancellation)
    {
        var (atMs, id) = (long.MaxValue, afterId ?? "");
        if (afterId is not null)
        {
            atMs = await db.In<MeteredStep>(scope).Where(step => step.Id == afterId).Select(step => step.EndedAtMs).SingleOrDefaultAsync(cancellation)
                ?? await db.In<Transfer>(scope).Where(transfer => transfer.Id == afterId && transfer.StepId == null).Select(transfer => (long?)transfer.AtMs).SingleOrDefaultAsync(cancellation)
                ?? throw Refusal.Invalid("cursor", "This is no cursor of this list.");
        }
        var lines = new List<TransactionLine>();
        if (filter.HasSteps)
        {
            var steps = await Steps(db, scope, filter).Where(step => step.EndedAtMs < atMs || (step.EndedAtMs == atMs && string.Compare(step.Id, id) < 0))
                .OrderByDescending(step => step.EndedAtMs).ThenByDescending(step => step.Id).Take(count).ToListAsync(cancellation);
            lines.AddRange(steps.Select(step => new TransactionLine(step.Id, step.EndedAtMs!.Value, TransactionKind.Usage, -step.Paid, step.ModelId, StepReceipt.Of(step), step.AgentId, step.ProjectId)));
        }
        if (filter.HasTransfers)
        {
            var transfers = await Transfers(db, scope, filter).Where(transfer => transfer.AtMs < atMs || (transfer.AtMs == atMs && string.Compare(transfer.Id, id) < 0))
                .OrderByDescending(transfer => transfer.AtMs).ThenByDescending(transfer => transfer.Id).Take(count).ToListAsync(cancellation);
            lines.AddRange(transfers.Select(transfer => new TransactionLine(
                transfer.Id!, transfer.AtMs, Kind(transfer.Kind), transfer.To == LedgerAccount.Wallet ? transfer.Amount : -transfer.Amount, transfer.About ?? "")));
        }
        return [.. lines.OrderByDescending(line => line.AtMs).ThenByDescending(line => line.Id, StringComparer.Ordinal).Take(count)];
    }

    private static IQueryable<MeteredStep> Steps(LabDbContext db, OrgScope scope, TransactionFilter filter)
    {
        var steps = db.In<MeteredStep>(scope).Where(step => step.EndedAtMs != null && step.Stop != StepStop.Released);
        if (filter.Source is { } source)
            steps = steps.Where(step => step.Source == source);
        if (filter.FromMs is { } fromMs)
            steps = steps.Where(step => step.EndedAtMs >= fromMs);
        if (filter.ToMs is { } toMs)
            steps = steps.Where(step => step.EndedAtMs < toMs);
        if (filter.ModelId is { } model)
            steps = steps.Where(step => step.ModelId == model);
        if (filter.AgentId is { } agent)
            steps = steps.Where(step => step.AgentId == agent);
        if (filter.ProjectId is { } project)
            steps = steps.Where(step => step.ProjectId == project);
        if (filter.SessionId is { } session)
            steps = steps.Where(step => step.SessionId == session);
        return steps;
    }

    private static IQueryable<Transfer> Transfers(LabDbContext db, OrgScope scope, TransactionFilter filter)
    {
        TransferKind[] kinds = filter.Kind switch
        {
            TransactionKind.Deposit => [TransferKind.Deposit],
            TransactionKind.TakeBack => [TransferKind.TakeBack],
            TransactionKind.Reversal => [TransferKind.Reversal],
            _ => [TransferKind.Deposit, TransferKind.TakeBack, TransferKind.Reversal],
        };
        var transfers = db.In<Transfer>(scope).Where(transfer => transfer.StepId == null && kinds.Contains(transfer.Kind)
            && (transfer.From == LedgerAccount.Wallet || transfer.To == LedgerAccount.Wallet));
        if (filter.FromMs is { } fromMs)
            transfers = transfers.Where(transfer => transfer.AtMs >= fromMs);
        if (filter.ToMs is { } toMs)
            transfers = transfers.Where(transfer => transfer.AtMs < toMs);
        return transfers;
    }

    private static TransactionKind Kind(TransferKind kind) => kind switch
    {
        TransferKind.Deposit => TransactionKind.Deposit,
        TransferKind.TakeBack => TransactionKind.TakeBack,
        _ => TransactionKind.Reversal,
    };
}
