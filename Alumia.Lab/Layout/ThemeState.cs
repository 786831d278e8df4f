using Microsoft.JSInterop;

namespace Alumia.Lab.Layout;

/// <summary>The theme as the browser has it (<c>theme.js</c> decides and keeps it), for the pieces that are drawn from here.</summary>
public sealed class ThemeState(IJSRuntime js) : IDisposable
{
    private DotNetObjectReference<ThemeState>? _self;

    public event Action? Changed;

    /// <summary><c>light</c>, <c>dark</c> or <c>system</c>.</summary>
    public string Chosen { get; private set; } = "system";

    public bool IsDark { get; private set; }

    /// <summary>Begins to listen, once.</summary>
    public async Task WatchAsync() =>
        await js.InvokeVoidAsync("labTheme.watch", _self ??= DotNetObjectReference.Create(this));

    public async Task ChooseAsync(string theme) => await js.InvokeVoidAsync("labTheme.choose", theme);

    /// <summary>Called by the browser.</summary>
    [JSInvokable]
    public void ThemeChanged(string chosen, bool isDark)
    {
        (Chosen, IsDark) = (chosen, isDark);
        Changed?.Invoke();
    }

    public void Dispose() => _self?.Dispose();
}
