using Alumia.Lab.Sessions;
using Alumia.Lab.Storage;

namespace Alumia.Lab.Peers;

/// <summary>For what a session waits.</summary>
internal enum WaitKind
{
    Tool,
    Peer,
    Approval,
    Money,
    Connector,
    Provider,
}

/// <summary>A wait: of whom, for what, since when (UTC ms); for peers, whose messages would end it (none named: anybody's).</summary>
internal sealed record WaitEdge(Peer Waiter, WaitKind Kind, IReadOnlyList<Peer> For, long SinceMs, string? Tool = null);

/// <summary>What a wait for peers will come to.</summary>
internal enum WaitVerdict
{
    /// <summary>Somebody that it waits for is at work, or has something to read, or is itself waiting for one who is.</summary>
    Moves,
    /// <summary>Nobody that it waits for will write by itself.</summary>
    WillNotAnswer,
    /// <summary>It waits only for peers that wait, in the end, for each other alone.</summary>
    Deadlocked,
}

/// <summary>
/// Who waits for whom in a project, as the database has it. A wait for peers moves if one of them moves; a session moves if it is at work, waits for
/// something outside, or has something to read. What does not move and waits only for others that do not move and wait is deadlocked.
/// </summary>
internal sealed class WaitGraph
{
    private readonly Dictionary<string, WaitEdge> _edges;
    private readonly HashSet<string> _moving;
    private readonly HashSet<string> _deadlocked;

    private WaitGraph(PeerGroup group, ILookup<string, string> unread, Dictionary<string, WaitEdge> edges, Dictionary<string, PeerWait> waits)
    {
        (Group, Unread, _edges) = (group, unread, edges);
        _moving = Moving(waits);
        _deadlocked = Deadlocked();
    }

    public PeerGroup Group { get; }

    /// <summary>Who has unread messages, and from whom.</summary>
    public ILookup<string, string> Unread { get; }

    public IEnumerable<WaitEdge> Edges => _edges.Values;

    /// <summary>Reads the graph, in a transaction or outside one.</summary>
    /// <param name="db">Where to read.</param>
    /// <param name="group">The project's.</param>
    /// <param name="about">A wait that is not stored: of a session that is about to wait, or might.</param>
    public static WaitGraph Read(LabDbContext db, PeerGroup group, (string SessionId, PeerWait Wait)? about = null)
    {
        var unread = db.Set<PeerMessage>().Where(message => message.OrgId == group.OrgId && message.ProjectId == group.ProjectId && message.DeliveredAtMs == null)
            .Select(message => new { message.ToSessionId, message.FromSessionId }).Distinct().ToList().ToLookup(pair => pair.ToSessionId, pair => pair.FromSessionId);
        var waits = group.Peers.Select(peer => (peer.SessionId, Wait: PeerWait.Of(peer.Session))).Where(pair => pair.Wait is not null).ToDictionary(pair => pair.SessionId, pair => pair.Wait!);
        if (about is { } new_)
            waits[new_.SessionId] = new_.Wait;
        var edges = group.Peers.Select(peer => waits.TryGetValue(peer.SessionId, out var wait) ? OfPeers(group, peer, wait) : OfOthers(peer)).OfType<WaitEdge>().ToDictionary(edge => edge.Waiter.SessionId);
        return new WaitGraph(group, unread, edges, waits);
    }

    public WaitEdge? EdgeOf(string sessionId) => _edges.GetValueOrDefault(sessionId);

    public WaitVerdict VerdictOf(string sessionId) =>
        _deadlocked.Contains(sessionId) ? WaitVerdict.Deadlocked
        : _edges.GetValueOrDefault(sessionId)?.Kind == WaitKind.Peer && !_moving.Contains(sessionId) ? WaitVerdict.WillNotAnswer
        : WaitVerdict.Moves;

