using Alumia.Lab.Agents;
using Alumia.Lab.Blocks;
using Alumia.Lab.Canvas;
using Alumia.Lab.Peers;
using Alumia.Lab.Sessions;
using Blazor.Diagrams;
using Microsoft.AspNetCore.Components;

namespace Alumia.Lab.Sharing;

/// <summary>
/// A canvas to look at. It draws as <see cref="CanvasView"/> does, with nodes that have nothing to act with, and reads through its visitor's
/// <see cref="ShareReader"/>. What the browser may call stands in <c>SharedCanvas.Hand.cs</c>: to look, to open, and nothing else.
/// </summary>
public sealed partial class SharedCanvas
{
    private readonly BlazorDiagram _diagram = Diagram();
    private readonly Dictionary<string, CanvasNodeModel> _models = [];
    private IReadOnlyList<CanvasNode> _nodes = [];
    private IReadOnlyList<PeerEdge> _peerEdges = [];

    // Read by whoever publishes a change: replaced whole, never changed.
    private volatile HashSet<string> _sessionKeys = [];
    private CanvasActivity? _activity;
    private IDisposable? _sessionNews;
    private CanvasGround? _ground;
    private WireView? _view;
    private Inspection? _inspected;
    private string _announcement = "";
    private bool _isLoaded;

    [Inject] private TimeProvider Clock { get; set; } = null!;

    [Inject] private Microsoft.JSInterop.IJSRuntime Js { get; set; } = null!;

    [Inject] private ILogger<SharedCanvas> Log { get; set; } = null!;

    [Parameter, EditorRequired] public ShareReader Reader { get; set; } = null!;

    /// <summary>The session that is open beside it.</summary>
    [Parameter] public string? SessionId { get; set; }

    [Parameter] public EventCallback<string?> SessionIdChanged { get; set; }

    /// <summary>It was read anew.</summary>
    [Parameter] public EventCallback Read { get; set; }

    /// <summary>The tool call that the visitor wants to look into.</summary>
    [Parameter] public EventCallback<Inspection> Inspect { get; set; }

    protected override string[] Keys =>
    [
        CanvasBoard.Key(Reader.Sight.ProjectId), Conversations.ListKey(Reader.Sight.ProjectId), BlockShelf.ListKey(Reader.Sight.ProjectId),
        PeerTraffic.Key(Reader.Sight.ProjectId), AgentDirectory.ListKey(Reader.Sight.OrgId),
    ];

    internal SessionLight LightOf(string sessionId) => _activity!.Of(sessionId);

    internal AgentNode? NodeOf(string sessionId) => (_models.GetValueOrDefault(sessionId) as AgentNodeModel)?.Agent;

    /// <summary>A phone, where what is open lies over the canvas.</summary>
    internal bool IsNarrow => _view is { Width: <= 720 };

    internal string? TitleOf(string nodeId) => _models.GetValueOrDefault(nodeId)?.Content.Title;

    internal async Task InspectAsync(string sessionId, string callId)
    {
        _inspected = new Inspection(LightOf(sessionId), NodeOf(sessionId)?.Name ?? "", callId);
        await Inspect.InvokeAsync(_inspected);
    }

    internal Task FlyToAsync(IReadOnlyList<string> nodeIds) => JsAsync("flyTo", nodeIds);

    protected override async Task OnParametersSetAsync()
    {
        _activity ??= new CanvasActivity(Reader, Clock, OnPageAsync, Log);
        _sessionNews ??= Feed.SubscribeAll(key =>
        {
            if (_sessionKeys.Contains(key))
                _ = InvokeAsync(RefreshAsync);
        });
        await base.OnParametersSetAsync();
    }

    protected override async Task ReadAsync()
    {
        try
        {
            _nodes = await Reader.NodesAsync(Gone);
            _peerEdges = await Reader.PeersAsync(Gone);
        }
        catch (Refusal)
        {
            return; // The page around it ends.
        }
        var change = Take();
        _isLoaded = true;
        if (_self is null)
            _ = OpenHandAsync();
        if (change.Nodes.Count > 0 || change.Order is not null)
            await JsAsync("take", change);
        await JsAsync("peers", _peerEdges);
        await WatchAsync();
        await Read.InvokeAsync();
    }

    protected override void Dispose(bool disposing)
    {
        _sessionNews?.Dispose();
        _activity?.Dispose();
        base.Dispose(disposing);
    }

    private static BlazorDiagram Diagram()
    {
        var diagram = new BlazorDiagram(registerDefaultBehaviors: false);
        diagram.RegisterComponent<AgentNodeModel, SharedAgentNode>();
        diagram.RegisterComponent<BlockNodeModel, SharedBlockNode>();
        return diagram;
    }

    /// <summary>Brings the diagram to what is on the canvas now, and tells what of it the browser must know.</summary>
    private WireChange Take()
    {
        var byId = _nodes.ToDictionary(node => node.Id);
        var gone = _models.Keys.Where(id => !byId.ContainsKey(id)).ToList();
        var left = gone.ConvertAll(id => _models[id]);
        gone.ForEach(id => _models.Remove(id));
        var changed = _nodes.Where(node => _models.TryGetValue(node.Id, out var model) && model.Take(node)).Select(node => _models[node.Id]).ToList();
        var come = _nodes.Where(node => !_models.ContainsKey(node.Id)).Select(node => node is AgentNode agent ? new AgentNodeModel(agent) : (CanvasNodeModel)new BlockNodeModel((BlockNode)node)).ToList();
        come.ForEach(model => _models.Add(model.Id, model));
        _sessionKeys = [.. _nodes.OfType<AgentNode>().Select(node => Conversations.Key(node.Id))];
        Together(() =>
        {
            _diagram.Batch(() =>
            {
                _diagram.Nodes.Remove(left);
                _diagram.Nodes.Add(come);
            });
            foreach (var model in changed.Where(model => model.Visible))
                model.Refresh();
            Show();
        });
        if (come.Count > 0 && _isLoaded)
            _announcement = come.Count == 1 ? $"New on the canvas: {come[0].Content.Title}" : $"{come.Count} new nodes on the canvas";
        var isOther = gone.Count + come.Count > 0;
        return new WireChange([.. come.Concat(changed).Select(model => WireNode.Of(model.Content))], gone,
            isOther ? [.. _nodes.Select(node => node.Id)] : null, isOther ? WireChange.EdgesOf(_nodes) : null);
    }

    /// <summary>Draws what is in view.</summary>
    private void Show()
    {
        if (_view is null)
            return;
        var drawn = _view.Drawn(_nodes);
        foreach (var model in _models.Values)
            model.Visible = drawn.Contains(model.Id);
    }

    private async Task WatchAsync()
    {
        var onScreen = _models.Values.OfType<AgentNodeModel>().Where(model => model.Visible || model.Id == _inspected?.SessionId).Select(model => model.Agent.Session).ToList();
        try
        {
            await _activity!.ShowAsync(onScreen);
        }
        catch (Exception exception) when (exception is OperationCanceledException or ObjectDisposedException)
        {
            // The canvas went away.
        }
    }

    private void Together(Action work)
    {
        if (_ground is null)
            work();
        else
            _ground.Together(work);
    }

    private Task OnPageAsync(Action work) => InvokeAsync(() => Together(work));
}
