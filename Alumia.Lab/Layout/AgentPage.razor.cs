using Alumia.Lab.Agents;
using Alumia.Lab.Connectors;
using Alumia.Lab.Mcp;
using Alumia.Lab.Organizations;
using Alumia.Lab.Tools;
using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace Alumia.Lab.Layout;

/// <summary>An agent's settings: who it is, on which model, with which tools.</summary>
public sealed partial class AgentPage(AgentDirectory directory, ToolRegistry registry, OperationStandings standings, IDialogService dialogs, NavigationManager navigation)
{
    private Agent? _agent;
    private IReadOnlyList<ITool> _tools = [];
    private IReadOnlyDictionary<string, OperationStanding> _standings = new Dictionary<string, OperationStanding>();
    private IReadOnlyList<Agent> _others = [];
    private bool _isGone;
    private string? _refusal;

    [Parameter] public string OrgSlug { get; set; } = "";

    [Parameter] public string AgentSlug { get; set; } = "";

    // The list's key tells of each change of any agent; the slug makes another agent another reading.
    protected override string[] Keys => [AgentDirectory.ListKey(Scope.OrgId), ConnectionKeys.List(Scope.OrgId), McpServer.Key(Scope.OrgId), $"agent-page:{AgentSlug}"];

    private bool MayEdit => Scope.Can(OrgRole.Member);

    protected override async Task ReadAsync()
    {
        try
        {
            _agent = await directory.FindAsync(Scope, AgentSlug, Gone);
            _tools = await registry.AllAsync(Scope.OrgId, Gone);
            _standings = await standings.OfAsync(Scope, Gone);
            _others = [.. (await directory.ListAsync(Scope, Gone)).Where(other => other.Id != _agent.Id)];
            _isGone = false;
        }
        catch (Refusal refusal) when (refusal.Kind == RefusalKind.NotFound)
        {
            (_agent, _isGone) = (null, true);
        }
    }

    private Task ChooseAsync((ITool Tool, ToolRight Right) choice) =>
        _agent is { } agent ? TryAsync(() => directory.SetToolAsync(Scope, agent.Id, choice.Tool.Name, choice.Right, CancellationToken.None)) : Task.CompletedTask;

    private async Task DeleteAsync()
    {
        if (_agent is { } agent && await dialogs.ConfirmAsync($"Delete {agent.Name}?", "Its sessions stay and can go on with another agent.", "Delete"))
        {
            await TryAsync(async () =>
            {
                await directory.DeleteAsync(Scope, agent.Id, CancellationToken.None);
                navigation.NavigateTo($"/{Scope.OrgSlug}/agents");
            });
        }
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
