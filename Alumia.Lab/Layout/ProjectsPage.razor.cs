using Alumia.Lab.Canvas;
using Alumia.Lab.Projects;
using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace Alumia.Lab.Layout;

public sealed partial class ProjectsPage(ProjectDirectory projects, IDialogService dialogs, NavigationManager navigation)
{
    private IReadOnlyList<Project>? _projects;
    private string _search = "";
    private bool _archived;

    [Parameter] public string OrgSlug { get; set; } = "";

    protected override string[] Keys => [ProjectDirectory.ListKey(Scope.OrgId)];

    protected override async Task ReadAsync() => _projects = await projects.ListAsync(Scope, _search, _archived, Gone);

    private async Task SearchAsync(ChangeEventArgs args)
    {
        _search = (string?)args.Value ?? "";
        await RefreshAsync();
    }

    private async Task ToggleArchivedAsync()
    {
        (_archived, _projects) = (!_archived, null);
        await RefreshAsync();
    }

    private async Task ImportAsync()
    {
        if (await ImportDialog.ShowAsync(dialogs, Scope) is { } made)
            navigation.NavigateTo($"/{Scope.OrgSlug}/lab/{made}");
    }

    private async Task CreateAsync()
    {
        if (await ProjectDialog.ShowAsync(dialogs, Scope, null) is { } made)
            navigation.NavigateTo($"/{Scope.OrgSlug}/lab/{made}");
    }
}
