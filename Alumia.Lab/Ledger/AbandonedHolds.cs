using Alumia.Lab.Storage;

namespace Alumia.Lab.Ledger;

/// <summary>
/// Gives back what a call without a session held when its process died: no session comes back to settle it, and what it used is not known, so
/// nobody pays. A call that is older than this has ended, for no provider streams so long.
/// </summary>
internal sealed class AbandonedHolds(Writer writer, TimeProvider clock, ILogger<AbandonedHolds> log) : BackgroundService
{
    /// <summary>The age at which a hold without a session is given back.</summary>
    public static readonly TimeSpan Age = TimeSpan.FromHours(2);

    /// <summary>The time between two looks.</summary>
    public static readonly TimeSpan Every = TimeSpan.FromMinutes(10);

    /// <summary>Gives back what is old enough; returns how many holds that were.</summary>
    public static int Release(Tx tx)
    {
        var old = LedgerBook.OpenWithoutSession(tx, tx.NowMs - (long)Age.TotalMilliseconds);
        return old.Count(step => LedgerBook.Release(tx, step.Id));
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                var count = await writer.Write(Release, stoppingToken);
                if (count > 0)
                    log.LogWarning("{Count} holds of calls that ended with their process were given back", count);
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                log.LogError(exception, "Abandoned holds could not be given back; it is tried again");
            }
            await Task.Delay(Every, clock, stoppingToken);
        }
    }
}
