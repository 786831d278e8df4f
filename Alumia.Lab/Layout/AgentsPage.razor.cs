using Alumia.Lab.Agents;
using Alumia.Lab.Models;
using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace Alumia.Lab.Layout;

public sealed partial class AgentsPage(AgentDirectory directory, ModelCatalogue models, IDialogService dialogs, NavigationManager navigation)
{
    private IReadOnlyList<Agent>? _agents;

    [Parameter] public string OrgSlug { get; set; } = "";

    protected override string[] Keys => [AgentDirectory.ListKey(Scope.OrgId)];

    protected override async Task ReadAsync() => _agents = await directory.ListAsync(Scope, Gone);

    private async Task CreateAsync()
    {
        var parameters = new DialogParameters<NewAgentDialog> { { dialog => dialog.Scope, Scope }, { dialog => dialog.Number, _agents?.Count ?? 0 } };
        var shown = await dialogs.ShowAsync<NewAgentDialog>("New agent", parameters, new DialogOptions { FullWidth = true, MaxWidth = MaxWidth.Small });
        if (await shown.Result is { Canceled: false, Data: string slug })
            navigation.NavigateTo($"/{Scope.OrgSlug}/agents/{slug}");
    }
}
