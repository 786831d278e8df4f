using Alumia.Lab.Blocks.Content;
using Alumia.Lab.Organizations;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Forms;
using MudBlazor;

namespace Alumia.Lab.Blocks;

/// <summary>Makes a block by hand: an empty document, table or code, or an image from a file.</summary>
public sealed partial class NewBlockDialog(BlockShelf shelf)
{
    private static readonly BlockKind[] _kinds = [BlockKind.Document, BlockKind.Table, BlockKind.Code, BlockKind.Image];

    private BlockKind _kind = BlockKind.Document;
    private string _title = "";
    private string _alt = "";
    private (string MediaType, byte[] Bytes)? _image;
    private string? _refusal;
    private bool _isBusy;

    [CascadingParameter] public IMudDialogInstance Dialog { get; set; } = null!;

    [Parameter] public OrgScope Scope { get; set; } = null!;

    [Parameter] public string ProjectId { get; set; } = "";

    private string NewContent => _kind switch
    {
        BlockKind.Table => new TableContent(["Column 1", "Column 2", "Column 3"], [["", "", ""]]).ToJson(),
        BlockKind.Code => new CodeContent("", "").ToJson(),
        BlockKind.Image => new ImageContent(_image!.Value.MediaType, _alt.Trim(), Convert.ToBase64String(_image.Value.Bytes)).ToJson(),
        _ => "",
    };

    private async Task TakeAsync(InputFileChangeEventArgs args)
    {
        (_image, _refusal, _isBusy) = (null, null, true);
        try
        {
            if (args.File.Size > ImageBytes.Most)
                throw Refusal.Invalid("content", "An image has up to 2 MB. Make it smaller and choose it again.");
            await using var file = args.File.OpenReadStream(ImageBytes.Most);
            using var bytes = new MemoryStream();
            await file.CopyToAsync(bytes);
            _image = (args.File.ContentType, bytes.ToArray());
            if (_title.Trim().Length == 0)
                _title = Path.GetFileNameWithoutExtension(args.File.Name);
        }
        catch (Refusal refusal)
        {
            _refusal = refusal.Message;
        }
        catch (IOException)
        {
            _refusal = "The file could not be read. Choose it again.";
        }
        finally
        {
            _isBusy = false;
        }
    }

    private async Task CreateAsync()
    {
        (_isBusy, _refusal) = (true, null);
        try
        {
            Dialog.Close(DialogResult.Ok(await shelf.CreateAsync(Scope, ProjectId, _kind, _title, NewContent, CancellationToken.None)));
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
