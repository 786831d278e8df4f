using Alumia.Lab.Sessions.Cluster;
using Alumia.Lab.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Alumia.Lab.Sessions;

/// <summary>Before the lab listens, where it is one process alone: sessions that a dead one left running are closed as interrupted, and offer Resume. Among several, <see cref="Orphans"/> does it.</summary>
internal sealed class Recovery(SessionRuntime runtime, IDbContextFactory<LabDbContext> contexts, IOptions<Cluster.ClusterOptions> cluster, ILogger<Recovery> log) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (cluster.Value.IsMany)
            return;
        await using var db = contexts.CreateDbContext();
        var orphans = await OrphansAsync(db, [runtime.Node], cancellationToken);
        await Task.WhenAll(orphans.Select(id => new SessionCore(runtime, id).RecoverAsync()));
        if (orphans.Count > 0)
            log.LogInformation("{Count} sessions were running when the lab stopped; each offers Resume", orphans.Count);
    }

    /// <summary>The sessions whose turn runs on none of these processes.</summary>
    public static Task<List<string>> OrphansAsync(LabDbContext db, IReadOnlyList<string> living, CancellationToken cancellation) => db.Set<Session>() // Of every org: on behalf of the lab.
        .Where(session => session.Status == SessionStatus.Active && !living.Contains(session.Node!) && session.DeletedAtMs == null)
        .Select(session => session.Id).ToListAsync(cancellation);

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
