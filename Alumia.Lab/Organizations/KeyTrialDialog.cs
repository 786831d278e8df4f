using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace Alumia.Lab.Organizations;

/// <summary>A dialog that takes a key, has it tried, and keeps it here no longer than that takes. Who leaves ends the trial: nothing is stored.</summary>
public abstract class KeyTrialDialog : ComponentBase, IDisposable
{
    private CancellationTokenSource _left = new();
    private bool _wasOpen;

    [Parameter] public bool Open { get; set; }

    [Parameter] public EventCallback<bool> OpenChanged { get; set; }

    protected static DialogOptions Options { get; } = new() { MaxWidth = MaxWidth.Small, FullWidth = true, CloseOnEscapeKey = true };

    protected string Key { get; set; } = "";

    /// <summary>Why the last trial failed; null where it did not.</summary>
    protected string? Refused { get; private set; }

    protected bool IsBusy { get; private set; }

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
        _left.Cancel();
        _left.Dispose();
    }

    /// <summary>Empties the fields beside the key, each time that it opens.</summary>
    protected virtual void Clear()
    {
    }

    protected override void OnParametersSet()
    {
        if (Open && !_wasOpen)
        {
            (Key, Refused) = ("", null);
            Clear();
        }
        _wasOpen = Open;
    }

    /// <summary>Has the key tried and stored, once at a time; the token is cancelled when the person leaves.</summary>
    protected async Task TryAsync(Func<CancellationToken, Task> add)
    {
        if (IsBusy)
            return;
        (IsBusy, Refused) = (true, null);
        try
        {
            await add(_left.Token);
        }
        catch (Refusal refusal)
        {
            Refused = refusal.Message;
        }
        catch (OperationCanceledException) when (!Open)
        {
            // The person left meanwhile.
        }
        finally
        {
            IsBusy = false;
        }
    }

    protected async Task CloseAsync(bool open)
    {
        if (open)
            return;
        Key = "";
        await _left.CancelAsync();
        _left.Dispose();
        _left = new CancellationTokenSource();
        await OpenChanged.InvokeAsync(false);
    }
}
