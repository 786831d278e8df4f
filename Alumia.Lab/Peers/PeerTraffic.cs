using Alumia.Lab.Organizations;
using Alumia.Lab.Projects;
using Alumia.Lab.Storage;
using Microsoft.EntityFrameworkCore;

namespace Alumia.Lab.Peers;

/// <summary>What passes from one session to another: how many messages so far, and whether the one waits for the other now (<c>waits</c>), or is deadlocked with it (<c>deadlock</c>).</summary>
public sealed record PeerEdge(string From, string To, int Sent, string? State);

/// <summary>Who writes to whom in a project and who waits for whom, for the canvas.</summary>
public sealed class PeerTraffic(IDbContextFactory<LabDbContext> contexts, ProjectDirectory projects)
{
    public const string Waits = "waits";
    public const string Deadlock = "deadlock";

    /// <summary>The change key of a project's messages and waits.</summary>
    public static string Key(string projectId) => PeerMail.ProjectKey(projectId);

    /// <summary>All pairs that have something between them, in a lasting order.</summary>
    /// <exception cref="Refusal">Not found.</exception>
    public async Task<IReadOnlyList<PeerEdge>> ReadAsync(OrgScope scope, string projectId, CancellationToken cancellation)
    {
        await projects.FindAsync(scope, projectId, cancellation);
        await using var db = contexts.CreateDbContext();
        var sent = await db.In<PeerMessage>(scope).Where(message => message.ProjectId == projectId)
            .GroupBy(message => new { message.FromSessionId, message.ToSessionId }).Select(pair => new { pair.Key.FromSessionId, pair.Key.ToSessionId, Count = pair.Count() }).ToListAsync(cancellation);
        var edges = sent.ToDictionary(pair => (From: pair.FromSessionId, To: pair.ToSessionId), pair => (Sent: pair.Count, State: (string?)null));
        foreach (var (from, to, state) in await StatesAsync(db, scope, projectId, cancellation))
            edges[(from, to)] = (edges.GetValueOrDefault((from, to)).Sent, state);
        return [.. edges.OrderBy(edge => edge.Key.From, StringComparer.Ordinal).ThenBy(edge => edge.Key.To, StringComparer.Ordinal).Select(edge => new PeerEdge(edge.Key.From, edge.Key.To, edge.Value.Sent, edge.Value.State))];
    }

    private static async Task<List<(string From, string To, string State)>> StatesAsync(LabDbContext db, OrgScope scope, string projectId, CancellationToken cancellation)
    {
        var graph = WaitGraph.Read(db, PeerGroup.Read(db, scope.OrgId, projectId));
        var states = graph.Edges.Where(edge => edge.Kind == WaitKind.Peer).SelectMany(edge => edge.For.Select(peer =>
            (edge.Waiter.SessionId, peer.SessionId, graph.VerdictOf(edge.Waiter.SessionId) == WaitVerdict.Deadlocked ? Deadlock : Waits))).ToList();
        // Who closed a circle was told so and waits no more, but the circle stands until it is opened.
        var closed = await TroublesOf(db, scope.OrgId, projectId).ToListAsync(cancellation);
        foreach (var loop in closed.Select(PeerFixes.LoopOf))
            states.AddRange(loop.Select((session, index) => (session, loop[(index + 1) % loop.Length], Deadlock)));
        return states;
    }

    private static IQueryable<Troubles.Trouble> TroublesOf(LabDbContext db, string orgId, string projectId) =>
        Troubles.TroubleLog.OpenOf(db, [PeerTroubles.Deadlock]).Where(trouble => trouble.OrgId == orgId && trouble.ProjectId == projectId);
}
