using Alumia.Lab.Organizations;
using Alumia.Lab.Projects;
using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace Alumia.Lab.Layout;

/// <summary>Makes a project, or changes what it is called and who sees it.</summary>
public sealed partial class ProjectDialog(ProjectDirectory projects)
{
    private string _name = "";
    private string _emoji = "";
    private string _description = "";
    private string _prompt = "";
    private string _tags = "";
    private bool _isPrivate;
    private string? _refusal;

    [CascadingParameter] public IMudDialogInstance Dialog { get; set; } = null!;

    [Parameter] public OrgScope Scope { get; set; } = null!;

    /// <summary>Null for a new one.</summary>
    [Parameter] public Project? Project { get; set; }

    /// <summary>The project's id once it is made or saved; null where the person left.</summary>
    public static async Task<string?> ShowAsync(IDialogService dialogs, OrgScope scope, Project? project)
    {
        var parameters = new DialogParameters<ProjectDialog> { { dialog => dialog.Scope, scope }, { dialog => dialog.Project, project } };
        var options = new DialogOptions { FullWidth = true, MaxWidth = MaxWidth.Small, CloseOnEscapeKey = true };
        var shown = await dialogs.ShowAsync<ProjectDialog>(project is null ? "New project" : "Project settings", parameters, options);
        return await shown.Result is { Canceled: false, Data: string id } ? id : null;
    }

    protected override void OnInitialized()
    {
        if (Project is not { } project)
            return;
        (_name, _emoji, _description, _prompt) = (project.Name, project.Emoji, project.Description, project.Prompt);
        (_tags, _isPrivate) = (string.Join(", ", project.Tags), project.Visibility == ProjectVisibility.Private);
    }

    private async Task SaveAsync()
    {
        var edit = new ProjectEdit(_name)
        {
            Emoji = _emoji,
            Description = _description,
            Prompt = _prompt,
            Tags = _tags.Split(',', StringSplitOptions.RemoveEmptyEntries),
            Visibility = _isPrivate ? ProjectVisibility.Private : ProjectVisibility.Team,
        };
        try
        {
            if (Project is null)
                Dialog.Close(DialogResult.Ok((await projects.CreateAsync(Scope, edit, CancellationToken.None)).Id));
            else
            {
                await projects.UpdateAsync(Scope, Project.Id, edit, CancellationToken.None);
                Dialog.Close(DialogResult.Ok(Project.Id));
            }
        }
        catch (Refusal refusal)
        {
            _refusal = refusal.Message;
        }
    }
}
