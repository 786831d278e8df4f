using Alumia.Lab.Storage;
using Microsoft.EntityFrameworkCore;

namespace Alumia.Lab.Troubles;

/// <summary>Heals what has a time to fade (<see cref="Trouble.FadesAtMs"/>) once it has come: at that moment, and at start what came meanwhile.</summary>
internal sealed class TroubleFader(IDbContextFactory<LabDbContext> contexts, Writer writer, ChangeFeed feed, IHostApplicationLifetime lifetime, TimeProvider clock, ILogger<TroubleFader> log)
    : DueWork(feed, lifetime, clock, log)
{
    /// <summary>The change key of the next time to fade.</summary>
    public const string Key = "troubles-fade";

    protected override bool Concerns(string key) => key == Key;

    /// <summary>Returns when the next one fades, in UTC ms.</summary>
    protected override async Task<long> WorkAsync(IReadOnlySet<string> keys, CancellationToken cancellation)
    {
        await using (var db = contexts.CreateDbContext())
        {
            var next = await db.Set<Trouble>() // Of every org: on behalf of the lab.
                .Where(trouble => trouble.HealedAtMs == null && trouble.FadesAtMs != null).MinAsync(trouble => trouble.FadesAtMs, cancellation);
            if (next is null)
                return long.MaxValue;
            if (next > Clock.NowMs())
                return next.Value;
        }
        await writer.Write(tx =>
        {
            foreach (var trouble in tx.Db.Set<Trouble>().Where(trouble => trouble.HealedAtMs == null && trouble.FadesAtMs <= tx.NowMs).ToList())
                TroubleLog.Heal(tx, trouble.OrgId, trouble.About, "It has not come again", trouble.Kind);
        }, cancellation);
        return Clock.NowMs();
    }
}
