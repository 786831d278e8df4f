using System.Globalization;
using Alumia.Lab.Sessions;

namespace Alumia.Lab.Peers;

/// <summary>How peers and their waits are told, to agents and to people.</summary>
internal static class PeerWords
{
    /// <summary>Everybody of a project: name, status, what it is doing, since when; then the agents that are not at work here.</summary>
    public static string Participants(WaitGraph graph, string? me, long nowMs)
    {
        var group = graph.Group;
        var here = group.Peers.Where(peer => !peer.Session.IsDeleted).ToList();
        var lines = here.Select(peer => $"- {peer.Name}{(peer.SessionId == me ? " (you)" : "")} [{peer.SessionId}]: {Standing(graph, peer, nowMs)}").ToList();
        var resting = group.Agents.Where(agent => agent.IsActive && here.TrueForAll(peer => peer.AgentId != agent.Id)).Select(agent => agent.Name).ToList();
        if (resting.Count > 0)
            lines.Add($"Not at work in this project (spawn_agent begins them): {string.Join(", ", resting)}");
        return string.Join('\n', lines);
    }

    /// <summary>The document's word of its status, since when, and what it is doing: <c>awaiting_peer, waits for Atlas since 12:04:31 UTC (12 s)</c>.</summary>
    public static string Standing(WaitGraph graph, Peer peer, long nowMs) =>
        $"{State(graph, peer)} since {Since(graph.EdgeOf(peer.SessionId)?.SinceMs ?? peer.Session.SinceMs, nowMs)}";

    /// <summary>The same without the time.</summary>
    public static string State(WaitGraph graph, Peer peer)
    {
        var words = peer.Session.IsDeleted ? "deleted" : peer.Session.Status.Word();
        return words + peer switch
        {
            _ when graph.EdgeOf(peer.SessionId) is { } edge => $", {Doing(edge)}",
            { Session.Status: SessionStatus.Active } => ", answers",
            _ when graph.Unread.Contains(peer.SessionId) => ", has messages to read",
            { CanWork: false, Session.IsDeleted: false } => ", switched off",
            { Session.HasQueue: false } => ", nothing to read",
            _ => "",
        };
    }

    /// <summary>What a wait is: "waits for Atlas", "runs run_command".</summary>
    public static string Doing(WaitEdge edge) => edge.Kind switch
    {
        WaitKind.Tool => $"runs {edge.Tool}",
        WaitKind.Peer when edge.For.Count == 0 => "waits for a message of anybody",
        WaitKind.Peer => $"waits for {Names(edge.For)}",
        WaitKind.Approval => "waits for a person's approval",
        WaitKind.Money => "waits for money",
        WaitKind.Connector => "waits for a connection",
        _ => "waits for its provider",
    };

    /// <summary>A wait as a sentence: "Ala waits for Atlas since 12:04:31 UTC (12 s)".</summary>
    public static string Sentence(WaitEdge edge, long nowMs) => $"{edge.Waiter.Name} {Doing(edge)} since {Since(edge.SinceMs, nowMs)}";

    public static string Names(IEnumerable<Peer> peers)
    {
        var names = peers.Select(peer => peer.Name).ToList();
        return names.Count < 2 ? string.Concat(names) : $"{string.Join(", ", names[..^1])} and {names[^1]}";
    }

    public static string Since(long sinceMs, long nowMs) =>
        $"{DateTimeOffset.FromUnixTimeMilliseconds(sinceMs).ToString("HH:mm:ss", CultureInfo.InvariantCulture)} UTC ({Span(Math.Max(0, nowMs - sinceMs))})";

    public static string Span(long milliseconds) => (milliseconds / 1000) switch
    {
        < 60 and var seconds => $"{seconds} s",
        < 3_600 and var seconds => $"{seconds / 60} min {seconds % 60} s",
        var seconds => $"{seconds / 3_600} h {seconds / 60 % 60} min",
    };
}
