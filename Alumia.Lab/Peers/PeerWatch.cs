using Alumia.Lab.Sessions;
using Alumia.Lab.Storage;
using Alumia.Lab.Troubles;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Alumia.Lab.Peers;

/// <summary>
/// Looks at the waits for peers: one whose peers will not answer by themselves is told at once, any other after a quiet time, and what was told is
/// healed when it is over. It looks when one of the project's sessions parks, ends, or gets a message, and when a quiet time is over.
/// </summary>
internal sealed class PeerWatch(IDbContextFactory<LabDbContext> contexts, Writer writer, ChangeFeed feed, PeerTroubles troubles, IOptions<PeersOptions> options, IHostApplicationLifetime lifetime, TimeProvider clock, ILogger<PeerWatch> log)
    : DueWork(feed, lifetime, clock, log)
{
    /// <summary>The keys of the sessions in whose projects somebody waits.</summary>
    private volatile HashSet<string> _keys = [];

    protected override bool Concerns(string key) => key == Waker.ParkedKey || _keys.Contains(key);

    protected override async Task<long> WorkAsync(IReadOnlySet<string> keys, CancellationToken cancellation)
    {
        var projects = await ProjectsAsync(cancellation);
        var (heard, nextAtMs) = (new HashSet<string>(), long.MaxValue);
        var changes = new List<(string OrgId, string ProjectId)>();
        await using (var db = contexts.CreateDbContext())
        {
            foreach (var (orgId, projectId) in projects)
            {
                var group = PeerGroup.Read(db, orgId, projectId);
                var (graph, open) = (WaitGraph.Read(db, group), await OpenAsync(db, orgId, projectId, cancellation));
                heard.UnionWith(group.Peers.SelectMany(peer => new[] { Conversations.Key(peer.SessionId), PeerMail.Key(peer.SessionId) }));
                var nowMs = Clock.NowMs();
                nextAtMs = Math.Min(nextAtMs, Waits(graph).Where(edge => !IsQuiet(edge, nowMs)).Select(QuietAtMs).DefaultIfEmpty(long.MaxValue).Min());
                var isNew = Waits(graph).Any(edge => IsWorthTelling(graph, edge, nowMs) && !open.Exists(trouble => PeerTroubles.IsUpToDate(trouble, graph, edge.Waiter.SessionId)));
                if (isNew || open.Count > 0)
                    changes.Add((orgId, projectId));
            }
        }
        _keys = heard;
        foreach (var (orgId, projectId) in changes)
            await writer.Write(tx => Tell(tx, orgId, projectId), cancellation);
        return nextAtMs;
    }

    private static IEnumerable<WaitEdge> Waits(WaitGraph graph) => graph.Edges.Where(edge => edge.Kind == WaitKind.Peer);

    /// <summary>The projects in which somebody waits for peers, or a wait was told of.</summary>
    private async Task<List<(string OrgId, string ProjectId)>> ProjectsAsync(CancellationToken cancellation)
    {
        await using var db = contexts.CreateDbContext();
        var waiting = await db.Set<Session>() // Of every org: on behalf of the lab.
            .Where(session => session.Status == SessionStatus.AwaitingPeer && session.DeletedAtMs == null).Select(session => new { session.OrgId, session.ProjectId }).Distinct().ToListAsync(cancellation);
        var told = await TroubleLog.OpenOf(db, [PeerTroubles.Deadlock, PeerTroubles.Waiting]).Where(trouble => trouble.ProjectId != null)
            .Select(trouble => new { trouble.OrgId, ProjectId = trouble.ProjectId! }).Distinct().ToListAsync(cancellation);
        return [.. waiting.Concat(told).Select(each => (each.OrgId, each.ProjectId)).Distinct()];
    }

    private static Task<List<Trouble>> OpenAsync(LabDbContext db, string orgId, string projectId, CancellationToken cancellation) =>
        TroubleLog.OpenOf(db, [PeerTroubles.Deadlock, PeerTroubles.Waiting]).Where(trouble => trouble.OrgId == orgId && trouble.ProjectId == projectId).ToListAsync(cancellation);

    /// <summary>Raises and heals by what the transaction sees.</summary>
    private void Tell(Tx tx, string orgId, string projectId)
    {
        var group = PeerGroup.Read(tx.Db, orgId, projectId);
        var graph = WaitGraph.Read(tx.Db, group);
        var open = TroubleLog.OpenOf(tx.Db, [PeerTroubles.Deadlock, PeerTroubles.Waiting]).Where(trouble => trouble.OrgId == orgId && trouble.ProjectId == projectId).AsNoTracking().ToList();
        foreach (var edge in Waits(graph).Where(edge => IsWorthTelling(graph, edge, tx.NowMs)))
        {
            var session = edge.Waiter.SessionId;
            if (!open.Exists(trouble => PeerTroubles.IsUpToDate(trouble, graph, session)))
                troubles.Raise(tx, graph, session);
            open.RemoveAll(trouble => PeerTroubles.SessionOf(trouble) == session && trouble.Kind == PeerTroubles.KindOf(graph, session));
        }
        foreach (var over in open.Where(trouble => !StillClosed(tx, group, trouble)))
        {
            TroubleLog.Heal(tx, orgId, over.About, over.Kind == PeerTroubles.Deadlock ? "The circle was opened" : "The wait is over", over.Kind);
            tx.Changed(PeerMail.ProjectKey(projectId));
        }
    }

    /// <summary>The one who closed a circle was told, and waits no more; the others wait on until it opens the circle.</summary>
    private static bool StillClosed(Tx tx, PeerGroup group, Trouble trouble)
    {
        if (trouble.Kind != PeerTroubles.Deadlock || group.Find(PeerTroubles.SessionOf(trouble)) is not { Session.Status: SessionStatus.Active } closer)
            return false;
        var loop = PeerFixes.LoopOf(trouble);
        var wait = new PeerWait(null, [.. loop.Skip(1)], tx.NowMs);
        return loop.Length > 1 && WaitGraph.Read(tx.Db, group, (closer.SessionId, wait)).VerdictOf(closer.SessionId) == WaitVerdict.Deadlocked;
    }

    private bool IsWorthTelling(WaitGraph graph, WaitEdge edge, long nowMs) => graph.VerdictOf(edge.Waiter.SessionId) != WaitVerdict.Moves || IsQuiet(edge, nowMs);

    private bool IsQuiet(WaitEdge edge, long nowMs) => nowMs >= QuietAtMs(edge);

    private long QuietAtMs(WaitEdge edge) => edge.SinceMs + (long)(options.Value.QuietSeconds * 1000);
}
