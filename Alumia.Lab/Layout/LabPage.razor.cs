using Alumia.Lab.Projects;
using Microsoft.AspNetCore.Components;

namespace Alumia.Lab.Layout;

/// <summary>A project. Which session is open stands in the address, so that a link and the browser's Back lead to it.</summary>
public sealed partial class LabPage(ProjectDirectory projects, NavigationManager navigation)
{
    private Project? _project;
    private bool _isGone;

    [Parameter] public string OrgSlug { get; set; } = "";

    [Parameter] public string ProjectId { get; set; } = "";

    [SupplyParameterFromQuery(Name = "session")] public string? SessionId { get; set; }

    protected override string[] Keys => [ProjectDirectory.Key(ProjectId)];

    protected override async Task ReadAsync()
    {
        try
        {
            (_project, _isGone) = (await projects.FindAsync(Scope, ProjectId, Gone), false);
        }
        catch (Refusal refusal) when (refusal.Kind == RefusalKind.NotFound)
        {
            (_project, _isGone) = (null, true);
        }
    }

    private void Open(string? sessionId) =>
        navigation.NavigateTo(navigation.GetUriWithQueryParameter("session", sessionId), replace: SessionId is null);
}
