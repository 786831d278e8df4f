using Alumia.Lab.Agents;
using Alumia.Lab.Projects;
using Alumia.Lab.Sessions;
using Microsoft.AspNetCore.Components;

namespace Alumia.Lab.Layout;

public sealed partial class PromptBar(AgentDirectory directory, ProjectDirectory projects, Conversations conversations, NavigationManager navigation)
{
    private IReadOnlyList<Agent> _agents = [];
    private string? _agentId;
    private string _text = "";
    private string? _refusal;
    private bool _isStarting;

    protected override string[] Keys => [AgentDirectory.ListKey(Scope.OrgId)];

    protected override async Task ReadAsync()
    {
        _agents = await directory.ListAsync(Scope, Gone);
        if (!_agents.Any(agent => agent.Id == _agentId && agent.IsActive))
            _agentId = _agents.FirstOrDefault(agent => agent.IsActive)?.Id;
    }

    private async Task StartAsync()
    {
        if (_isStarting || _text.Trim().Length == 0 || _agentId is not { } agentId)
            return;
        (_isStarting, _refusal) = (true, null);
        try
        {
            var project = await projects.CreateAsync(Scope, new ProjectEdit(ProjectEdit.NameOf(_text)), CancellationToken.None);
            var session = await conversations.CreateAsync(Scope, project.Id, agentId, cancellation: CancellationToken.None);
            await conversations.SendAsync(Scope, session.Id, new NewMessage($"msg_{Guid.NewGuid():N}", _text.Trim()), CancellationToken.None);
            navigation.NavigateTo($"/{Scope.OrgSlug}/lab/{project.Id}?session={session.Id}");
        }
        catch (Refusal refusal)
        {
            _refusal = refusal.Message;
        }
        finally
        {
            _isStarting = false;
        }
    }
}
