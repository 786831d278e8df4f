using Microsoft.AspNetCore.Components;

namespace Alumia.Lab.Layout;

public sealed partial class MainLayout : IDisposable
{
    [CascadingParameter] public Microsoft.AspNetCore.Components.RouteData? Route { get; set; }

    [Inject] private ThemeState Theme { get; set; } = null!;

    [Inject] private NavigationManager Navigation { get; set; } = null!;

    private string? OrgSlug => Route?.RouteValues.GetValueOrDefault(nameof(OrgSlug)) as string;

    private string? ProjectId => Route?.RouteValues.GetValueOrDefault(nameof(ProjectId)) as string;

    private string Here => new Uri(Navigation.Uri).PathAndQuery;

    public void Dispose() => Theme.Changed -= Show;

    protected override void OnInitialized() => Theme.Changed += Show;

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (firstRender)
            await Theme.WatchAsync();
    }

    private void Show() => InvokeAsync(StateHasChanged);
}
