using Alumia.Lab.Canvas;
using Microsoft.JSInterop;

namespace Alumia.Lab.Sharing;

// What passes between this page and the browser's hand (wwwroot/js/canvas). A hand that may not act calls nothing else, and there is nothing else to be called.
public sealed partial class SharedCanvas : IAsyncDisposable
{
    private DotNetObjectReference<SharedCanvas>? _self;
    private IJSObjectReference? _hand;

    /// <summary>The visitor has moved the view, or it was fitted: draws what is in view now.</summary>
    [JSInvokable]
    public async Task Look(double x, double y, double zoom, double width, double height)
    {
        var view = new WireView(x, y, zoom, width, height);
        if (!view.IsSound)
            return;
        _view = view;
        Together(Show);
        await WatchAsync();
    }

    /// <summary>A click or a key on nodes; the only wish that a visitor has is <c>open</c>.</summary>
    [JSInvokable]
    public Task Wish(string wish, string[] ids) =>
        wish == "open" && ids is [var id] && _models.GetValueOrDefault(id)?.Content is { } node && (node.JoinedTo ?? (node as AgentNode)?.Id) is { } sessionId && _models.ContainsKey(sessionId)
            ? SessionIdChanged.InvokeAsync(sessionId)
            : Task.CompletedTask;

    /// <summary>Words for the screen reader.</summary>
    [JSInvokable]
    public void Say(string words)
    {
        _announcement = words;
        StateHasChanged();
    }

    /// <summary>After a broken line: everything as it is now.</summary>
    [JSInvokable]
    public async Task<IReadOnlyList<object>> Everything()
    {
        await RefreshAsync();
        return [.. _models.Values.Select(model => WireNode.Of(model.Content))];
    }

    public async ValueTask DisposeAsync()
    {
        Dispose();
        try
        {
            if (_hand is not null)
            {
                await _hand.InvokeVoidAsync("close");
                await _hand.DisposeAsync();
            }
        }
        catch (Exception exception) when (PageGone.Explains(exception))
        {
            // The browser has gone first.
        }
        _self?.Dispose();
    }

    private async Task OpenHandAsync()
    {
        _self = DotNetObjectReference.Create(this);
        // Out of the drawing that may be under way: only then is there an element to give.
        await Task.Yield();
        StateHasChanged();
        try
        {
            var told = _nodes;
            _hand = await Js.InvokeAsync<IJSObjectReference>("alumiaCanvas.open", Gone, _ground!.Root, _self, new { mayAct = false, node = (string?)null }, WireChange.All(told));
            if (!ReferenceEquals(told, _nodes))
                await JsAsync("take", WireChange.All(_nodes));
            await JsAsync("peers", _peerEdges);
        }
        catch (Exception exception) when (PageGone.Explains(exception))
        {
            // The page went away while it was being drawn.
        }
        catch (JSException exception)
        {
            Log.LogError(exception, "The browser could not open the canvas");
        }
    }

    private async Task JsAsync(string deed, params object?[] arguments)
    {
        try
        {
            if (_hand is not null)
                await _hand.InvokeVoidAsync(deed, Gone, arguments);
        }
        catch (Exception exception) when (PageGone.Explains(exception))
        {
            // Nobody is there to see it.
        }
    }
}
