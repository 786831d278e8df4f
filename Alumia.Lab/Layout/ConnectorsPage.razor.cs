using Alumia.Lab.Agents;
using Alumia.Lab.Connectors;
using Microsoft.AspNetCore.Components;

namespace Alumia.Lab.Layout;

/// <summary>What agents can work with outside the lab: the catalogue, the connected first, true in every open tab.</summary>
public sealed partial class ConnectorsPage(ConnectorSetups setups, Connections connections)
{
    private IReadOnlyList<ConnectorSetup> _setups = [];
    private IReadOnlyList<ConnectionLine>? _lines;
    private IReadOnlyList<ConnectNews> _news = [];
    private string _search = "";
    private string _category = "";
    private string? _asked;

    [Parameter] public string OrgSlug { get; set; } = "";

    /// <summary>The connector that somebody came for (its slug): it is searched for.</summary>
    [SupplyParameterFromQuery(Name = "connector")] public string? Asked { get; set; }

    protected override string[] Keys => [ConnectionKeys.List(Scope.OrgId), AgentDirectory.ListKey(Scope.OrgId), $"members:{Scope.OrgId}"];

    private IEnumerable<string> Categories => _setups.Select(setup => setup.Connector.Category).Distinct().Order(StringComparer.OrdinalIgnoreCase);

    private IReadOnlyList<ConnectorSetup> Shown =>
    [
        .. _setups.Where(setup => (_category.Length == 0 || setup.Connector.Category == _category) && Fits(setup.Connector))
            .OrderByDescending(setup => _lines!.Any(line => line.Connector == setup.Connector.Slug && line.IsMine))
            .ThenByDescending(setup => _lines!.Any(line => line.Connector == setup.Connector.Slug))
            .ThenByDescending(setup => setup.IsConfigured)
            .ThenBy(setup => setup.Connector.Name, StringComparer.OrdinalIgnoreCase),
    ];

    protected override async Task OnParametersSetAsync()
    {
        if (_asked != Asked && setups.Find(Asked ?? "") is { } setup)
            _search = setup.Connector.Name;
        _asked = Asked;
        await base.OnParametersSetAsync();
    }

    protected override async Task ReadAsync()
    {
        _setups = setups.All;
        _news = await connections.NewsAsync(Scope, Gone);
        _lines = await connections.ListAsync(Scope, Gone);
    }

    private bool Fits(Connector connector) =>
        connector.Name.Contains(_search.Trim(), StringComparison.OrdinalIgnoreCase) || connector.Category.Contains(_search.Trim(), StringComparison.OrdinalIgnoreCase);

    private void Reset() => (_search, _category) = ("", "");
}
