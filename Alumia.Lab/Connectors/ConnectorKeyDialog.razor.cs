using Alumia.Lab.Organizations;
using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace Alumia.Lab.Connectors;

/// <summary>Takes a service's key, has it tried, and keeps it here no longer than that takes.</summary>
public sealed partial class ConnectorKeyDialog(KeyConnections keys)
{
    private static readonly DialogOptions _options = new() { MaxWidth = MaxWidth.Small, FullWidth = true, CloseOnEscapeKey = true };
    private CancellationTokenSource _left = new();
    private string _key = "";
    private string? _refusal;
    private bool _isBusy;

    [CascadingParameter] public OrgScope Scope { get; set; } = null!;

    [Parameter, EditorRequired] public Connector Connector { get; set; } = null!;

    /// <summary>The connection whose key is replaced; null for a new one.</summary>
    [Parameter] public string? ConnectionId { get; set; }

    [Parameter] public bool Open { get; set; }

    [Parameter] public EventCallback<bool> OpenChanged { get; set; }

    public void Dispose()
    {
        _left.Cancel();
        _left.Dispose();
    }

    private async Task AddAsync()
    {
        if (_isBusy)
            return;
        (_isBusy, _refusal) = (true, null);
        try
        {
            await keys.AddAsync(Scope, Connector.Slug, _key, ConnectionId, _left.Token);
            await CloseAsync(false);
        }
        catch (Refusal refusal)
        {
            _refusal = refusal.Message;
        }
        catch (OperationCanceledException) when (!Open)
        {
            // The person left while it was tried: nothing was stored.
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
        (_key, _refusal) = ("", null);
        await _left.CancelAsync();
        _left.Dispose();
        _left = new CancellationTokenSource();
        await OpenChanged.InvokeAsync(false);
    }
}
