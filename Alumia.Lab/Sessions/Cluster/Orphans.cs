using Alumia.Lab.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Alumia.Lab.Sessions.Cluster;

/// <summary>
/// When the copies of the lab are others than before, those that remain look for sessions that were running on one that is gone, close them as
/// interrupted, and take over what a copy that was told to stop has left for them. The first who comes does it; the others find it done.
/// </summary>
internal sealed class Orphans(
    IClusterMembershipService membership, IDbContextFactory<LabDbContext> contexts, IGrainFactory grains, ChangeFeed changes, Node node, IOptions<ClusterOptions> options, ILogger<Orphans> log) : BackgroundService
{
    private static readonly SiloStatus[] _livingStatuses = [SiloStatus.Created, SiloStatus.Joining, SiloStatus.Active, SiloStatus.ShuttingDown, SiloStatus.Stopping];
    private List<string> _living = [];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!options.Value.IsMany)
            return;
        await foreach (var snapshot in membership.MembershipUpdates.WithCancellation(stoppingToken))
        {
            try
            {
                await LookAsync(snapshot, stoppingToken);
            }
#pragma warning disable CA1031 // The next change, or the copy that looks at the same moment, finds them.
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
#pragma warning restore CA1031
            {
                log.LogError(exception, "Sessions of a copy that is gone could not all be closed");
            }
        }
    }

    private async Task LookAsync(ClusterMembershipSnapshot snapshot, CancellationToken cancellation)
    {
        var living = snapshot.Members.Values.Where(member => _livingStatuses.Contains(member.Status)).Select(member => Node.NameOf(member.SiloAddress)).ToList();
        // The first snapshots are of before this copy has read who is there.
        if (!snapshot.Members.Values.Any(member => member.Status == SiloStatus.Active && Node.NameOf(member.SiloAddress) == node.Name))
            return;
        await using (var db = contexts.CreateDbContext())
        {
            var orphans = await Recovery.OrphansAsync(db, living, cancellation);
            foreach (var reply in await Task.WhenAll(orphans.Select(id => grains.GetGrain<ISessionGrain>(id).RecoverAsync())))
                reply.Take();
            if (orphans.Count > 0)
                log.LogInformation("{Count} sessions were running on a copy that is gone; each offers Resume", orphans.Count);
        }
        // What it left when it was told to stop can be taken now; and it may have died before it told of its last commits.
        if (_living.Except(living).Any())
            changes.PublishAll();
        _living = living;
    }
}
