using Alumia.Lab.Storage;
using Alumia.Lab.Troubles;

namespace Alumia.Lab.Peers;

/// <summary>The document's second cause of "Agent stuck on a tool": the tool is waiting on a peer. The cards say who waits for whom, since when, and what will come of it.</summary>
internal sealed class PeerTroubles
{
    public const string Deadlock = "deadlock";
    public const string Waiting = "waiting_on_peer";

    private const string Section = "Agent stuck on a tool";

    public static readonly TroubleKind[] Kinds =
    [
        new(Deadlock, Section, PeerFixes.Answer, PeerFixes.FollowUp, PeerFixes.List, PeerFixes.Cancel),
        new(Waiting, Section, PeerFixes.FollowUp, PeerFixes.List, PeerFixes.Answer, PeerFixes.Cancel),
    ];

    /// <summary>What such a trouble is about: one wait of a session.</summary>
    public static string About(string sessionId) => $"wait:{sessionId}";

    /// <summary>The session of <see cref="About"/>.</summary>
    public static string SessionOf(Trouble trouble) => trouble.About["wait:".Length..];

    /// <summary>Raises what a session's wait is worth, or renews it; returns its id.</summary>
    public string Raise(Tx tx, WaitGraph graph, string sessionId)
    {
        var chain = graph.Chain(sessionId);
        var waiter = chain[0].Waiter;
        tx.Changed(PeerMail.ProjectKey(waiter.ProjectId));
        return TroubleLog.Raise(tx, waiter.OrgId, KindOf(graph, sessionId), About(sessionId), Title(graph, chain), Why(graph, sessionId, tx.NowMs), Facts(graph, chain),
            PeerFixes.Of(waiter, PeerOf(graph, chain), graph.VerdictOf(sessionId), chain), waiter.ProjectId, sessionId);
    }

    public static string KindOf(WaitGraph graph, string sessionId) => graph.VerdictOf(sessionId) == WaitVerdict.Deadlocked ? Deadlock : Waiting;

    /// <summary>Whether a trouble says of a session's wait what is so now.</summary>
    public static bool IsUpToDate(Trouble trouble, WaitGraph graph, string sessionId)
    {
        var chain = graph.Chain(sessionId);
        return SessionOf(trouble) == sessionId && trouble.Kind == KindOf(graph, sessionId) && trouble.Title == Title(graph, chain) && trouble.Evidence.SequenceEqual(Facts(graph, chain));
    }

    /// <summary>Whom it waits for: of several one who does not move.</summary>
    private static Peer? PeerOf(WaitGraph graph, IReadOnlyList<WaitEdge> chain) => chain[0].For.FirstOrDefault(other => !graph.IsAtWork(other)) ?? (chain[0].For is [var first, ..] ? first : null);

    private static IEnumerable<Evidence> Facts(WaitGraph graph, IReadOnlyList<WaitEdge> chain) => chain.Select(edge => new Evidence(edge.Waiter.Name, PeerWords.Doing(edge), edge.SinceMs))
        .Concat(Ends(graph, chain).Select(end => new Evidence(end.Name, PeerWords.State(graph, end), end.Session.SinceMs)));

    /// <summary>The whole chain in sentences, and what is to be expected of it.</summary>
    public static string Why(WaitGraph graph, string sessionId, long nowMs)
    {
        var chain = graph.Chain(sessionId);
        var waits = string.Join(", ", chain.Where(edge => edge.Kind == WaitKind.Peer).Select(edge => PeerWords.Sentence(edge, nowMs))) + ".";
        var ends = Ends(graph, chain).Select(end => $"{end.Name} is {PeerWords.Standing(graph, end, nowMs)}").Concat(
            chain.Where(edge => edge.Kind != WaitKind.Peer).Select(edge => PeerWords.Sentence(edge, nowMs))).ToList();
        var states = ends.Count > 0 ? $" {string.Join("; ", ends)}." : "";
        return graph.VerdictOf(sessionId) switch
        {
            WaitVerdict.Deadlocked => $"{waits} They wait for each other and for nobody else, and none has a message to read: a deadlock.",
            WaitVerdict.WillNotAnswer when Ends(graph, chain).ToList() is { Count: > 0 } rest => $"{waits}{states} {PeerWords.Names(rest)} will not answer by {(rest.Count == 1 ? "itself" : "themselves")}.",
            WaitVerdict.WillNotAnswer => $"{waits} Nobody is at work who could write to it.",
            _ => $"{waits}{states} The chain is slow, but it moves.",
        };
    }

    private static string Title(WaitGraph graph, IReadOnlyList<WaitEdge> chain)
    {
        var (waiter, peer) = (chain[0].Waiter, PeerOf(graph, chain));
        return graph.VerdictOf(waiter.SessionId) switch
        {
            WaitVerdict.Deadlocked => "Agents wait for each other",
            WaitVerdict.WillNotAnswer => peer is null ? "Nobody will answer by itself" : $"{peer.Name} will not answer by itself",
            _ => peer is null ? $"{waiter.Name} has been waiting for a peer" : $"{waiter.Name} has been waiting for {peer.Name}",
        };
    }

    /// <summary>Those at the chain's ends, who wait for nothing.</summary>
    private static IEnumerable<Peer> Ends(WaitGraph graph, IReadOnlyList<WaitEdge> chain) =>
        chain.SelectMany(edge => edge.For).DistinctBy(peer => peer.SessionId).Where(peer => graph.EdgeOf(peer.SessionId) is null);
}
