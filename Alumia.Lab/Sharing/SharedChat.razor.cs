using Alumia.Lab.Canvas;
using Alumia.Lab.Chat;
using Alumia.Lab.Sessions;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace Alumia.Lab.Sharing;

/// <summary>A visitor's view of one session.</summary>
public sealed partial class SharedChat(TimeProvider clock, IJSRuntime js, ILogger<SharedChat> log) : IAsyncDisposable
{
    private readonly CancellationTokenSource _gone = new();
    private readonly PageScript _scroller = new(js);
    private LiveSession? _live;
    private ElementReference _view;
    private ElementReference _flow;

    [Parameter, EditorRequired] public ShareReader Reader { get; set; } = null!;

    [Parameter, EditorRequired] public string SessionId { get; set; } = "";

    /// <summary>Its node; null until the canvas is read.</summary>
    [Parameter] public AgentNode? Node { get; set; }

    /// <summary>The visitor wants to see a node.</summary>
    [Parameter] public EventCallback<string> Fly { get; set; }

    [Parameter] public EventCallback Close { get; set; }

    private SessionStatus Status => _live?.Transcript.Status?.To ?? Node?.Session.Status ?? SessionStatus.Idle;

    public async ValueTask DisposeAsync()
    {
        await _gone.CancelAsync();
        _gone.Dispose();
        await _scroller.DisposeAsync();
    }

    protected override void OnInitialized()
    {
        _live = new LiveSession(Reader, SessionId, clock, OnPageAsync, log);
        _ = _live.RunAsync(_gone.Token);
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (firstRender)
            await _scroller.ImportAsync("./js/chat.js", "scroller", _view, _flow);
    }

    private Task OnPageAsync(Action change) => InvokeAsync(() =>
    {
        if (_gone.IsCancellationRequested)
            return;
        change();
        StateHasChanged();
    });

    private async Task EarlierAsync()
    {
        try
        {
            await _live!.LoadEarlierAsync(_gone.Token);
        }
        catch (Exception exception) when (exception is Refusal or OperationCanceledException)
        {
            // The session or the page went away.
        }
    }
}
