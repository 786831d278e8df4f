using Alumia.Lab.Organizations;
using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace Alumia.Lab.Mcp;

/// <summary>Takes a server's address and key, has it connected to, and keeps the key here no longer than that takes.</summary>
public sealed partial class AddMcpServerDialog(McpServers servers) : IDisposable
{
    private static readonly DialogOptions _options = new() { MaxWidth = MaxWidth.Small, FullWidth = true, CloseOnEscapeKey = true };
    private CancellationTokenSource _left = new();
    private string _name = "";
    private string _address = "";
    private string _key = "";
    private string? _refusal;
    private bool _isBusy;
    private bool _wasOpen;

    [Parameter, EditorRequired] public OrgScope Scope { get; set; } = null!;

    /// <summary>A server was added.</summary>
    [Parameter] public EventCallback<McpServerLine> Added { get; set; }

    [Parameter] public bool Open { get; set; }

    [Parameter] public EventCallback<bool> OpenChanged { get; set; }

    public void Dispose()
    {
        _left.Cancel();
        _left.Dispose();
    }

    protected override void OnParametersSet()
    {
        if (Open && !_wasOpen)
            (_name, _address, _key, _refusal) = ("", "", "", null);
        _wasOpen = Open;
    }

    private async Task AddAsync()
    {
        if (_isBusy)
            return;
        (_isBusy, _refusal) = (true, null);
        try
        {
            var added = await servers.AddAsync(Scope, _name, _address, _key, _left.Token);
            await CloseAsync(false);
            await Added.InvokeAsync(added);
        }
        catch (Refusal refusal)
        {
            _refusal = refusal.Message;
        }
        catch (OperationCanceledException) when (!Open)
        {
            // The person left while it was connected to: nothing was stored.
        }
        finally
        {
            _isBusy = false;
        }
    }

    private async Task CloseAsync(bool open)
    {
        if (open)
            return;
        _key = "";
        await _left.CancelAsync();
        _left.Dispose();
        _left = new CancellationTokenSource();
        await OpenChanged.InvokeAsync(false);
    }
}
