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
    private ElementReference _area;
    private DotNetObjectReference<TextField>? _self;
    private IJSObjectReference? _module;
    private IJSObjectReference? _writer;

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
        if (_writer is null)
            return Text;
        await using var stream = await _writer.InvokeAsync<IJSStreamReference>("text", cancellation);
        await using var bytes = await stream.OpenReadStreamAsync(MostBytes, cancellation);
        using var reader = new StreamReader(bytes, Encoding.UTF8);
        return await reader.ReadToEndAsync(cancellation);
    }

    /// <summary>Puts another text in, a stored one say; the draft goes.</summary>
    public async Task PutAsync(string text)
    {
        await ForgetAsync();
        if (_writer is not null)
            await _writer.InvokeVoidAsync("put", text);
    }

    public async Task ForgetAsync()
    {
        if (_writer is not null)
            await _writer.InvokeVoidAsync("forget");
    }

    protected override bool ShouldRender() => false;

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!firstRender)
            return;
        try
        {
            _self = DotNetObjectReference.Create(this);
            _module = await js.InvokeAsync<IJSObjectReference>("import", $"./{Assets["js/editor.js"]}");
            _writer = await _module.InvokeAsync<IJSObjectReference>("writer", _area, _self, DraftKey, Version);
            _isReady.TrySetResult();
            if (_writer is not null && await _writer.InvokeAsync<int>("draft") is > 0 and var version)
            {
                await OnDraft.InvokeAsync(version);
                await WrittenAsync();
            }
        }
        catch (Exception exception) when (PageGone.Explains(exception))
        {
            // The page went away while it was being drawn.
            _isReady.TrySetCanceled(CancellationToken.None);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _isReady.TrySetCanceled(CancellationToken.None);
        try
        {
            if (_writer is not null)
            {
                await _writer.InvokeVoidAsync("dispose");
                await _writer.DisposeAsync();
            }
            if (_module is not null)
                await _module.DisposeAsync();
        }
        catch (JSDisconnectedException)
        {
            // The page is gone.
        }
        _self?.Dispose();
    }
}
