using Microsoft.JSInterop;

namespace Alumia.Lab.Canvas;

// What passes between this page and the browser's hand (wwwroot/js/canvas).
public sealed partial class CanvasView : IAsyncDisposable
{
    private const int MostMoves = 500;
    private readonly PageScript _hand = new(js, "close");
    private DotNetObjectReference<CanvasView>? _self;

    /// <summary>The person has moved the view, or it was fitted: draws what is in view now.</summary>
    [JSInvokable]
    public async Task Look(double x, double y, double zoom, double width, double height)
    {
        var view = new WireView(x, y, zoom, width, height);
        if (!view.IsSound)
            return;
        _view = view;
        Together(() => Show(mayHide: true));
        await WatchAsync();
    }

    /// <summary>Nodes were dropped. Returns where they stand now: there, or where they were if it was refused, or where somebody else has put them
    /// meanwhile. What is told of them afterwards is newer; what was told before may be older than the drop.</summary>
    [JSInvokable]
    public async Task<IReadOnlyList<NodeMove>> Moved(NodeMove[] moves)
    {
        var here = moves.Take(MostMoves).Where(move => _models.ContainsKey(move.Id)).DistinctBy(move => move.Id).ToList();
        if (here.Count == 0)
            return [];
        var before = here.ConvertAll(move => new NodeMove(move.Id, _models[move.Id].Content.Box.X, _models[move.Id].Content.Box.Y));
        if (await TryAsync(() => board.MoveAsync(Scope, ProjectId, here, Gone)))
        {
            // At once, and only the drawing with the others: what is read next is compared with it.
            here.ForEach(move => _models.GetValueOrDefault(move.Id)?.Put(move.X, move.Y));
            Together(() => here.ForEach(move => _models.GetValueOrDefault(move.Id)?.Refresh()));
            Did(here.Count == 1 ? $"Moved {TitleOf(here[0].Id)}" : $"Moved {here.Count} nodes", () => MoveAsync(before), () => MoveAsync(here));
        }
        // Somebody else may have moved them just after.
        await RefreshAsync();
        return [.. here.Where(move => _models.ContainsKey(move.Id)).Select(move => _models[move.Id].Content).Select(node => new NodeMove(node.Id, node.Box.X, node.Box.Y))];
    }

    /// <summary>A node was made larger or smaller.</summary>
    [JSInvokable]
    public async Task<bool> Resized(string id, double width, double height)
    {
        if (!_models.TryGetValue(id, out var model))
            return false;
        var (was, isDone) = (model.Content.Box, await TryAsync(() => board.ResizeAsync(Scope, ProjectId, id, width, height, Gone)));
        if (isDone)
        {
            Did($"Resized {model.Content.Title}",
                () => board.ResizeAsync(Scope, ProjectId, id, was.Width, was.Height, Gone),
                () => board.ResizeAsync(Scope, ProjectId, id, width, height, Gone));
        }
        await RefreshAsync();
        return isDone;
    }

    /// <summary>A key or a click that is a wish: <c>open</c>, <c>delete</c>, <c>duplicate</c>, <c>collapse</c>, <c>undo</c>, <c>redo</c>, <c>tidy</c>, <c>follow</c>, <c>snap</c>, <c>help</c>, <c>escape</c>.</summary>
    [JSInvokable]
    public Task Wish(string wish, string[] ids) => wish switch
    {
        "open" when ids is [var id] => OpenAsync(id),
        "delete" => DeleteAsync(ids),
        "duplicate" => DuplicateAsync(ids),
        "collapse" when ids is [var id] => CollapseAsync(id),
        "undo" => UndoAsync(),
        "redo" => RedoAsync(),
        "tidy" => TidyAsync(),
        "follow" => FollowAsync(!_isFollowing),
        "snap" => SnapAsync(!_isSnapping),
        "help" => HelpAsync(),
        "escape" when _isHelpOpen => HideHelpAsync(),
        _ => Task.CompletedTask,
    };

    /// <summary>Words for the screen reader.</summary>
    [JSInvokable]
    public void Say(string words) => Announce(words);

    /// <summary>After a broken line: everything as the database has it.</summary>
    [JSInvokable]
    public async Task<IReadOnlyList<object>> Everything()
    {
        await RefreshAsync();
        return [.. _models.Values.Select(model => WireNode.Of(model.Content))];
    }

    public async ValueTask DisposeAsync()
    {
        Dispose();
        await _hand.DisposeAsync();
        _self?.Dispose();
    }

    /// <summary>
    /// Gives the browser the canvas. Sent behind the first drawing and not after its receipt: a long line is crossed once less. The browser paints
    /// the shapes of all nodes at once; the nodes themselves follow behind, and are not waited for either where all of them are in view.
    /// </summary>
    private async Task OpenHandAsync()
    {
        _self = DotNetObjectReference.Create(this);
        // Out of the drawing that may be under way: only then is there an element to give.
        await Task.Yield();
        StateHasChanged();
        try
        {
            var told = _nodes;
            var opening = _hand.OpenAsync("alumiaCanvas.open", _ground!.Root, _self, new { mayAct = MayAct, node = NodeId }, WireChange.All(told));
            _drawsAll = NodeId is null && told.Count <= WireView.MostSmall;
            Together(() => Show(mayHide: false));
            if (!await opening)
                return;
            if (!ReferenceEquals(told, _nodes))
                await _hand.TellAsync("take", WireChange.All(_nodes));
            await TellPeersAsync();
        }
        catch (JSException exception)
        {
            log.LogError(exception, "The browser could not open the canvas");
        }
    }

    /// <summary>Tells the browser what changed; when it begins to listen, it is told all.</summary>
    private async Task TellAsync(WireChange change)
    {
        if (change.Nodes.Count > 0 || change.Order is not null)
            await _hand.TellAsync("take", change);
        await WatchAsync();
    }
}
