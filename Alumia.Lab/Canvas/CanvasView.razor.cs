using Alumia.Lab.Blocks;
using Alumia.Lab.Ledger;
using Alumia.Lab.Organizations;
using Alumia.Lab.Sessions;
using Blazor.Diagrams;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace Alumia.Lab.Canvas;

/// <summary>
/// A project's canvas. The diagram library holds the nodes and draws those that are in view; the browser's own module has the hand, so that
/// only the end of a gesture comes here. What people do stands in <c>CanvasView.Deeds.cs</c>, what the browser tells in <c>CanvasView.Hand.cs</c>.
/// </summary>
public sealed partial class CanvasView(CanvasBoard board, Conversations conversations, Balances balances, BlockShelf shelf, Peers.PeerTraffic traffic, IJSRuntime js, MudBlazor.ISnackbar notices, TimeProvider clock, NavigationManager navigation, ILogger<CanvasView> log)
{
    private readonly BlazorDiagram _diagram = Diagram();
    private readonly Dictionary<string, CanvasNodeModel> _models = [];
    private readonly UndoStack _undo = new();
    private IReadOnlyList<CanvasNode> _nodes = [];

    // Read by whoever publishes a change: replaced whole, never changed.
    private volatile HashSet<string> _sessionKeys = [];
    private CanvasActivity? _activity;
    private IDisposable? _sessionNews;
    private CanvasGround? _ground;
    private WireView? _view;
    private string _announcement = "";
    private bool _isLoaded;

    /// <summary>The first view will show all nodes.</summary>
    private bool _drawsAll;
    private bool _isFollowing;
    private bool _isSnapping = true;
    private bool _isHelpOpen;
    private Inspection? _inspected;

    [Parameter, EditorRequired]
    public string ProjectId { get; set; } = "";

    /// <summary>The session that is open in the panel.</summary>
    [Parameter]
    public string? SessionId { get; set; }

    [Parameter]
    public EventCallback<string?> SessionIdChanged { get; set; }

    /// <summary>The tool call that a person wants to look into.</summary>
    [Parameter]
    public EventCallback<Inspection> Inspect { get; set; }

    /// <summary>More for the toolbar, from rooms above.</summary>
    [Parameter]
    public RenderFragment? MoreTools { get; set; }

    /// <summary>A node to fly to when the canvas opens.</summary>
    [Parameter]
    public string? NodeId { get; set; }

    internal bool MayAct => Scope.Can(OrgRole.Member);

    protected override string[] Keys =>
        [CanvasBoard.Key(ProjectId), Conversations.ListKey(ProjectId), BlockShelf.ListKey(ProjectId), Peers.PeerTraffic.Key(ProjectId), Agents.AgentDirectory.ListKey(Scope.OrgId)];

    protected override async Task OnParametersSetAsync()
    {
        _activity ??= new CanvasActivity(new MemberReader(conversations, balances, Scope), clock, OnPageAsync, log);
        // A session tells of its status under its own key.
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
            _nodes = await board.ReadAsync(Scope, ProjectId, Gone);
        }
        catch (Refusal)
        {
            return; // The page around it tells that the project is gone.
        }
        var change = Take();
        _isLoaded = true;
        if (_self is null)
            _ = OpenHandAsync();
        await TellAsync(change);
        await ReadPeersAsync();
        if (_isFollowing)
            await FollowNowAsync();
    }

    protected override void Dispose(bool disposing)
    {
        _sessionNews?.Dispose();
        _activity?.Dispose();
        base.Dispose(disposing);
    }

    internal SessionLight LightOf(string sessionId) => _activity!.Of(sessionId);

    internal string? TitleOf(string nodeId) => _models.GetValueOrDefault(nodeId)?.Content.Title;

    /// <summary>A link that opens this canvas at a node.</summary>
    internal string LinkTo(string nodeId) => navigation.ToAbsoluteUri($"/{Scope.OrgSlug}/lab/{ProjectId}?node={nodeId}").ToString();

    private static BlazorDiagram Diagram()
    {
        var diagram = new BlazorDiagram(registerDefaultBehaviors: false);
        diagram.RegisterComponent<AgentNodeModel, AgentNodeView>();
        diagram.RegisterComponent<BlockNodeModel, BlockNodeView>();
        return diagram;
    }

    /// <summary>Brings the diagram to what the board says, and tells what of it the browser must know.</summary>
    private WireChange Take()
    {
        var news = CanvasNews.Take(_models, _nodes);
        _sessionKeys = news.SessionKeys;
        Together(() =>
        {
            news.Draw(_diagram);
            Show(mayHide: false);
        });
        if (_isLoaded && news.Words is { } words)
            Announce(words);
        return news.Wire;
    }

    /// <summary>Draws what is in view. What is no more goes only when the person looks elsewhere: it may be in their hand.</summary>
    private void Show(bool mayHide)
    {
        if (_view is null && !_drawsAll)
            return;
        var drawn = _view?.Drawn(_nodes) ?? _models.Keys.ToHashSet();
        foreach (var model in _models.Values)
            model.Visible = drawn.Contains(model.Id) || (model.Visible && !mayHide);
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

    private void Announce(string words)
    {
        _announcement = words;
        StateHasChanged();
    }
}
