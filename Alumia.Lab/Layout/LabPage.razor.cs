using Alumia.Lab.Canvas;
using Alumia.Lab.Projects;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace Alumia.Lab.Layout;

/// <summary>A project: its canvas and its chat. Which session is open stands in the address, so that a link and the browser's Back lead to it.</summary>
public sealed partial class LabPage(ProjectDirectory projects, NavigationManager navigation, IJSRuntime js)
{
    private Project? _project;
    private Inspection? _inspection;
    private ElementReference _lab;
    private ElementReference _splitter;
    private bool _isGone;
    private bool _isFolded;
    private bool _isSplitting;

    /// <summary>On a phone, which of the two is seen.</summary>
    private string _place = "chat";

    [Parameter] public string OrgSlug { get; set; } = "";

    [Parameter] public string ProjectId { get; set; } = "";

    [SupplyParameterFromQuery(Name = "session")] public string? SessionId { get; set; }

    /// <summary>A node of the canvas that a link leads to.</summary>
    [SupplyParameterFromQuery(Name = "node")] public string? NodeId { get; set; }

    /// <summary><c>last</c> puts the session's last message into the composer.</summary>
    [SupplyParameterFromQuery(Name = "edit")] public string? Edit { get; set; }

    protected override string[] Keys => [ProjectDirectory.Key(ProjectId)];

    protected override void OnInitialized() => _place = NodeId is null ? "chat" : "canvas";

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

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (_isSplitting || _project is null)
            return;
        _isSplitting = true;
        try
        {
            await js.InvokeVoidAsync("alumiaLayout.split", Gone, _lab, _splitter);
        }
        catch (Exception exception) when (PageGone.Explains(exception))
        {
            // The page went away while it was being drawn.
        }
    }

    private void Open(string? sessionId) =>
        navigation.NavigateTo(navigation.GetUriWithQueryParameter("session", sessionId), replace: SessionId is null);

    private void EndEdit() => navigation.NavigateTo(navigation.GetUriWithQueryParameter("edit", (string?)null), replace: true);

    private void OpenFromCanvas(string? sessionId)
    {
        (_inspection, _isFolded) = (null, false);
        Open(sessionId);
    }

    private void InspectAsync(Inspection inspection) => (_inspection, _isFolded, _place) = (inspection, false, "chat");
}
