using System.Globalization;
using Alumia.Lab.Organizations;
using Alumia.Lab.Projects;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using MudBlazor;

namespace Alumia.Lab.Layout;

/// <summary>A project in the list, with its deeds for those who may.</summary>
public sealed partial class ProjectRow(ProjectDirectory projects, IDialogService dialogs)
{
    private ElementReference _nameInput;
    private string? _name;
    private string? _refusal;
    private bool _focusName;

    [CascadingParameter] public OrgScope Scope { get; set; } = null!;

    [Parameter, EditorRequired] public Project Project { get; set; } = null!;

    private IDialogService Dialogs => dialogs;

    private string Address => $"/{Scope.OrgSlug}/lab/{Project.Id}";

    private string Tile => Project.Emoji.Length > 0 ? Project.Emoji : StringInfo.GetNextTextElement(Project.Name).ToUpperInvariant();

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!_focusName)
            return;
        _focusName = false;
        await _nameInput.FocusAsync();
    }

    private void Rename() => (_name, _focusName) = (Project.Name, true);

    private void LeaveOnEscape(KeyboardEventArgs args)
    {
        if (args.Key == "Escape")
            _name = null;
    }

    private Task SaveNameAsync() => TryAsync(async () =>
    {
        await projects.RenameAsync(Scope, Project.Id, _name ?? "", CancellationToken.None);
        _name = null;
    });

    private Task ArchiveAsync() => TryAsync(() => projects.ArchiveAsync(Scope, Project.Id, Project.ArchivedAtMs is null, CancellationToken.None));

    private async Task DeleteAsync()
    {
        if (await dialogs.ConfirmAsync($"Delete {Project.Name}?", "Its sessions and all that they made are no longer seen by anybody.", "Delete"))
            await TryAsync(() => projects.DeleteAsync(Scope, Project.Id, CancellationToken.None));
    }

    private async Task TryAsync(Func<Task> deed)
    {
        _refusal = null;
        try
        {
            await deed();
        }
        catch (Refusal refusal)
        {
            _refusal = refusal.Message;
        }
    }
}