    /// <summary>The waits that lead from a session, each once, its own first: the whole chain, or the loop.</summary>
    public IReadOnlyList<WaitEdge> Chain(string sessionId)
    {
        var chain = new List<WaitEdge>();
        var next = new Queue<string>([sessionId]);
        var seen = new HashSet<string>();
        while (next.TryDequeue(out var id))
        {
            if (!seen.Add(id) || EdgeOf(id) is not { } edge)
                continue;
            chain.Add(edge);
            if (edge.Kind == WaitKind.Peer)
                edge.For.ToList().ForEach(peer => next.Enqueue(peer.SessionId));
        }
        return chain;
    }

    /// <summary>Whether a session does something without anybody's help, or is about to.</summary>
    public bool IsAtWork(Peer peer) => _moving.Contains(peer.SessionId);

    private HashSet<string> Moving(Dictionary<string, PeerWait> waits)
    {
        var moving = Group.Peers.Where(peer => waits.TryGetValue(peer.SessionId, out var wait)
            ? peer.Session.HasQueue || Unread[peer.SessionId].Any(wait.EndsBy)
            : MovesAlone(peer)).Select(peer => peer.SessionId).ToHashSet();
        while (true)
        {
            var more = waits.Keys.Where(id => !moving.Contains(id) && _edges.TryGetValue(id, out var edge) && AwaitedBy(edge).Any(peer => moving.Contains(peer.SessionId))).ToList();
            if (more.Count == 0)
                return moving;
            moving.UnionWith(more);
        }
    }

    private bool MovesAlone(Peer peer) => peer.Session.Status switch
    {
        _ when peer.Session.IsDeleted => false,
        SessionStatus.Idle or SessionStatus.Cancelled => peer.CanWork && (peer.Session.HasQueue || Unread.Contains(peer.SessionId)),
        SessionStatus.Failed => peer.CanWork && Unread.Contains(peer.SessionId),
        SessionStatus.Interrupted => false,
        _ => true,
    };

    /// <summary>The largest set of which each waits for members alone.</summary>
    private HashSet<string> Deadlocked()
    {
        var set = _edges.Values.Where(edge => edge.Kind == WaitKind.Peer && !_moving.Contains(edge.Waiter.SessionId)).Select(edge => edge.Waiter.SessionId).ToHashSet();
        while (set.RemoveWhere(id => !AwaitedBy(_edges[id]).All(peer => set.Contains(peer.SessionId))) > 0)
        {
            // Each that went may have been what another waited for.
        }
        return set;
    }

    /// <summary>Whose messages would end a wait: where none is named, anybody's of those that are there.</summary>
    private IEnumerable<Peer> AwaitedBy(WaitEdge edge) =>
        edge.For.Count > 0 ? edge.For : Group.Peers.Where(peer => !peer.Session.IsDeleted && peer.SessionId != edge.Waiter.SessionId);

    private static WaitEdge OfPeers(PeerGroup group, Peer peer, PeerWait wait) =>
        new(peer, WaitKind.Peer, [.. wait.For.Select(group.Find).OfType<Peer>()], wait.SinceMs, peer.Session.Call?.Tool);

    private static WaitEdge? OfOthers(Peer peer) => peer.Session switch
    {
        { Status: SessionStatus.Active, Call: { } call } => new WaitEdge(peer, WaitKind.Tool, [], call.SinceMs, call.Tool),
        { Status: SessionStatus.AwaitingApproval } => new WaitEdge(peer, WaitKind.Approval, [], peer.Session.SinceMs, peer.Session.Call?.Tool),
        { Status: SessionStatus.AwaitingFunds or SessionStatus.PaymentRequired or SessionStatus.LimitReached } => new WaitEdge(peer, WaitKind.Money, [], peer.Session.SinceMs),
        { Status: SessionStatus.AwaitingConnector } => new WaitEdge(peer, WaitKind.Connector, [], peer.Session.SinceMs, peer.Session.Call?.Tool),
        { Status: SessionStatus.AwaitingProvider } => new WaitEdge(peer, WaitKind.Provider, [], peer.Session.SinceMs),
        _ => null,
    };
}
