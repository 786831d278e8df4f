using System.Globalization;
using Alumia.Lab.Agents;
using Alumia.Lab.Blocks.Content;
using Alumia.Lab.Ledger;
using Alumia.Lab.Models;
using Alumia.Lab.Projects;

namespace Alumia.Lab.Billing;

/// <summary>What a month cost: by day as a chart, and by model, agent and project.</summary>
public sealed partial class UsagePanel(Balances balances, AgentDirectory agents, ProjectDirectory projects, ModelCatalogue models, TimeProvider clock)
{
    private Month? _chosen;
    private Spending? _spending;
    private ChartContent? _chart;
    private Dictionary<string, string> _agents = [];
    private Dictionary<string, string> _projects = [];

    protected override string[] Keys => [LedgerBook.BalanceKey(Scope.OrgId)];

    private Month Current => Month.Of(clock.NowMs());

    private Month Shown => _chosen ?? Current;

    protected override async Task ReadAsync()
    {
        _agents = (await agents.ListAsync(Scope, Gone)).ToDictionary(agent => agent.Id, agent => agent.Name);
        _projects = (await projects.ListAsync(Scope, null, false, Gone)).Concat(await projects.ListAsync(Scope, null, true, Gone)).ToDictionary(project => project.Id, project => project.Name);
        _spending = await balances.SpendingAsync(Scope, Shown, Gone);
        _chart = _spending.Paid == 0 ? null : new ChartContent(ChartType.Bar, "Day (UTC)", "Dollars", [.. _spending.ByDay.Select(day => day.Key)],
            [new ChartSeries("Spent", [.. _spending.ByDay.Select(day => (double)day.Paid / Money.Dollar)], null)]);
    }

    private static string Name(Month month) => new DateOnly(month.Year, month.Number, 1).ToString("MMMM yyyy", CultureInfo.InvariantCulture);

    private static string Count(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    private static string Percent(long part, long whole) => whole == 0 ? "0" : string.Create(CultureInfo.InvariantCulture, $"{100m * part / whole:0.#}%");

    private Task TurnAsync(Month month)
    {
        (_chosen, _spending) = (month, null);
        return RefreshAsync();
    }

    private IEnumerable<(string Title, IReadOnlyList<SpendingPart> Parts)> Lists(Spending spending)
    {
        yield return ("Model", Named(spending.ByModel, id => models.Find(id)?.Name ?? id));
        yield return ("Agent", Named(spending.ByAgent, id => id.Length == 0 ? "No agent" : _agents.GetValueOrDefault(id, "Deleted agents")));
        // What happened in projects that this person may not see is one line without a name.
        yield return ("Project", Named(spending.ByProject, id => id.Length == 0 ? "No project" : _projects.GetValueOrDefault(id, "Other projects")));
    }

    private static IReadOnlyList<SpendingPart> Named(IReadOnlyList<SpendingPart> parts, Func<string, string> name) =>
    [
        .. parts.GroupBy(part => name(part.Key)).Select(same => new SpendingPart(same.Key, same.Sum(part => part.Paid), same.Sum(part => part.Steps))).OrderByDescending(part => part.Paid),
    ];
}
