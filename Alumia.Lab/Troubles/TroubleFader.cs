using Alumia.Lab.Storage;
using Microsoft.EntityFrameworkCore;

namespace Alumia.Lab.Troubles;

/// <summary>Heals what has a time to fade (<see cref="Trouble.FadesAtMs"/>) once it has come: at that moment, and at start what came meanwhile.</summary>
internal sealed class TroubleFader(IDbContextFactory<LabDbContext> contexts, Writer writer, ChangeFeed changes, TimeProvider clock, ILogger<TroubleFader> log) : BackgroundService
{
    /// <summary>The change key of the next time to fade.</summary>
    public const string Key = "troubles-fade";

    private static readonly TimeSpan _longestWait = TimeSpan.FromMinutes(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var bell = new SemaphoreSlim(1, 1);
        using var subscription = changes.Subscribe(Key, () => Ring(bell));
        // Its own ring is the alarm: once disposed, a timer rings nobody.
        using var alarm = clock.CreateTimer(_ => Ring(bell), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        while (!stoppingToken.IsCancellationRequested)
        {
            await bell.WaitAsync(stoppingToken);
            try
            {
                var waitMs = await FadeAsync(stoppingToken) - clock.NowMs();
                alarm.Change(TimeSpan.FromMilliseconds(Math.Clamp(waitMs, 1, (long)_longestWait.TotalMilliseconds)), Timeout.InfiniteTimeSpan);
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                log.LogError(exception, "Troubles whose time has come could not be healed; it is tried again");
                alarm.Change(_longestWait, Timeout.InfiniteTimeSpan);
            }
        }
    }

    /// <summary>Returns when the next one fades, in UTC ms.</summary>
    private async Task<long> FadeAsync(CancellationToken cancellation)
    {
        await using (var db = contexts.CreateDbContext())
        {
            var next = await db.Set<Trouble>() // Of every org: on behalf of the lab.
                .Where(trouble => trouble.HealedAtMs == null && trouble.FadesAtMs != null).MinAsync(trouble => trouble.FadesAtMs, cancellation);
            if (next is null)
                return long.MaxValue;
            if (next > clock.NowMs())
                return next.Value;
        }
        await writer.Write(tx =>
        {
            foreach (var trouble in tx.Db.Set<Trouble>().Where(trouble => trouble.HealedAtMs == null && trouble.FadesAtMs <= tx.NowMs).ToList())
                TroubleLog.Heal(tx, trouble.OrgId, trouble.About, "It has not come again", trouble.Kind);
        }, cancellation);
        return clock.NowMs();
    }

    private static void Ring(SemaphoreSlim bell)
    {
        try
        {
            bell.Release();
        }
        catch (Exception exception) when (exception is SemaphoreFullException or ObjectDisposedException)
        {
            // Rung already, or nobody listens any more.
        }
    }
}
