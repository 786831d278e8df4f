using Alumia.Lab.Peers;

namespace Alumia.Lab.Canvas;

// Messages and waits between agents, as edges between their nodes.
public sealed partial class CanvasView
{
    private IReadOnlyList<PeerEdge> _peerEdges = [];

    /// <summary>The first that was read: history to the browser, however late it begins to listen. Null until then.</summary>
    private IReadOnlyList<PeerEdge>? _firstEdges;

    /// <summary>Reads what passes between the agents and tells the browser; of what was sent since, the screen reader is told too.</summary>
    private async Task ReadPeersAsync()
    {
        var edges = await traffic.ReadAsync(Scope, ProjectId, Gone);
        // The first is told in any case: what comes after it is news to the browser.
        var isFirst = _firstEdges is null;
        if (!isFirst && edges.SequenceEqual(_peerEdges))
            return;
        var before = _peerEdges.ToDictionary(edge => (edge.From, edge.To), edge => edge.Sent);
        var grown = edges.Where(edge => edge.Sent > before.GetValueOrDefault((edge.From, edge.To))).ToList();
        _peerEdges = edges;
        _firstEdges ??= edges;
        if (!isFirst && grown.Count > 0)
            Announce(string.Join(". ", grown.Select(edge => $"{NameOf(edge.From)} wrote to {NameOf(edge.To)}")));
        await _hand.TellAsync("peers", edges);
    }

    /// <summary>Tells a browser that begins to listen what was, then what came since.</summary>
    private async Task TellPeersAsync()
    {
        if (_firstEdges is null)
            return;
        await _hand.TellAsync("peers", _firstEdges);
        if (!ReferenceEquals(_firstEdges, _peerEdges))
            await _hand.TellAsync("peers", _peerEdges);
    }

    private string NameOf(string sessionId) => _models.GetValueOrDefault(sessionId) is AgentNodeModel model ? model.Agent.Name : "an agent";
}
