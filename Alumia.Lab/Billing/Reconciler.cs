using Alumia.Lab.Storage;
using Microsoft.EntityFrameworkCore;

namespace Alumia.Lab.Billing;

/// <summary>
/// Asks Stripe about every open deposit that is older than a minute, with growing pauses, until it is settled: a lost webhook costs a minute.
/// It also does the work of webhooks that failed, if Stripe's own retry has not by then.
/// </summary>
internal sealed class Reconciler(IDbContextFactory<LabDbContext> contexts, Writer writer, ReadBack readBack, Webhooks webhooks, StripeAccess stripe, ChangeFeed feed, IHostApplicationLifetime lifetime,
    TimeProvider clock, ILogger<Reconciler> log) : DueWork(feed, lifetime, clock, log)
{
    private const int MostAtOnce = 50;

    protected override bool Concerns(string key) => key is Deposits.OpenKey or Webhooks.Key;

    protected override async Task<long> WorkAsync(IReadOnlySet<string> keys, CancellationToken cancellation)
    {
        var (due, nextEventAtMs) = await webhooks.DueAsync(cancellation);
        foreach (var kept in due)
            await webhooks.RetryAsync(kept, cancellation);
        return Math.Min(nextEventAtMs, await ReconcileAsync(cancellation));
    }

    private async Task<long> ReconcileAsync(CancellationToken cancellation)
    {
        if (stripe.Connection is not { } connection)
            return long.MaxValue;
        List<Deposit> open;
        await using (var db = contexts.CreateDbContext())
        {
            open = await db.Set<Deposit>() // Of every org: on behalf of the lab.
                .Where(row => row.NextCheckAtMs != null && row.Source == connection.Source).OrderBy(row => row.NextCheckAtMs).Take(MostAtOnce).ToListAsync(cancellation);
        }
        var due = open.TakeWhile(row => row.NextCheckAtMs <= Clock.NowMs()).ToList();
        foreach (var deposit in due)
        {
            if (await ClaimAsync(deposit, cancellation))
                await readBack.AskAsync(deposit.OrgId, deposit.Id, "The reconciler", cancellation);
        }
        return due.Count > 0 ? Clock.NowMs() : open is [var next, ..] ? next.NextCheckAtMs!.Value : long.MaxValue;
    }

    /// <summary>Of several copies of the lab one asks.</summary>
    private async Task<bool> ClaimAsync(Deposit deposit, CancellationToken cancellation) => await writer.Write(tx => tx.Run(
        "UPDATE deposit SET next_check_at_ms = @next WHERE id = @id AND next_check_at_ms = @due",
        ("next", ReadBack.NextCheckAtMs(deposit, tx.NowMs)), ("id", deposit.Id), ("due", deposit.NextCheckAtMs)), cancellation) == 1;
}
