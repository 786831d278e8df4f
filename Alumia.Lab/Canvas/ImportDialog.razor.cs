using Alumia.Lab.Agents;
using Alumia.Lab.Organizations;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Forms;
using MudBlazor;

namespace Alumia.Lab.Canvas;

/// <summary>Tells what a canvas file holds, then makes a project of it.</summary>
public sealed partial class ImportDialog(CanvasArchive archive, AgentDirectory agents)
{
    private CanvasFile? _file;
    private string _name = "";
    private string[] _missing = [];
    private string? _refusal;
    private bool _isBusy;

    [CascadingParameter] public IMudDialogInstance Dialog { get; set; } = null!;

    [Parameter] public OrgScope Scope { get; set; } = null!;

    /// <summary>The new project's id; null where the person left.</summary>
    public static async Task<string?> ShowAsync(IDialogService dialogs, OrgScope scope)
    {
        var parameters = new DialogParameters<ImportDialog> { { dialog => dialog.Scope, scope } };
        var shown = await dialogs.ShowAsync<ImportDialog>("Import a canvas", parameters, new DialogOptions { FullWidth = true, MaxWidth = MaxWidth.Small, CloseOnEscapeKey = true });
        return await shown.Result is { Canceled: false, Data: string id } ? id : null;
    }

    private static string Count(int number, string what) => FormattableString.Invariant($"{number:N0} {what}{(number == 1 ? "" : "s")}");

    private async Task TakeAsync(InputFileChangeEventArgs args)
    {
        _file = null;
        await TryAsync(async () =>
        {
            if (args.File.Size > CanvasFile.MostBytes)
                throw CanvasFileJson.TooLarge();
            await using var sent = args.File.OpenReadStream(CanvasFile.MostBytes);
            using var bytes = new MemoryStream();
            await sent.CopyToAsync(bytes);
            var file = CanvasFileJson.Read(bytes.GetBuffer().AsSpan(0, (int)bytes.Length));
            CanvasFileCheck.Check(file);
            var ours = (await agents.ListAsync(Scope, CancellationToken.None)).Select(agent => agent.Slug).ToHashSet();
            (_file, _name, _missing) = (file, file.Project.Name, [.. file.Agents.Where(agent => !ours.Contains(agent.Slug)).Select(agent => agent.Name)]);
        });
    }

    private Task ImportAsync() => TryAsync(async () =>
        Dialog.Close(DialogResult.Ok((await archive.ImportAsync(Scope, _file!, _name, CancellationToken.None)).Id)));

    private async Task TryAsync(Func<Task> deed)
    {
        (_isBusy, _refusal) = (true, null);
        try
        {
            await deed();
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
}
