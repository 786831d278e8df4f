using Alumia.Lab.Sessions;
using Blazor.Diagrams;

namespace Alumia.Lab.Canvas;

/// <summary>What a new reading of the canvas made of its nodes' models: those that came, those that left, and those that look different.</summary>
internal sealed class CanvasNews
{
    private readonly IReadOnlyList<CanvasNode> _nodes;
    private readonly List<CanvasNodeModel> _come;
    private readonly List<CanvasNodeModel> _left;
    private readonly List<CanvasNodeModel> _changed;

    private CanvasNews(IReadOnlyList<CanvasNode> nodes, List<CanvasNodeModel> come, List<CanvasNodeModel> left, List<CanvasNodeModel> changed) =>
        (_nodes, _come, _left, _changed) = (nodes, come, left, changed);

    /// <summary>Nodes came or went.</summary>
    private bool IsOther => _come.Count + _left.Count > 0;

    /// <summary>The change keys of the sessions on the canvas.</summary>
    public HashSet<string> SessionKeys => [.. _nodes.OfType<AgentNode>().Select(node => Conversations.Key(node.Id))];

    /// <summary>For the screen reader; null where nothing came.</summary>
    public string? Words => _come.Count switch
    {
        0 => null,
        1 => $"New on the canvas: {_come[0].Content.Title}",
        var many => $"{many} new nodes on the canvas",
    };

    /// <summary>What the browser must know.</summary>
    public WireChange Wire => new([.. _come.Concat(_changed).Select(model => WireNode.Of(model.Content))], _left.ConvertAll(model => model.Id),
        IsOther ? [.. _nodes.Select(node => node.Id)] : null, IsOther ? WireChange.EdgesOf(_nodes) : null);

    /// <summary>Brings the models to what was read.</summary>
    public static CanvasNews Take(Dictionary<string, CanvasNodeModel> models, IReadOnlyList<CanvasNode> nodes)
    {
        var ids = nodes.Select(node => node.Id).ToHashSet();
        var left = models.Values.Where(model => !ids.Contains(model.Id)).ToList();
        left.ForEach(model => models.Remove(model.Id));
        var changed = nodes.Where(node => models.TryGetValue(node.Id, out var model) && model.Take(node)).Select(node => models[node.Id]).ToList();
        var come = nodes.Where(node => !models.ContainsKey(node.Id)).Select(node => node is AgentNode agent ? new AgentNodeModel(agent) : (CanvasNodeModel)new BlockNodeModel((BlockNode)node)).ToList();
        come.ForEach(model => models.Add(model.Id, model));
        return new CanvasNews(nodes, come, left, changed);
    }

    /// <summary>Brings the diagram to the models.</summary>
    public void Draw(BlazorDiagram diagram)
    {
        diagram.Batch(() =>
        {
            diagram.Nodes.Remove(_left);
            diagram.Nodes.Add(_come);
        });
        foreach (var model in _changed.Where(model => model.Visible))
            model.Refresh();
    }
}
