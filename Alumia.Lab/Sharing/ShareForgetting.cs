using Alumia.Lab.Storage;
using Microsoft.EntityFrameworkCore;

namespace Alumia.Lab.Sharing;

/// <summary>Deletes what is left of a link when it has been off for a month.</summary>
internal sealed class ShareForgetting(IDbContextFactory<LabDbContext> contexts, Writer writer, ChangeFeed feed, IHostApplicationLifetime lifetime, TimeProvider clock, ILogger<ShareForgetting> log)
    : DueWork(feed, lifetime, clock, log)
{
    /// <summary>The change key of the next time to forget.</summary>
    public const string Key = "shares-off";

    private const long KeptMs = ShareLink.KeptDays * 24L * 3_600_000;

    protected override bool Concerns(string key) => key == Key;

    protected override async Task<long> WorkAsync(IReadOnlySet<string> keys, CancellationToken cancellation)
    {
        await using (var db = contexts.CreateDbContext())
        {
            var oldest = await db.Set<ShareLink>().Where(link => link.OffAtMs != null).MinAsync(link => link.OffAtMs, cancellation); // Of every org: on behalf of the lab.
            if (oldest is null)
                return long.MaxValue;
            if (oldest + KeptMs > Clock.NowMs())
                return oldest.Value + KeptMs;
        }
        await writer.Write(tx => tx.Db.Set<ShareLink>().Where(link => link.OffAtMs <= tx.NowMs - KeptMs).ExecuteDelete(), cancellation);
        return Clock.NowMs();
    }
}
