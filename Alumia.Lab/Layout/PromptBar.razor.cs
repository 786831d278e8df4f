using Alumia.Lab.Agents;
using Alumia.Lab.Chat;
using Alumia.Lab.Projects;
using Alumia.Lab.Sessions;
using Microsoft.AspNetCore.Components;

namespace Alumia.Lab.Layout;

public sealed partial class PromptBar(AgentDirectory directory, ProjectDirectory projects, Conversations conversations, ChatLimit limit, TimeProvider clock, NavigationManager navigation)
{
    private IReadOnlyList<Agent> _agents = [];
    private string? _agentId;
    private string _text = "";
    private string? _refusal;
    private LimitWait? _limit;
    private (string ProjectId, string SessionId, string Name, string AgentId)? _made;
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
        (_isStarting, _refusal, _limit) = (true, null, null);
        try
        {
            var (projectId, sessionId) = await MakeAsync(ProjectEdit.NameOf(_text), agentId);
            await conversations.SendAsync(Scope, sessionId, new NewMessage($"msg_{Guid.NewGuid():N}", _text.Trim()), CancellationToken.None);
            navigation.NavigateTo($"/{Scope.OrgSlug}/lab/{projectId}?session={sessionId}");
        }
        catch (Refusal refusal) when (refusal.RetryAfterMs is { } waitMs)
        {
            _limit = new LimitWait(limit.Most, clock.NowMs() + waitMs, StartAsync);
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

    /// <summary>What was made for a sentence that could not be sent yet is used again for it.</summary>
    private async Task<(string ProjectId, string SessionId)> MakeAsync(string name, string agentId)
    {
        if (_made is not { } made || made.Name != name || made.AgentId != agentId)
        {
            var project = await projects.CreateAsync(Scope, new ProjectEdit(name), CancellationToken.None);
            var session = await conversations.CreateAsync(Scope, project.Id, agentId, cancellation: CancellationToken.None);
            _made = made = (project.Id, session.Id, name, agentId);
        }
        return (made.ProjectId, made.SessionId);
    }
}
