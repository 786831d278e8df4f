using Alumia.Lab.Organizations;
using Alumia.Lab.Storage;
using Microsoft.AspNetCore.Components;

namespace Alumia.Lab.Blocks;

/// <summary>A component that shows one block and reads it again whenever it has changed.</summary>
public abstract class LiveBlock : ComponentBase, IDisposable
{
    private readonly CancellationTokenSource _gone = new();
    private IDisposable? _subscription;
    private string? _read;
    private int _readings;

    [Inject]
    protected BlockShelf Shelf { get; set; } = null!;

    [Inject]
    private BlockAuthors Authors { get; set; } = null!;

    [Inject]
    private ChangeFeed Changes { get; set; } = null!;

    [CascadingParameter]
    public OrgScope Scope { get; set; } = null!;

    [Parameter, EditorRequired]
    public string BlockId { get; set; } = "";

    /// <summary>Null until it is read, and when it is refused.</summary>
    protected BlockView? View { get; private set; }

    /// <summary>Why there is nothing to show.</summary>
    protected string? Refused { get; private set; }

    /// <summary>All versions, the newest first; read only where a clash waits.</summary>
    protected IReadOnlyList<BlockVersion> Versions { get; private set; } = [];

    /// <summary>The writers of <see cref="Versions"/> by their ids.</summary>
    protected IReadOnlyDictionary<string, string> Names { get; private set; } = new Dictionary<string, string>();

    protected override Task OnParametersSetAsync()
    {
        if (_read == BlockId)
            return Task.CompletedTask;
        (_read, View, Refused) = (BlockId, null, null);
        _subscription?.Dispose();
        _subscription = Changes.Subscribe(BlockShelf.Key(BlockId), () => _ = InvokeAsync(ReadAsync));
        return ReadAsync();
    }

    /// <summary>After each reading, before it is drawn.</summary>
    protected virtual void OnRead()
    {
    }

    public void Dispose()
    {
        _subscription?.Dispose();
        _gone.Cancel();
        _gone.Dispose();
        GC.SuppressFinalize(this);
    }

    private async Task ReadAsync()
    {
        // Of two readings at once, the one that began later knows more.
        var reading = ++_readings;
        try
        {
            var view = await Shelf.GetAsync(Scope, BlockId, _gone.Token);
            var versions = view.Clashes.Count == 0 ? [] : await Shelf.VersionsAsync(Scope, BlockId, _gone.Token);
            var names = await Authors.NamesAsync(Scope, versions, _gone.Token);
            if (reading != _readings)
                return;
            (View, Versions, Names, Refused) = (view, versions, names, null);
        }
        catch (Refusal refusal)
        {
            if (reading != _readings)
                return;
            (View, Refused) = (null, refusal.Kind == RefusalKind.NotFound ? "This block was deleted, or you may not see it." : refusal.Message);
        }
        catch (Exception exception) when (exception is OperationCanceledException or ObjectDisposedException)
        {
            return;
        }
        OnRead();
        StateHasChanged();
    }
}
