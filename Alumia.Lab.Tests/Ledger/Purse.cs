using Alumia.Lab.Ledger;
using Alumia.Lab.Organizations;
using Alumia.Lab.Storage;
using Alumia.Lab.Tests.Harness;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Time.Testing;

namespace Alumia.Lab.Tests.Ledger;

/// <summary>An org's money on a fresh database, with what tests of the ledger need at hand. A token of this purse's model costs 100 microcents, so 100 of them a cent.</summary>
internal sealed class Purse : IAsyncDisposable
{
    public const string OrgId = "org_purse";
    public static readonly ModelPrice Price = new(100_000_000, 10_000_000, 100_000_000);
    private int _steps;

    private Purse(LabDatabase database, FakeTimeProvider clock) => (Database, Clock) = (database, clock);

    public LabDatabase Database { get; }

    public FakeTimeProvider Clock { get; }

    public Balances Balances => new(Database.Contexts);

    public OrgScope Scope { get; } = new(OrgId, "purse", "usr_1", OrgRole.Owner);

    public static CancellationToken Ended => TestContext.Current.CancellationToken;

    public static async Task<Purse> OpenAsync(StorageProvider provider, long microcents = 0)
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 3, 10, 12, 0, 0, TimeSpan.Zero));
        var purse = new Purse(await LabDatabase.CreateAsync(provider, clock), clock);
        await purse.WriteAsync(tx => LedgerBook.Found(tx, OrgId));
        if (microcents > 0)
            await purse.WriteAsync(tx => LedgerBook.Credit(tx, OrgId, microcents, "deposit:first", "Deposit"));
        return purse;
    }

    public Task<T> WriteAsync<T>(Func<Tx, T> work) => Database.Writer.Write(work, Ended);

    public Task WriteAsync(Action<Tx> work) => Database.Writer.Write(work, Ended);

    /// <summary>A step of a session of its own, unless one is named.</summary>
    public StepOrder Order(string? session = null, StepSource source = StepSource.Platform, ModelPrice? price = null)
    {
        var number = Interlocked.Increment(ref _steps);
        return new StepOrder(OrgId, session ?? $"ses_{number}", "agt_1", "prj_1", $"stp_{number:0000}", $"trn_{number}", "acme/large", "acme", price ?? Price, source);
    }

    public Task<HoldResult> HoldAsync(StepOrder order, long input, long output) => WriteAsync(tx => LedgerBook.Hold(tx, order, new TokenUsage(input, 0, output)));

    public Task<StepReceipt> SettleAsync(StepOrder order, long input, long output, long cached = 0, StepStop stop = StepStop.Finished) =>
        WriteAsync(tx => LedgerBook.Settle(tx, order.StepId, new TokenUsage(input, cached, output), false, stop));

    /// <summary>Wallet, held and owed.</summary>
    public async Task<(long Wallet, long Held, long Owed)> StandAsync()
    {
        var balance = await Balances.OfAsync(Scope, Ended);
        return (balance.Wallet, balance.Held, balance.Owed);
    }

    /// <summary>All transfers as <c>from to amount</c>, by their keys.</summary>
    public async Task<IReadOnlyList<string>> TransfersAsync(string? stepId = null)
    {
        await using var db = Database.Read();
        var rows = await db.In<Transfer>(Scope).Where(transfer => stepId == null || transfer.StepId == stepId).ToListAsync(Ended);
        return [.. rows.OrderBy(row => row.Key, StringComparer.Ordinal).Select(row => $"{row.From} {row.To} {row.Amount}")];
    }

    /// <summary>The receipts of a session's steps, the first one first.</summary>
    public async Task<IReadOnlyList<StepReceipt>> ReceiptsAsync(string sessionId)
    {
        await using var db = Database.Read();
        var steps = await db.In<MeteredStep>(Scope).Where(step => step.SessionId == sessionId).ToListAsync(Ended);
        return [.. steps.OrderBy(step => step.Id, StringComparer.Ordinal).Select(StepReceipt.Of)];
    }

    public ValueTask DisposeAsync() => Database.DisposeAsync();
}
