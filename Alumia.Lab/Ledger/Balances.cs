using System.Runtime.CompilerServices;
using Alumia.Lab.Organizations;
using Alumia.Lab.Storage;
using Microsoft.EntityFrameworkCore;

namespace Alumia.Lab.Ledger;

/// <summary>How an org stands, in microcents.</summary>
/// <param name="Wallet">Free to be spent.</param>
/// <param name="Held">Held for steps that run.</param>
/// <param name="Owed">What refunds and disputes took beyond the wallet.</param>
/// <param name="Deposited">All deposits that ever came in.</param>
public sealed record OrgBalance(long Wallet, long Held, long Owed, long Deposited)
{
    /// <summary>What the org has: a hold is still its own until it is used.</summary>
    public long Balance => Wallet + Held;

    /// <summary>How much more may be deposited before the platform's fee begins; zero where it has begun or begins with the next cent.</summary>
    public long WaiverRemaining => PlatformFee.Remaining(Deposited);

    public bool IsFeeWaived => PlatformFee.RateFor(Deposited) == 0;
}

/// <summary>Reads what the ledger says of an org. Everybody in the org may; what a session has cost is for those who may see the session, which the caller checks.</summary>
public sealed class Balances(IDbContextFactory<LabDbContext> contexts)
{
    private const int FilePage = 1_000;

    /// <summary>How the org stands now; <see cref="LedgerBook.BalanceKey"/> is told when that changes.</summary>
    public async Task<OrgBalance> OfAsync(OrgScope scope, CancellationToken cancellation = default)
    {
        await using var db = contexts.CreateDbContext();
        return await db.In<OrgAccounts>(scope).Select(accounts => new OrgBalance(accounts.Wallet, accounts.Held, accounts.Owed, accounts.Deposited)).SingleAsync(cancellation);
    }

    /// <summary>What these sessions have cost (microcents) but for these turns; sessions that cost nothing are left out.</summary>
    public async Task<IReadOnlyDictionary<string, long>> SpentAsync(OrgScope scope, IReadOnlyCollection<string> sessionIds, IReadOnlyCollection<string> exceptTurnIds, CancellationToken cancellation = default)
    {
        await using var db = contexts.CreateDbContext();
        return await db.In<MeteredStep>(scope)
            .Where(step => step.SessionId != null && sessionIds.Contains(step.SessionId) && step.EndedAtMs != null && step.Paid > 0 && (step.TurnId == null || !exceptTurnIds.Contains(step.TurnId)))
            .GroupBy(step => step.SessionId!).Select(session => new { session.Key, Paid = session.Sum(step => step.Paid) })
            .ToDictionaryAsync(session => session.Key, session => session.Paid, cancellation);
    }

    /// <summary>What an agent's paid steps have cost since then (UTC ms), in microcents.</summary>
    public async Task<long> SpentByAgentAsync(OrgScope scope, string agentId, long sinceMs, CancellationToken cancellation = default)
    {
        await using var db = contexts.CreateDbContext();
        return await db.In<MeteredStep>(scope).Where(step => step.AgentId == agentId && step.EndedAtMs >= sinceMs).SumAsync(step => step.Paid, cancellation);
    }

    /// <summary>What a month cost, by day, model, agent and project, and its tokens by kind.</summary>
    public async Task<Spending> SpendingAsync(OrgScope scope, Month month, CancellationToken cancellation = default)
    {
        await using var db = contexts.CreateDbContext();
        return await Spending.ReadAsync(db, scope, month, cancellation);
    }

    /// <summary>A page of transactions, the last booked first.</summary>
    /// <param name="scope">Whose.</param>
    /// <param name="filter">Which.</param>
    /// <param name="afterId">The id of the last line of the page before; null for the first page.</param>
    /// <param name="count">How many at the most.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <exception cref="Refusal">The id is of no line of this list.</exception>
    public async Task<IReadOnlyList<TransactionLine>> TransactionsAsync(OrgScope scope, TransactionFilter filter, string? afterId, int count, CancellationToken cancellation = default)
    {
        await using var db = contexts.CreateDbContext();
        return await Transactions.ReadAsync(db, scope, filter, afterId, count, cancellation);
    }

    /// <summary>All transactions, page by page: for a file.</summary>
    public async IAsyncEnumerable<TransactionLine> AllTransactionsAsync(OrgScope scope, TransactionFilter filter, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        string? last = null;
        while (await TransactionsAsync(scope, filter, last, FilePage, cancellation) is { Count: > 0 } page)
        {
            foreach (var line in page)
                yield return line;
            last = page[^1].Id;
        }
    }
}
