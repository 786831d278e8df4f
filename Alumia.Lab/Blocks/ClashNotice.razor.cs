using Alumia.Lab.Organizations;
using Microsoft.AspNetCore.Components;

namespace Alumia.Lab.Blocks;

/// <summary>Two people wrote at once, or a person and an agent: who wrote what, and the three ways on. Whichever is chosen, both texts stay among the versions.</summary>
public sealed partial class ClashNotice(BlockShelf shelf)
{
    private string? _refusal;
    private bool _isBusy;

    [CascadingParameter]
    public OrgScope Scope { get; set; } = null!;

    [Parameter, EditorRequired]
    public BlockView View { get; set; } = null!;

    /// <summary>All versions of the block, the newest first.</summary>
    [Parameter, EditorRequired]
    public IReadOnlyList<BlockVersion> Versions { get; set; } = [];

    /// <summary>Their writers by their ids.</summary>
    [Parameter, EditorRequired]
    public IReadOnlyDictionary<string, string> Names { get; set; } = null!;

    /// <summary>Settled; with the block, or the new one where both are kept.</summary>
    [Parameter]
    public EventCallback<Block> OnSettled { get; set; }

    private string Name(BlockVersion version) => Names.GetValueOrDefault(version.ById, "somebody");

    private string Say(BlockVersion clash)
    {
        var on = clash.BaseVersion is { } read ? $" on top of version {read}" : "";
        // The version that came between what was read and what was written.
        var other = Versions.LastOrDefault(version => !version.IsClash && version.Version > (clash.BaseVersion ?? 0));
        return $"{Name(clash)} wrote version {clash.Version}{on}{(other is null ? "" : $" while {Name(other)} wrote version {other.Version}")}.";
    }

    private async Task SettleAsync(BlockVersion clash, ClashChoice choice)
    {
        (_isBusy, _refusal) = (true, null);
        try
        {
            await OnSettled.InvokeAsync(await shelf.SettleAsync(Scope, View.Block.Id, clash.Version, choice, CancellationToken.None));
        }
        catch (Refusal refusal)
        {
            _refusal = refusal.Message;
        }
        finally
        {
            _isBusy = false;
        }
    }
}
