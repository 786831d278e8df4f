using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace Alumia.Lab.Organizations;

/// <summary>Takes a secret, has it tried, and stays open with the reason where it is refused. Whoever leaves meanwhile ends the trial.</summary>
public sealed partial class SecretDialog<TKept> : IDisposable
{
    private static readonly DialogOptions _options = new() { MaxWidth = MaxWidth.Small, FullWidth = true, CloseOnEscapeKey = true };
    private CancellationTokenSource _left = new();
    private string? _refusal;
    private bool _isBusy;

    [Parameter, EditorRequired] public string Title { get; set; } = "";

    [Parameter, EditorRequired] public string FormId { get; set; } = "";

    /// <summary>What the button says.</summary>
    [Parameter, EditorRequired] public string Label { get; set; } = "";

    /// <summary>What it says meanwhile; null for the same.</summary>
    [Parameter] public string? BusyLabel { get; set; }

    /// <summary>Whether there is enough to try.</summary>
    [Parameter, EditorRequired] public bool IsFilled { get; set; }

    /// <summary>The fields, given whether it is being tried.</summary>
    [Parameter, EditorRequired] public RenderFragment<bool> ChildContent { get; set; } = null!;

    /// <summary>Tries what stands in the fields and keeps it; a refusal is shown.</summary>
    [Parameter, EditorRequired] public Func<CancellationToken, Task<TKept>> Try { get; set; } = null!;

    /// <summary>It was kept, and the dialog is closed.</summary>
    [Parameter] public EventCallback<TKept> Kept { get; set; }

    [Parameter] public bool Open { get; set; }

    /// <summary>The dialog closes: the fields must be forgotten.</summary>
    [Parameter] public EventCallback<bool> OpenChanged { get; set; }

    public void Dispose()
    {
        _left.Cancel();
        _left.Dispose();
    }

    private async Task TryAsync()
    {
        if (_isBusy)
            return;
        (_isBusy, _refusal) = (true, null);
        var left = _left.Token;
        try
        {
            var kept = await Try(left);
            await CloseAsync(false);
            await Kept.InvokeAsync(kept);
        }
        catch (Refusal refusal)
        {
            _refusal = refusal.Message;
        }
        catch (OperationCanceledException) when (left.IsCancellationRequested)
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
        _refusal = null;
        await _left.CancelAsync();
        _left.Dispose();
        _left = new CancellationTokenSource();
        await OpenChanged.InvokeAsync(false);
    }
}
