using System.Collections.Concurrent;
using Alumia.Lab.Ledger;
using Alumia.Lab.Storage;
using Alumia.Lab.Tests.Harness;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Alumia.Lab.Tests.Ledger;

/// <summary>The audit finds every kind of wrong, and nothing where all is right.</summary>
public sealed class AuditTests
{
    [Theory, BothProviders]
    public async Task A_ledger_with_all_kinds_of_deeds_in_it_is_right(StorageProvider provider)
    {
        await using var purse = await Purse.OpenAsync(provider);
        await LiveAsync(purse);

        var report = await AuditOf(purse).RunAsync(Purse.Ended);

        Assert.Empty(report.Faults);
        Assert.Equal((1, 4, purse.Clock.NowMs()), (report.Orgs, report.Steps, report.AtMs));
        Assert.True(report.Transfers > 10);
    }

    [Theory, BothProviders]
    public async Task Each_kind_of_wrong_is_found(StorageProvider provider)
    {
        await using var purse = await Purse.OpenAsync(provider);
        await LiveAsync(purse);
        (string Rule, string Deed, string Undo)[] wrongs =
        [
            ("Each balance is", "UPDATE org_accounts SET wallet = wallet + 1", "UPDATE org_accounts SET wallet = wallet - 1"),
            ("Each balance is", "UPDATE org_accounts SET deposited = deposited + 1", "UPDATE org_accounts SET deposited = deposited - 1"),
            ("The platform's books", "UPDATE org_accounts SET wallet = wallet + 1", "UPDATE org_accounts SET wallet = wallet - 1"),
            ("What is held", "UPDATE org_accounts SET held = held + 1", "UPDATE org_accounts SET held = held - 1"),
            ("Every step's money", "UPDATE metered_step SET cost = cost + 1, paid = paid + 1 WHERE id = 'stp_0001'", "UPDATE metered_step SET cost = cost - 1, paid = paid - 1 WHERE id = 'stp_0001'"),
            ("Every step's money", "UPDATE metered_step SET ended_at_ms = 1 WHERE id = 'stp_0003'", "UPDATE metered_step SET ended_at_ms = NULL WHERE id = 'stp_0003'"),
            ("Own keys", "UPDATE metered_step SET held = 1 WHERE id = 'stp_0004'", "UPDATE metered_step SET held = 0 WHERE id = 'stp_0004'"),
            ("Every org has", "INSERT INTO org (id, slug, name, created_at_ms) VALUES ('org_2', 'two', 'Two', 1)", "DELETE FROM org WHERE id = 'org_2'"),
        ];

        foreach (var (rule, deed, undo) in wrongs)
        {
            await purse.WriteAsync(tx => { tx.Run(deed); });
            Assert.Contains((await AuditOf(purse).RunAsync(Purse.Ended)).Faults, fault => fault.StartsWith(rule, StringComparison.Ordinal));
            await purse.WriteAsync(tx => { tx.Run(undo); });
        }
        Assert.Empty((await AuditOf(purse).RunAsync(Purse.Ended)).Faults);

        // These cannot be taken back, since transfers cannot.
        await purse.WriteAsync(tx => { tx.Run("INSERT INTO transfer (key, org_id, from_account, to_account, amount, kind, at_ms, step_id) VALUES ('x', 'org_3', 'stripe', 'purse', 5, 'deposit', 1, 'stp_9')"); });
        var faults = (await AuditOf(purse).RunAsync(Purse.Ended)).Faults;
        foreach (var rule in (string[])["No transfer is without", "Every transfer is positive", "The platform's books", "No transfer is of a step"])
            Assert.Contains(faults, fault => fault.StartsWith(rule, StringComparison.Ordinal));
    }

    [Fact]
    public async Task It_runs_at_start_and_every_day_and_a_fault_is_logged_loudly()
    {
        await using var purse = await Purse.OpenAsync(StorageProvider.Sqlite, Money.Dollar);
        var log = new Lines();
        using var audit = new LedgerAudit(purse.Database.Contexts, purse.Clock, log);
        await audit.StartAsync(Purse.Ended);
        var first = await Eventually.Value(() => audit.Last, report => report is not null, "the first audit has ended");
        Assert.True(first!.IsRight);
        await Eventually.True(() => log.Written.Count == 1, "it is logged");
        Assert.DoesNotContain(log.Written, line => line.Level == LogLevel.Critical);

        await purse.WriteAsync(tx => { tx.Run("UPDATE org_accounts SET wallet = wallet + 5"); });
        await Eventually.True(() =>
        {
            purse.Clock.Advance(LedgerAudit.Every);
            return audit.Last!.AtMs > first.AtMs;
        }, "the next day's audit has ended");

        Assert.NotEmpty(audit.Last!.Faults);
        await Eventually.True(() => log.Written.Any(line => line.Level == LogLevel.Critical && line.Text.Contains("THE LEDGER IS WRONG. Each balance is the sum of its transfers: org_purse", StringComparison.Ordinal)), "the fault is logged");
        await audit.StopAsync(Purse.Ended);
    }

    internal static LedgerAudit AuditOf(Purse purse) => new(purse.Database.Contexts, purse.Clock, NullLogger<LedgerAudit>.Instance);

    /// <summary>Two settled steps (the second beyond its hold), one that runs, one of an own key; a refund that is owed and paid back in parts, and a reversal.</summary>
    private static async Task LiveAsync(Purse purse)
    {
        await purse.WriteAsync(tx => LedgerBook.Credit(tx, Purse.OrgId, 100 * Money.Dollar, "deposit:1", "Deposit"));
        await purse.WriteAsync(tx => LedgerBook.Credit(tx, Purse.OrgId, 5 * Money.Cent, "deposit:2", "Deposit"));
        var (plain, beyond, runs, own) = (purse.Order(), purse.Order(), purse.Order(), purse.Order(source: StepSource.Byok));
        await purse.HoldAsync(plain, 1_000, 100);
        await purse.SettleAsync(plain, 1_000, 10);
        await purse.HoldAsync(runs, 100, 4_000);
        await purse.HoldAsync(beyond, 100, 0);
        await purse.SettleAsync(beyond, 100, 1_200_000);
        await purse.WriteAsync(tx => LedgerBook.Record(tx, own, new TokenUsage(5, 0, 5), false, StepStop.Finished));
        await purse.WriteAsync(tx => LedgerBook.TakeBack(tx, Purse.OrgId, 7 * Money.Cent, "refund:1", "Refund"));
        await purse.WriteAsync(tx => LedgerBook.Credit(tx, Purse.OrgId, 2 * Money.Cent, "deposit:3", "Deposit"));
        await purse.WriteAsync(tx => LedgerBook.Reverse(tx, plain.StepId + "/fee", "sorry", "Put right"));
        Assert.True((await purse.StandAsync()).Owed > 0);
        Assert.True((await AuditOf(purse).RunAsync(Purse.Ended)).IsRight);
        await purse.WriteAsync(tx => LedgerBook.Credit(tx, Purse.OrgId, Money.Dollar, "deposit:4", "Deposit"));
    }

    private sealed class Lines : ILogger<LedgerAudit>
    {
        public ConcurrentQueue<(LogLevel Level, string Text)> Written { get; } = [];

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Written.Enqueue((logLevel, formatter(state, exception)));
    }
}
