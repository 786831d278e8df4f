using System.Text;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace Alumia.Lab.Blocks.Editors;

/// <summary>A field for a long text, which the browser owns: nothing goes up while a person types, and a draft stays in the tab.</summary>
public sealed partial class TextField(IJSRuntime js) : IAsyncDisposable
{
    // A document's most characters, four bytes each.
    private const long MostBytes = 4 * 250_000;

    private readonly TaskCompletionSource _isReady = new();
    private readonly PageScript _writer = new(js);
    private ElementReference _area;
    private DotNetObjectReference<TextField>? _self;

    [Parameter, EditorRequired]
    public string Label { get; set; } = "";

    /// <summary>What it begins with.</summary>
    [Parameter, EditorRequired]
    public string Text { get; set; } = "";

    /// <summary>The draft's name in the tab.</summary>
    [Parameter, EditorRequired]
    public string DraftKey { get; set; } = "";

    /// <summary>The version that the text is of.</summary>
    [Parameter, EditorRequired]
    public int Version { get; set; }

    [Parameter]
    public bool IsCode { get; set; }

    /// <summary>A moment after each change, with the text.</summary>
    [Parameter]
    public EventCallback<string> OnWritten { get; set; }

    /// <summary>A draft was found and put in, with the version that it was written on.</summary>
    [Parameter]
    public EventCallback<int> OnDraft { get; set; }

    private string? Class => IsCode ? "code" : null;

    /// <summary>Called by the browser.</summary>
    [JSInvokable]
    public async Task WrittenAsync() => await OnWritten.InvokeAsync(await ReadAsync(CancellationToken.None));

    public async Task<string> ReadAsync(CancellationToken cancellation)
    {
        // Who saves before the browser's part has come would else save what the field began with.
        await _isReady.Task.WaitAsync(cancellation);
        if (!_writer.IsOpen)
            return Text;
        await using var stream = await _writer.AskAsync<IJSStreamReference>("text", cancellation);
        await using var bytes = await stream.OpenReadStreamAsync(MostBytes, cancellation);
        using var reader = new StreamReader(bytes, Encoding.UTF8);
        return await reader.ReadToEndAsync(cancellation);
    }

    public Task ForgetAsync() => _writer.TellAsync("forget");

    protected override bool ShouldRender() => false;

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!firstRender)
            return;
        _self = DotNetObjectReference.Create(this);
        if (!await _writer.ImportAsync($"./{Assets["js/editor.js"]}", "writer", _area, _self, DraftKey, Version))
        {
            _isReady.TrySetCanceled(CancellationToken.None);
            return;
        }
        _isReady.TrySetResult();
        try
        {
            if (_writer.IsOpen && await _writer.AskAsync<int>("draft", CancellationToken.None) is > 0 and var version)
            {
                await OnDraft.InvokeAsync(version);
                await WrittenAsync();
            }
        }
        catch (Exception exception) when (PageGone.Explains(exception))
        {
            // The page went away while it was being drawn.
        }
    }

    public async ValueTask DisposeAsync()
    {
        _isReady.TrySetCanceled(CancellationToken.None);
        await _writer.DisposeAsync();
        _self?.Dispose();
    }
}
