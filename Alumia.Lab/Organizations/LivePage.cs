using Alumia.Lab.Storage;
using Microsoft.AspNetCore.Components;

namespace Alumia.Lab.Organizations;

/// <summary>A component of an org that reads again whenever one of its keys changes. Many changes at once make one reading.</summary>
public abstract class LivePage : ComponentBase, IDisposable
{
    private readonly CancellationTokenSource _gone = new();
    private readonly List<IDisposable> _subscriptions = [];
    private string[] _keys = [];
    private OrgScope? _scope;
    private bool _isReading;
    private bool _isStale;

    [CascadingParameter] public OrgScope Scope { get; set; } = null!;

    [Inject] protected ChangeFeed Feed { get; set; } = null!;

    /// <summary>Cancelled when the component goes.</summary>
    protected CancellationToken Gone => _gone.Token;

    /// <summary>The change keys of what is shown; read again when the parameters change.</summary>
    protected abstract string[] Keys { get; }

    protected abstract Task ReadAsync();

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
        Unsubscribe();
        _gone.Cancel();
        _gone.Dispose();
    }

    protected override async Task OnParametersSetAsync()
    {
        var keys = Keys;
        if (_keys.SequenceEqual(keys) && _scope == Scope)
            return;
        (_keys, _scope) = (keys, Scope);
        Unsubscribe();
        _subscriptions.AddRange(keys.Select(key => Feed.Subscribe(key, () => _ = InvokeAsync(RefreshAsync))));
        await RefreshAsync();
    }

    /// <summary>Reads and shows; while a reading is under way, once more after it.</summary>
    protected async Task RefreshAsync()
    {
        _isStale = true;
        if (_isReading)
            return;
        _isReading = true;
        try
        {
            while (_isStale && !_gone.IsCancellationRequested)
            {
                _isStale = false;
                await ReadAsync();
                StateHasChanged();
            }
        }
        catch (Exception exception) when (_gone.IsCancellationRequested && exception is OperationCanceledException or ObjectDisposedException)
        {
            // The page went away in mid-reading.
        }
        finally
        {
            _isReading = false;
        }
    }

    private void Unsubscribe()
    {
        foreach (var subscription in _subscriptions)
            subscription.Dispose();
        _subscriptions.Clear();
    }
}
