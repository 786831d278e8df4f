using Microsoft.JSInterop;

namespace Alumia.Lab;

/// <summary>
/// An object of a script that works for one component: it is made for it, called by it, and ends with it. The page may go away at any of these; that is no fault.
/// </summary>
/// <param name="js">The component's line to its browser.</param>
/// <param name="ending">What the script calls its end.</param>
internal sealed class PageScript(IJSRuntime js, string ending = "dispose") : IAsyncDisposable
{
    private readonly CancellationTokenSource _gone = new();
    private IJSObjectReference? _module;
    private IJSObjectReference? _made;

    /// <summary>False until it is made.</summary>
    public bool IsOpen => _made is not null;

    /// <summary>Has an export of a module make it. False where the page went away meanwhile.</summary>
    public Task<bool> ImportAsync(string module, string export, params object?[] arguments) => TryAsync(async gone =>
    {
        _module = await js.InvokeAsync<IJSObjectReference>("import", gone, module);
        _made = await _module.InvokeAsync<IJSObjectReference>(export, gone, arguments);
    });

    /// <summary>Has a function of a script that is there already make it; it is called before this returns. False where the page went away meanwhile.</summary>
    public Task<bool> OpenAsync(string function, params object?[] arguments) =>
        TryAsync(async gone => _made = await js.InvokeAsync<IJSObjectReference>(function, gone, arguments));

    /// <summary>Calls one of its functions; nothing happens where it is not open.</summary>
    public Task TellAsync(string deed, params object?[] arguments) =>
        _made is null ? Task.CompletedTask : TryAsync(async gone => await _made.InvokeVoidAsync(deed, gone, arguments));

    /// <summary>Asks one of its functions; only where it is open. Throws where the page goes away meanwhile (<see cref="PageGone"/>).</summary>
    public ValueTask<T> AskAsync<T>(string deed, CancellationToken cancellation) => _made!.InvokeAsync<T>(deed, cancellation);

    public async ValueTask DisposeAsync()
    {
        await _gone.CancelAsync();
        _gone.Dispose();
        try
        {
            if (_made is not null)
            {
                await _made.InvokeVoidAsync(ending);
                await _made.DisposeAsync();
            }
            if (_module is not null)
                await _module.DisposeAsync();
        }
        catch (Exception exception) when (PageGone.Explains(exception))
        {
            // The browser has gone first.
        }
    }

    private async Task<bool> TryAsync(Func<CancellationToken, Task> call)
    {
        try
        {
            await call(_gone.Token);
            return true;
        }
        catch (Exception exception) when (PageGone.Explains(exception))
        {
            return false;
        }
    }
}
