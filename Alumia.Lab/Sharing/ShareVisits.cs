using System.Threading.Channels;
using Alumia.Lab.Storage;

namespace Alumia.Lab.Sharing;

/// <summary>
/// Counts how often links are opened, and asked for after they were switched off. Beside the requests, so that these do the same whatever becomes of them;
/// what comes in one second is one write.
/// </summary>
internal sealed class ShareVisits(Writer writer, TimeProvider clock, ILogger<ShareVisits> log) : BackgroundService
{
    private static readonly TimeSpan _pause = TimeSpan.FromSeconds(1);

    // A flood beyond this is not counted to the last one.
    private readonly Channel<(string LinkId, bool IsAsked)> _seen = Channel.CreateBounded<(string, bool)>(new BoundedChannelOptions(10_000) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>A visitor opened the page.</summary>
    public void Opened(string linkId) => _seen.Writer.TryWrite((linkId, false));

    /// <summary>Somebody asked for a link that is off.</summary>
    public void Asked(string linkId) => _seen.Writer.TryWrite((linkId, true));

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (await _seen.Reader.WaitToReadAsync(stoppingToken))
        {
            List<(string LinkId, bool IsAsked)> taken = [];
            while (_seen.Reader.TryRead(out var one))
                taken.Add(one);
            try
            {
                await writer.Write(tx =>
                {
                    foreach (var group in taken.GroupBy(one => one).OrderBy(group => group.Key.LinkId, StringComparer.Ordinal)) // Or two copies would wait for each other.
                        Count(tx, group.Key.LinkId, group.Key.IsAsked, group.Count());
                }, stoppingToken);
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                log.LogError(exception, "Visits of shared links could not be counted");
            }
            await Task.Delay(_pause, clock, stoppingToken);
        }
    }

    private static void Count(Tx tx, string linkId, bool isAsked, int times)
    {
        tx.Hold($"visits:{linkId}"); // Another copy adds its own.
        if (tx.Db.Find<ShareLink>(linkId) is not { } link)
            return; // Forgotten meanwhile.
        if (isAsked)
        {
            (link.Asked, link.LastAskedAtMs) = (link.Asked + times, tx.NowMs);
            ShareTroubles.StillAskedFor(tx, link);
        }
        else
        {
            (link.Opened, link.LastOpenedAtMs) = (link.Opened + times, tx.NowMs);
        }
        tx.Changed(ShareLinks.ListKey(link.OrgId));
    }
}
