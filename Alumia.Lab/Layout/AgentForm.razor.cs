using System.Globalization;
using Alumia.Lab.Agents;
using Alumia.Lab.Billing;
using Alumia.Lab.Ledger;
using Alumia.Lab.Models;
using Alumia.Lab.Organizations;
using Microsoft.AspNetCore.Components;

namespace Alumia.Lab.Layout;

/// <summary>The written part of an agent's definition. What another person saves meanwhile is taken over, unless something is being changed here.</summary>
public sealed partial class AgentForm(AgentDirectory directory, ModelCatalogue models, Balances balances, TimeProvider clock)
{
    private AgentEdit? _taken;
    private string _name = "";
    private string _description = "";
    private string _colour = "";
    private string _systemPrompt = "";
    private string _modelId = "";
    private string _effort = "";
    private string _dailyLimit = "";
    private string _sessionLimit = "";
    private long _spentToday;
    private string? _refusal;
    private bool _isSaved;

    [CascadingParameter] public OrgScope Scope { get; set; } = null!;

    [Parameter, EditorRequired] public Agent Agent { get; set; } = null!;

    [Parameter] public bool MayEdit { get; set; }

    private AgentEdit Written => new(_name, _description, _colour, _systemPrompt, _modelId, _effort.Length > 0 ? _effort : null, Limit(_dailyLimit), Limit(_sessionLimit));

    private bool IsChanged => Written != _taken;

    private bool Reasons => models.Find(_modelId)?.Reasoning == true;

    private string Chosen => models.Find(_modelId) is { } model
        ? $"{model.Name} · {models.ProviderOf(model).Name}" : $"{_modelId} is in the catalogue no more";

    protected override async Task OnParametersSetAsync()
    {
        if (_taken is null || (!IsChanged && _taken != AgentEdit.Of(Agent)))
            Take();
        _spentToday = await balances.SpentByAgentAsync(Scope, Agent.Id, Day.Begin(clock.NowMs()));
    }

    private static long? Limit(string typed) => DepositWords.Cents(typed) * Money.Cent;

    private static bool IsWrong(string typed) => typed.Trim().Length > 0 && DepositWords.Cents(typed) is not (>= AgentEdit.LeastLimitCents and <= AgentEdit.MostLimitCents);

    /// <summary>As people type it: <c>5</c>, <c>0.50</c>.</summary>
    private static string Typed(long? microcents) => microcents is not { } amount ? "" : ((decimal)amount / Money.Dollar).ToString(amount % Money.Dollar == 0 ? "0" : "0.00", CultureInfo.InvariantCulture);

    private void Take()
    {
        _taken = AgentEdit.Of(Agent);
        (_name, _description, _colour, _systemPrompt, _modelId) = (_taken.Name, _taken.Description, _taken.Colour, _taken.SystemPrompt, _taken.ModelId);
        _effort = _taken.ReasoningEffort ?? "";
        (_dailyLimit, _sessionLimit) = (Typed(_taken.DailyLimit), Typed(_taken.SessionLimit));
        _refusal = null;
    }

    private async Task SaveAsync()
    {
        (_refusal, _isSaved) = (null, false);
        try
        {
            await directory.UpdateAsync(Scope, Agent.Id, Written, CancellationToken.None);
            Agent = await directory.FindAsync(Scope, Agent.Id, CancellationToken.None);
            Take();
            _isSaved = true;
        }
        catch (Refusal refusal)
        {
            _refusal = refusal.Message;
        }
    }
}
