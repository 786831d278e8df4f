using Alumia.Lab.Storage;
using Microsoft.EntityFrameworkCore;

namespace Alumia.Lab.Connectors;

/// <summary>Clears away ways to consents from which nobody came back in time, with the connections that waited for them, and what was told of the others.</summary>
internal sealed class ConnectSweep(IDbContextFactory<LabDbContext> contexts, Writer writer, ChangeFeed feed, IHostApplicationLifetime lifetime, TimeProvider clock, ILogger<ConnectSweep> log)
    : DueWork(feed, lifetime, clock, log)
{
    /// <summary>The change key of the ways that are under way.</summary>
    public const string Key = "connect-attempts";

    private const long KeptMs = 24 * 60 * 60_000;

    protected override bool Concerns(string key) => key == Key;

    /// <summary>Returns when the next one is to be cleared away, in UTC ms.</summary>
    protected override async Task<long> WorkAsync(IReadOnlySet<string> keys, CancellationToken cancellation)
    {
        await using (var db = contexts.CreateDbContext())
        {
            var next = await db.Set<ConnectAttempt>() // Of every org: on behalf of the lab.
                .Where(attempt => attempt.OtherAccount == null).MinAsync(attempt => (long?)(attempt.UsedAtMs == null ? attempt.MadeAtMs + ConnectAttempt.LifetimeMs : attempt.MadeAtMs + KeptMs), cancellation);
            if (next is null)
                return long.MaxValue;
            if (next > Clock.NowMs())
                return next.Value;
        }
        await writer.Write(tx =>
        {
            var (late, old) = (tx.NowMs - ConnectAttempt.LifetimeMs, tx.NowMs - KeptMs);
            foreach (var attempt in tx.Db.Set<ConnectAttempt>().Where(each => (each.UsedAtMs == null && each.MadeAtMs <= late) || (each.MadeAtMs <= old && each.OtherAccount == null)).ToList())
                tx.Db.Remove(attempt);
            foreach (var row in tx.Db.Set<Connection>().Where(each => each.Status == ConnectionStatus.Connecting && each.Secret == "" && each.StatusAtMs < late).ToList())
            {
                tx.Db.Remove(row);
                ConnectionBook.Tell(tx, row);
            }
        }, cancellation);
        return Clock.NowMs();
    }
}
