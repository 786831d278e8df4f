using Alumia.Lab.Agents;
using Alumia.Lab.Blocks;
using Alumia.Lab.Canvas;
using Alumia.Lab.Peers;
using Alumia.Lab.Sessions;
using Blazor.Diagrams;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace Alumia.Lab.Sharing;

/// <summary>
/// A canvas to look at. It draws as <see cref="CanvasView"/> does, with nodes that have nothing to act with, and reads through its visitor's
/// <see cref="ShareReader"/>. What the browser may call stands in <c>SharedCanvas.Hand.cs</c>: to look, to open, and nothing else.
/// </summary>
public sealed partial class SharedCanvas(TimeProvider clock, IJSRuntime js, ILogger<SharedCanvas> log)
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

    internal Task FlyToAsync(IReadOnlyList<string> nodeIds) => _hand.TellAsync("flyTo", nodeIds);

    protected override async Task OnParametersSetAsync()
    {
        _activity ??= new CanvasActivity(Reader, clock, OnPageAsync, log);
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
            await _hand.TellAsync("take", change);
        await _hand.TellAsync("peers", _peerEdges);
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
        var news = CanvasNews.Take(_models, _nodes);
        _sessionKeys = news.SessionKeys;
        Together(() =>
        {
            news.Draw(_diagram);
            Show();
        });
        if (_isLoaded && news.Words is { } words)
            _announcement = words;
        return news.Wire;
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
