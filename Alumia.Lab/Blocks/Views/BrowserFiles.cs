using Microsoft.JSInterop;

namespace Alumia.Lab.Blocks.Views;

/// <summary>Hands a person a text: on the clipboard, or as a file to keep.</summary>
public sealed class BrowserFiles(IJSRuntime js) : IAsyncDisposable
{
    private Task<IJSObjectReference>? _module;

    /// <summary>False where the browser refused.</summary>
    public async Task<bool> CopyAsync(string text) => await (await ModuleAsync()).InvokeAsync<bool>("copy", text);

    public async Task SaveAsync(string name, string mediaType, string text) => await (await ModuleAsync()).InvokeVoidAsync("save", name, mediaType, text);

    /// <summary>A file's name made of a title: what file systems refuse becomes a dash, and a title that ends so already keeps its end.</summary>
    public static string Name(string title, string extension)
    {
        var safe = string.Concat(title.Trim().Select(character => char.IsControl(character) || "/\\:*?\"<>|".Contains(character, StringComparison.Ordinal) ? '-' : character)).Trim('.', ' ');
        if (safe.EndsWith(extension, StringComparison.OrdinalIgnoreCase))
            safe = safe[..^extension.Length];
        return (safe.Length == 0 ? "block" : safe.Length > 100 ? safe[..100] : safe) + extension;
    }

    public async ValueTask DisposeAsync()
    {
        if (_module is not { IsCompletedSuccessfully: true })
            return;
        try
        {
            await (await _module).DisposeAsync();
        }
        catch (JSDisconnectedException)
        {
            // The page is gone, and its module with it.
        }
    }

    private Task<IJSObjectReference> ModuleAsync() => _module is { IsFaulted: false } known
        ? known
        : _module = js.InvokeAsync<IJSObjectReference>("import", "./js/blocks.js").AsTask();
}
