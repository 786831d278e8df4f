using System.Collections.Frozen;
using Alumia.Lab.Ledger;
using Alumia.Lab.Organizations;
using Alumia.Lab.Storage;
using Microsoft.EntityFrameworkCore;

namespace Alumia.Lab.Billing;

/// <summary>Tops a balance up when it falls below its threshold: one charge at a time, never beyond the month's cap, and not while it pauses after a failure.</summary>
internal sealed class TopUpWatch(IDbContextFactory<LabDbContext> contexts, Writer writer, StripeAccess stripe, ReadBack readBack, ChangeFeed feed, IHostApplicationLifetime lifetime,
    TimeProvider clock, ILogger<TopUpWatch> log) : DueWork(feed, lifetime, clock, log)
{
    private static readonly string _balances = LedgerBook.BalanceKey("");
    private static readonly string _settings = TopUps.Key("");

    /// <summary>Orgs that have it switched on: the balances of the others change thousands of times a second, and wake nobody.</summary>
    private volatile FrozenSet<string> _enabled = [];

    protected override bool Concerns(string key) => key.StartsWith(_settings, StringComparison.Ordinal)
        || (key.StartsWith(_balances, StringComparison.Ordinal) && _enabled.Contains(key[_balances.Length..]));

    protected override async Task<long> WorkAsync(IReadOnlySet<string> keys, CancellationToken cancellation)
    {
        if (stripe.Connection is not { } connection)
            return long.MaxValue;
        var named = keys.Select(key => key[(key.IndexOf(':', StringComparison.Ordinal) + 1)..]).ToHashSet();
        List<TopUpSettings> enabled;
        await using (var db = contexts.CreateDbContext())
            enabled = await db.Set<TopUpSettings>().Where(row => row.IsEnabled).ToListAsync(cancellation); // Of every org: on behalf of the lab.
        _enabled = enabled.Select(row => row.OrgId).ToFrozenSet(StringComparer.Ordinal);
        var nextAtMs = long.MaxValue;
        foreach (var settings in enabled.Where(row => named.Count == 0 || named.Contains(row.OrgId)))
        {
            if (settings.PausedUntilMs > Clock.NowMs())
            {
                nextAtMs = Math.Min(nextAtMs, settings.PausedUntilMs.Value);
                continue;
            }
            if (await writer.Write(tx => Begin(tx, settings.OrgId, connection.Source), cancellation) is { } begun)
                await readBack.AskAsync(begun.OrgId, begun.Id, "Auto top-up", cancellation);
        }
        return nextAtMs;
    }

    /// <summary>The charge that is due now, as a row that keeps every other from beginning; null where none is.</summary>
    internal static Deposit? Begin(Tx tx, string orgId, MoneySource source)
    {
        OrgQueries.Lock(tx, orgId);
        if (tx.Db.Find<TopUpSettings>(orgId) is not { IsEnabled: true } settings || settings.PausedUntilMs > tx.NowMs)
            return null;
        if (LedgerBook.BalanceOf(tx, orgId).Balance >= settings.ThresholdCents * Money.Cent)
            return null;
        var monthAtMs = TopUps.MonthAtMs(tx.NowMs);
        var charges = tx.Db.Set<Deposit>().Where(row => row.OrgId == orgId && row.Kind == DepositKind.TopUp && row.Status != DepositStatus.Failed);
        if (charges.Any(row => row.Status == DepositStatus.Pending || row.Status == DepositStatus.Processing)
            || charges.Where(row => row.CreatedAtMs >= monthAtMs).Sum(row => row.AmountCents) + settings.AmountCents > settings.MonthlyCapCents)
            return null;
        var deposit = new Deposit
        {
            Id = Id.New("dep", tx.NowMs),
            OrgId = orgId,
            Kind = DepositKind.TopUp,
            Source = source,
            AmountCents = settings.AmountCents,
            CreatedAtMs = tx.NowMs,
            NextCheckAtMs = tx.NowMs + BillingTroubles.PatienceMs,
        };
        tx.Db.Add(deposit);
        deposit.Note(tx, DepositEvents.Checkout, $"The balance fell below {Cents.Text(settings.ThresholdCents)}, so {Cents.Text(settings.AmountCents)} are charged to the saved payment method.");
        tx.Changed(Deposits.OpenKey);
        return deposit;
    }
}
