using Alumia.Lab.Blocks.Editors;
using Alumia.Lab.Organizations;
using MudBlazor;

namespace Alumia.Lab.Blocks;

/// <summary>The dialogs about one block, each nearly as large as the window.</summary>
public static class BlockDialogs
{
    private static readonly DialogOptions _closes = new() { FullWidth = true, MaxWidth = MaxWidth.False, CloseOnEscapeKey = true };

    // An editor asks before it throws away what was written: it takes Escape itself, and a press beside it does nothing.
    private static readonly DialogOptions _asks = _closes with { CloseOnEscapeKey = false, BackdropClick = false };

    /// <summary>The block in full screen, live.</summary>
    public static Task ShowAsync(IDialogService dialogs, OrgScope scope, string blockId) => dialogs.ShowAsync<FullScreenDialog>("", new DialogParameters<FullScreenDialog>
    {
        { dialog => dialog.Scope, scope },
        { dialog => dialog.BlockId, blockId },
    }, _closes);

    /// <summary>Its versions, and the way back to each.</summary>
    public static Task VersionsAsync(IDialogService dialogs, OrgScope scope, string blockId) => dialogs.ShowAsync<VersionsDialog>("Versions", new DialogParameters<VersionsDialog>
    {
        { dialog => dialog.Scope, scope },
        { dialog => dialog.BlockId, blockId },
    }, _closes);

    /// <summary>The editor of a document, a table or code; true once something was saved.</summary>
    public static async Task<bool> EditAsync(IDialogService dialogs, OrgScope scope, string blockId)
    {
        var shown = await dialogs.ShowAsync<EditorDialog>("", new DialogParameters<EditorDialog>
        {
            { dialog => dialog.Scope, scope },
            { dialog => dialog.BlockId, blockId },
        }, _asks);
        return await shown.Result is { Canceled: false };
    }

    /// <summary>A new block made by hand; null where the person left.</summary>
    public static async Task<Block?> NewAsync(IDialogService dialogs, OrgScope scope, string projectId)
    {
        var shown = await dialogs.ShowAsync<NewBlockDialog>("New block", new DialogParameters<NewBlockDialog>
        {
            { dialog => dialog.Scope, scope },
            { dialog => dialog.ProjectId, projectId },
        }, new DialogOptions { FullWidth = true, MaxWidth = MaxWidth.Small, CloseOnEscapeKey = true });
        return await shown.Result is { Canceled: false, Data: Block block } ? block : null;
    }
}
