using Alumia.Lab.Projects;
using Alumia.Lab.Troubles;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;

namespace Alumia.Lab.Layout;

public sealed partial class LabFrame(TroubleLog troubles, ProjectDirectory projects, NavigationManager navigation)
{
    private ErrorBoundary? _boundary;
    private int _openTroubles;
    private Project? _project;
    private string? _shownAt;

    [Parameter] public string? ProjectId { get; set; }

    [Parameter] public RenderFragment? ChildContent { get; set; }

    protected override string[] Keys => ProjectId is null
        ? [TroubleLog.Key(Scope.OrgId), ProjectDirectory.ListKey(Scope.OrgId)]
        : [TroubleLog.Key(Scope.OrgId), ProjectDirectory.ListKey(Scope.OrgId), ProjectDirectory.Key(ProjectId)];

    protected override async Task OnParametersSetAsync()
    {
        // A fault of one page is none of the next one's.
        if (_shownAt != navigation.Uri)
            _boundary?.Recover();
        _shownAt = navigation.Uri;
        await base.OnParametersSetAsync();
    }

    protected override async Task ReadAsync()
    {
        var seen = await projects.IdsAsync(Scope, Gone);
        _openTroubles = (await troubles.OpenAsync(Scope, [.. seen], Gone)).Count;
        _project = ProjectId is not null && seen.Contains(ProjectId) ? await projects.FindAsync(Scope, ProjectId, Gone) : null;
    }
}
