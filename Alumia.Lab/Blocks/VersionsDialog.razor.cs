using Alumia.Lab.Organizations;
using Alumia.Lab.Storage;
using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace Alumia.Lab.Blocks;

/// <summary>All versions of a block, agents' and people's; each can become the newest one again.</summary>
public sealed partial class VersionsDialog(BlockShelf shelf, BlockAuthors authors, ChangeFeed changes) : IDisposable
{
    private IDisposable? _subscription;
    private BlockView? _view;
    private IReadOnlyList<BlockVersion> _versions = [];
    private IReadOnlyDictionary<string, string> _names = new Dictionary<string, string>();
    private BlockVersion? _chosen;
    private string? _refusal;
    private int _readings;

    [CascadingParameter] public IMudDialogInstance Dialog { get; set; } = null!;

    [Parameter] public OrgScope Scope { get; set; } = null!;

    [Parameter] public string BlockId { get; set; } = "";

    protected override Task OnInitializedAsync()
    {
        _subscription = changes.Subscribe(BlockShelf.Key(BlockId), () => _ = InvokeAsync(async () =>
        {
            await ReadAsync();
            StateHasChanged();
        }));
        return ReadAsync();
    }

    public void Dispose() => _subscription?.Dispose();

    private Task ReadAsync() => TryAsync(async () =>
    {
        var reading = ++_readings;
        var view = await shelf.GetAsync(Scope, BlockId, CancellationToken.None);
        var versions = await shelf.VersionsAsync(Scope, BlockId, CancellationToken.None);
        var names = await authors.NamesAsync(Scope, versions, CancellationToken.None);
        if (reading != _readings)
            return; // A later reading is under way and knows more.
        (_view, _versions, _names) = (view, versions, names);
        _chosen = versions.FirstOrDefault(version => version.Version == (_chosen?.Version ?? view.Block.Version)) ?? versions[0];
    });

    private Task RevertAsync(BlockVersion version) => TryAsync(async () =>
    {
        await shelf.RevertAsync(Scope, BlockId, version.Version, CancellationToken.None);
        Dialog.Close();
    });

    private async Task TryAsync(Func<Task> deed)
    {
        try
        {
            await deed();
            _refusal = null;
        }
        catch (Refusal refusal)
        {
            _refusal = refusal.Message;
        }
    }
}
