using Alumia.Lab.Canvas;
using Microsoft.JSInterop;

namespace Alumia.Lab.Sharing;

// What passes between this page and the browser's hand (wwwroot/js/canvas). A hand that may not act calls nothing else, and there is nothing else to be called.
public sealed partial class SharedCanvas : IAsyncDisposable
{
    private readonly PageScript _hand = new(js, "close");
    private DotNetObjectReference<SharedCanvas>? _self;

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
        await _hand.DisposeAsync();
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
            if (!await _hand.OpenAsync("alumiaCanvas.open", _ground!.Root, _self, new { mayAct = false, node = (string?)null }, WireChange.All(told)))
                return;
            if (!ReferenceEquals(told, _nodes))
                await _hand.TellAsync("take", WireChange.All(_nodes));
            await _hand.TellAsync("peers", _peerEdges);
        }
        catch (JSException exception)
        {
            log.LogError(exception, "The browser could not open the canvas");
        }
    }
}
