using Alumia.Lab.Peers;

namespace Alumia.Lab.Canvas;

// Messages and waits between agents, as edges between their nodes.
public sealed partial class CanvasView
{
    private IReadOnlyList<PeerEdge> _peerEdges = [];
    private bool _knowsPeers;

    /// <summary>Reads what passes between the agents and tells the browser; of what was sent since, the screen reader is told too.</summary>
    private async Task ReadPeersAsync()
    {
        var edges = await traffic.ReadAsync(Scope, ProjectId, Gone);
        // The first is told in any case: what comes after it is news to the browser.
        if (_knowsPeers && edges.SequenceEqual(_peerEdges))
            return;
        var before = _peerEdges.ToDictionary(edge => (edge.From, edge.To), edge => edge.Sent);
        var grown = edges.Where(edge => edge.Sent > before.GetValueOrDefault((edge.From, edge.To))).ToList();
        _peerEdges = edges;
        if (_knowsPeers && grown.Count > 0)
            Announce(string.Join(". ", grown.Select(edge => $"{NameOf(edge.From)} wrote to {NameOf(edge.To)}")));
        _knowsPeers = true;
        await TellPeersAsync();
    }

    private Task TellPeersAsync() => _hand.TellAsync("peers", _peerEdges);

    private string NameOf(string sessionId) => _models.GetValueOrDefault(sessionId) is AgentNodeModel model ? model.Agent.Name : "an agent";
}
