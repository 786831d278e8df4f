using Alumia.Lab.Organizations;
using Alumia.Lab.Storage;
using Microsoft.AspNetCore.Components;

namespace Alumia.Lab.Blocks;

/// <summary>A document, always in its newest version.</summary>
public sealed partial class DocumentBlock : IDisposable
{
    private readonly CancellationTokenSource _gone = new();
    private IDisposable? _subscription;
    private BlockView? _view;
    private string? _refusal;
    private string? _shown;

    [Inject]
    private BlockShelf Shelf { get; set; } = null!;

    [Inject]
    private ChangeFeed Changes { get; set; } = null!;

    [CascadingParameter]
    public OrgScope Scope { get; set; } = null!;

    [Parameter, EditorRequired]
    public string BlockId { get; set; } = "";

    protected override async Task OnParametersSetAsync()
    {
        if (_shown == BlockId)
            return;
        _shown = BlockId;
        _subscription?.Dispose();
        _subscription = Changes.Subscribe(BlockShelf.Key(BlockId), () => _ = InvokeAsync(ReadAsync));
        await ReadAsync();
    }

    public void Dispose()
    {
        _subscription?.Dispose();
        _gone.Cancel();
        _gone.Dispose();
    }

    private async Task ReadAsync()
    {
        try
        {
            (_view, _refusal) = (await Shelf.GetAsync(Scope, BlockId, _gone.Token), null);
        }
        catch (Refusal refusal)
        {
            (_view, _refusal) = (null, refusal.Message);
        }
        catch (Exception exception) when (exception is OperationCanceledException or ObjectDisposedException)
        {
            return;
        }
        StateHasChanged();
    }
}
