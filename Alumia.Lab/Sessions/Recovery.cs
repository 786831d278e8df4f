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
        var orphans = await db.Set<Session>() // Of every org: on behalf of the lab.
            .Where(session => session.Status == SessionStatus.Active && session.Node != runtime.Node && session.DeletedAtMs == null)
            .Select(session => session.Id).ToListAsync(cancellationToken);
        await Task.WhenAll(orphans.Select(id => new SessionCore(runtime, id).RecoverAsync()));
        if (orphans.Count > 0)
            log.LogInformation("{Count} sessions were running when the lab stopped; each offers Resume", orphans.Count);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
