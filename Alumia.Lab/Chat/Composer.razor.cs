using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace Alumia.Lab.Chat;

/// <summary>Where messages are written. The text field is the browser's own (<c>chat.js</c>): it keeps the draft, and sends a text of any length as a stream.</summary>
public sealed partial class Composer(IJSRuntime js) : IAsyncDisposable
{
    private const int MostBytes = 4_000_000;
    private readonly PageScript _field = new(js);
    private ElementReference _area;
    private ElementReference _send;
    private DotNetObjectReference<Composer>? _self;
    private string? _usedKey;

    /// <summary>Which draft it holds.</summary>
    [Parameter, EditorRequired]
    public string DraftKey { get; set; } = "";

    /// <summary>Why nothing can be sent; null where it can.</summary>
    [Parameter]
    public string? Disabled { get; set; }

    [Parameter]
    public bool IsRunning { get; set; }

    [Parameter]
    public bool IsEditing { get; set; }

    /// <summary>No language model will answer.</summary>
    [Parameter]
    public bool IsStandIn { get; set; }

    /// <summary>Why the last message was not taken.</summary>
    [Parameter]
    public string? Refusal { get; set; }

    [Parameter]
    public RenderFragment? Pickers { get; set; }

    /// <summary>Takes a text and its message id; true where it is kept for good.</summary>
    [Parameter, EditorRequired]
    public Func<string, string, Task<bool>> Send { get; set; } = null!;

    [Parameter]
    public EventCallback Stop { get; set; }

    [Parameter]
    public EventCallback Dismiss { get; set; }

    [Parameter]
    public EventCallback EditEnded { get; set; }

    /// <summary>The field is there: texts can be put into it.</summary>
    [Parameter]
    public EventCallback Ready { get; set; }

    public bool IsReady => _field.IsOpen;

    /// <summary>Called by the browser: the text comes as a stream, for one message of the circuit would not hold it.</summary>
    [JSInvokable]
    public async Task<bool> SendAsync(IJSStreamReference text, string messageId)
    {
        await using var stream = await text.OpenReadStreamAsync(MostBytes);
        using var reader = new StreamReader(stream);
        var written = await reader.ReadToEndAsync();
        return await Send(written, messageId);
    }

    [JSInvokable]
    public async Task CancelEditAsync()
    {
        await _field.TellAsync("endEdit");
        await EditEnded.InvokeAsync();
    }

    /// <summary>Puts an earlier message into the field; the draft comes back after it.</summary>
    public Task EditAsync(string text) => _field.TellAsync("edit", text);

    /// <summary>Sends what is written, as the button does.</summary>
    public Task SubmitAsync() => _field.TellAsync("submit");

    public Task FocusAsync() => _field.TellAsync("focus");

    /// <summary>Adds words to what is written.</summary>
    public Task AppendAsync(string text) => _field.TellAsync("append", text);

    public Task PutAsync(string text) => _field.TellAsync("put", text);

    public async ValueTask DisposeAsync()
    {
        await _field.DisposeAsync();
        _self?.Dispose();
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (firstRender)
        {
            _usedKey = DraftKey;
            _self = DotNetObjectReference.Create(this);
            if (!await _field.ImportAsync($"./{Assets["js/chat.js"]}", "composer", _area, _send, _self, DraftKey))
                return;
            StateHasChanged(); // Now it can be sent.
            await Ready.InvokeAsync();
        }
        if (_field.IsOpen && _usedKey != DraftKey)
        {
            _usedKey = DraftKey;
            await _field.TellAsync("use", DraftKey);
        }
    }
}
