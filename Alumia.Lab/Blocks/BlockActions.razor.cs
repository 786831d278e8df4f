using Alumia.Lab.Blocks.Markdown;
using Alumia.Lab.Blocks.Views;
using Alumia.Lab.Organizations;
using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace Alumia.Lab.Blocks;

/// <summary>What a person can do with a block, in a menu; those who only look get what changes nothing.</summary>
public sealed partial class BlockActions(BlockShelf shelf, BrowserFiles files, CodeHighlighter highlighter, IDialogService dialogs, ISnackbar notices)
{
    private BlockKind? _kind;
    private string? _refusal;

    [CascadingParameter]
    public OrgScope Scope { get; set; } = null!;

    [Parameter, EditorRequired]
    public string BlockId { get; set; } = "";

    /// <summary>Where it is known already; else the menu asks when it is opened.</summary>
    [Parameter]
    public BlockKind? Kind { get; set; }

    /// <summary>Takes over the deletion (with undo, say); without it the menu deletes the block itself.</summary>
    [Parameter]
    public EventCallback OnDelete { get; set; }

    /// <summary>A block was made of this one.</summary>
    [Parameter]
    public EventCallback<Block> OnMade { get; set; }

    /// <summary>More items, of the place where the block stands.</summary>
    [Parameter]
    public RenderFragment? ChildContent { get; set; }

    private bool MayChange => Scope.Can(OrgRole.Member);

    protected override void OnParametersSet() => _kind = Kind ?? _kind;

    private async Task OpenAsync()
    {
        if (_kind is not null)
            return;
        try
        {
            (_kind, _refusal) = ((await ReadAsync()).Block.Kind, null);
        }
        catch (Refusal refusal)
        {
            _refusal = refusal.Message;
        }
    }

    private Task DuplicateAsync() => TryAsync(async () =>
    {
        var made = await shelf.DuplicateAsync(Scope, BlockId, CancellationToken.None);
        notices.Add($"Made \"{made.Title}\".", Severity.Success);
        await OnMade.InvokeAsync(made);
    });

    private Task CopyAsync() => TryAsync(async () =>
    {
        if (BlockFiles.TextOf(await ReadAsync()) is not { } text)
            return;
        if (await files.CopyAsync(text))
            notices.Add("Copied.", Severity.Success);
        else
            notices.Add("The browser did not let it be copied. Open it in full screen, select the text and copy that.", Severity.Warning);
    });

    private Task DownloadAsync() => TryAsync(async () =>
    {
        if (BlockFiles.FileOf(await ReadAsync(), highlighter) is { } file)
            await files.SaveAsync(file.Name, file.MediaType, file.Text);
    });

    private Task DeleteAsync() => OnDelete.HasDelegate
        ? OnDelete.InvokeAsync()
        : TryAsync(async () =>
        {
            await shelf.DeleteAsync(Scope, [BlockId], CancellationToken.None);
            notices.Add("The block is deleted.", Severity.Normal, options =>
            {
                options.Action = "Undo";
                options.OnClick = _ => TryAsync(() => shelf.RestoreAsync(Scope, [BlockId], CancellationToken.None));
            });
        });

    private Task<BlockView> ReadAsync() => shelf.GetAsync(Scope, BlockId, CancellationToken.None);

    private async Task TryAsync(Func<Task> deed)
    {
        try
        {
            await deed();
        }
        catch (Refusal refusal)
        {
            notices.Add(refusal.Message, Severity.Error);
        }
    }
}
