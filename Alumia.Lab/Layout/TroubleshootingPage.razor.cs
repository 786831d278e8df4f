using Alumia.Lab.Agents;
using Alumia.Lab.Projects;
using Alumia.Lab.Sessions;
using Alumia.Lab.Troubles;
using Microsoft.AspNetCore.Components;

namespace Alumia.Lab.Layout;

/// <summary>The document on troubles made alive: each section with what is wrong now in this org, and its fixes as buttons.</summary>
public sealed partial class TroubleshootingPage(TroubleLog troubles, SessionWaits waits, AgentDirectory agents, ProjectDirectory projects, IEnumerable<TroubleKind> kinds)
{
    private readonly Dictionary<string, string> _sectionOfKind = kinds.ToDictionary(kind => kind.Kind, kind => kind.Section);
    private IReadOnlyList<Trouble>? _open;
    private IReadOnlyList<Trouble> _healed = [];

    private IReadOnlyList<SessionWait> _waits = [];
    private Dictionary<string, string> _agents = [];

    [Parameter] public string OrgSlug { get; set; } = "";

    protected override string[] Keys => [TroubleLog.Key(Scope.OrgId), SessionWaits.Key(Scope.OrgId), ProjectDirectory.ListKey(Scope.OrgId)];

    private IEnumerable<string> Sections => _sectionOfKind.Values.Distinct().OrderBy(TroubleSections.PlaceOf);

    protected override async Task ReadAsync()
    {
        var seen = await projects.IdsAsync(Scope, Gone);
        _waits = await waits.ListAsync(Scope, Gone);
        _agents = (await agents.ListAsync(Scope, Gone)).ToDictionary(agent => agent.Id, agent => agent.Name);
        _open = await troubles.OpenAsync(Scope, [.. seen], Gone);
        _healed = await troubles.HealedAsync(Scope, [.. seen], 10, Gone);
    }

    private string SectionOf(Trouble trouble) => _sectionOfKind.GetValueOrDefault(trouble.Kind, "");
}
