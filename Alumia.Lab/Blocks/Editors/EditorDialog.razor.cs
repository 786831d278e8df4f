using Alumia.Lab.Blocks.Content;
using Alumia.Lab.Organizations;
using Alumia.Lab.Storage;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using MudBlazor;

namespace Alumia.Lab.Blocks.Editors;

/// <summary>
/// Edits a block. It saves on top of the version that it read: what others save meanwhile is told at once, joined by the shelf where it can be,
/// and a clash is settled right here. What was written goes only when its writer says so.
/// </summary>
public sealed partial class EditorDialog(BlockShelf shelf, BlockAuthors authors, ChangeFeed changes) : IDisposable
{
    private DocumentEditor? _document;
    private CodeEditor? _code;
    private TableEditor? _table;
    private ElementReference _stay;
    private IDisposable? _subscription;
    private BlockView? _read;
    private int _base;
    private string _title = "";
    private bool _isWritten;
    private bool _isSaving;
    private bool _isLeaving;
    private bool _focusStay;
    private string? _news;
    private string? _refusal;
    private BlockView? _clash;
    private IReadOnlyList<BlockVersion> _versions = [];
    private IReadOnlyDictionary<string, string> _names = new Dictionary<string, string>();

    [CascadingParameter] public IMudDialogInstance Dialog { get; set; } = null!;

    [Parameter] public OrgScope Scope { get; set; } = null!;

    [Parameter] public string BlockId { get; set; } = "";

    private string DraftKey => $"draft:{BlockId}";

    private bool IsDirty => _read is { Block: var block } && _clash is null && (_isWritten || _title.Trim() != block.Title);

    private IContentEditor Editor => (IContentEditor?)_document ?? (IContentEditor?)_code ?? _table!;

    protected override async Task OnInitializedAsync()
    {
        _subscription = changes.Subscribe(BlockShelf.Key(BlockId), () => _ = InvokeAsync(HearAsync));
        await TryAsync(async () =>
        {
            var read = await shelf.GetAsync(Scope, BlockId, CancellationToken.None);
            BlockContents.Check(read.Block.Kind, read.Content);
            (_read, _base, _title) = (read, read.Block.Version, read.Block.Title);
        });
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!_focusStay)
            return;
        _focusStay = false;
        await _stay.FocusAsync();
    }

    public void Dispose() => _subscription?.Dispose();

    /// <summary>The block has changed: by somebody else, unless this editor is saving.</summary>
    private async Task HearAsync()
    {
        if (_isSaving || _read is null)
            return;
        await TryAsync(async () =>
        {
            var now = await shelf.GetAsync(Scope, BlockId, CancellationToken.None);
            await ReadVersionsAsync();
            if (_clash is not null)
                _clash = now;
            else if (now.Block.Version > _base)
                _news = $"{WriterOf(now.Block.Version)} saved version {now.Block.Version} while you wrote. Save joins both where it can; else you choose.";
        });
        StateHasChanged();
    }

    private async Task SaveAsync()
    {
        (_isSaving, _isLeaving) = (true, false);
        await TryAsync(async () =>
        {
            var content = await Editor.ContentAsync(CancellationToken.None);
            var edit = await shelf.EditAsync(Scope, BlockId, _base, _title, content, CancellationToken.None);
            await Editor.ForgetAsync();
            if (edit.IsClash)
            {
                await ReadVersionsAsync();
                // Only one's own here: other clashes wait where they are.
                var view = await shelf.GetAsync(Scope, BlockId, CancellationToken.None);
                _clash = view with { Clashes = [.. view.Clashes.Where(clash => clash.Version == edit.Version)] };
            }
            else
            {
                Dialog.Close(DialogResult.Ok(edit.Block));
            }
        });
        _isSaving = false;
    }

    private void SettledAsync(Block block) => Dialog.Close(DialogResult.Ok(block));

    private void DraftFound(int version)
    {
        _isWritten = true;
        _news = $"This is what you wrote before on version {version} and did not save.";
        _base = Math.Min(version, _base);
    }

    private Task LeaveOnEscapeAsync(KeyboardEventArgs args) => args.Key != "Escape" ? Task.CompletedTask : LeaveAsync();

    private Task LeaveAsync() => TryAsync(async () =>
    {
        // Asked already: Escape goes back to writing.
        if (_isLeaving)
            _isLeaving = false;
        else if (await IsWrittenAsync())
            (_isLeaving, _focusStay) = (true, true);
        else
            await ThrowAwayAsync();
    });

    /// <summary>The text is asked for: the last keys may not have been told yet.</summary>
    private async Task<bool> IsWrittenAsync() => IsDirty
        || (_read is { } read && _clash is null && await Editor.ContentAsync(CancellationToken.None) != Stored(read));

    /// <summary>The content in the form in which an editor gives it.</summary>
    private static string Stored(BlockView read) => read.Block.Kind switch
    {
        BlockKind.Code => CodeContent.Parse(read.Content).ToJson(),
        BlockKind.Table => TableContent.Parse(read.Content).ToJson(),
        _ => read.Content.ReplaceLineEndings("\n"),
    };

    private async Task ThrowAwayAsync()
    {
        if (_read is not null)
            await Editor.ForgetAsync();
        Dialog.Cancel();
    }

    private async Task ReadVersionsAsync()
    {
        _versions = await shelf.VersionsAsync(Scope, BlockId, CancellationToken.None);
        _names = await authors.NamesAsync(Scope, _versions, CancellationToken.None);
    }

    private string WriterOf(int version) =>
        _versions.FirstOrDefault(one => one.Version == version) is { } found ? _names.GetValueOrDefault(found.ById, "Somebody") : "Somebody";

    private async Task TryAsync(Func<Task> deed)
    {
        try
        {
            _refusal = null;
            await deed();
        }
        catch (Refusal refusal)
        {
            _refusal = refusal.Message;
        }
        catch (Exception exception) when (PageGone.Explains(exception))
        {
            // The page is gone; the draft stays in its tab.
        }
    }
}
