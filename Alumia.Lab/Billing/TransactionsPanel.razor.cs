using System.Globalization;
using Alumia.Lab.Agents;
using Alumia.Lab.Ledger;
using Alumia.Lab.Models;
using Alumia.Lab.Projects;
using Microsoft.AspNetCore.Components;

namespace Alumia.Lab.Billing;

/// <summary>Everything that was booked, the last first; what is new appears by itself.</summary>
public sealed partial class TransactionsPanel(Balances balances, AgentDirectory agents, ProjectDirectory projects, ModelCatalogue models)
{
    private const int Page = 50;
    private readonly Dictionary<string, string> _agents = [];
    private readonly Dictionary<string, string> _projects = [];
    private TransactionChoice _choice = new();
    private IReadOnlyList<TransactionLine>? _lines;
    private int _wanted = Page;
    private bool _hasMore;
    private string? _refusal;

    protected override string[] Keys => [LedgerBook.BalanceKey(Scope.OrgId)];

    protected override async Task ReadAsync()
    {
        foreach (var agent in await agents.ListAsync(Scope, Gone))
            _agents[agent.Id] = agent.Name;
        foreach (var project in (await projects.ListAsync(Scope, null, false, Gone)).Concat(await projects.ListAsync(Scope, null, true, Gone)))
            _projects[project.Id] = project.Name;
        try
        {
            var lines = await balances.TransactionsAsync(Scope, _choice.Filter, null, _wanted + 1, Gone);
            (_lines, _hasMore, _refusal) = ([.. lines.Take(_wanted)], lines.Count > _wanted, null);
        }
        catch (Refusal refusal)
        {
            _refusal = refusal.Message;
        }
    }

    private static string Value(ChangeEventArgs args) => args.Value as string ?? "";

    private static string Tokens(TransactionLine line) => line.Step is { } step
        ? string.Create(CultureInfo.InvariantCulture, $"{(step.IsEstimated ? "about " : "")}{step.Usage.Input:N0} in, {step.Usage.Output:N0} out") : "";

    private Task ChooseAsync(TransactionChoice choice)
    {
        (_choice, _wanted) = (choice, Page);
        return RefreshAsync();
    }

    private Task ShowEarlierAsync()
    {
        _wanted += Page;
        return RefreshAsync();
    }

    private string Title(TransactionLine line) => line.Kind == TransactionKind.Usage ? models.Find(line.About)?.Name ?? line.About : TransactionChoice.Word(line.Kind);

    /// <summary>Whose step it was and where; of a project that the person may not see, only that.</summary>
    private string Under(TransactionLine line)
    {
        if (line.Kind != TransactionKind.Usage)
            return line.About == Title(line) ? "" : line.About;
        var project = line.ProjectId is null ? null : _projects.GetValueOrDefault(line.ProjectId, "another project");
        return string.Join(" · ", new[] { line.AgentId is null ? null : _agents.GetValueOrDefault(line.AgentId, "a deleted agent"), project }.OfType<string>());
    }
}
