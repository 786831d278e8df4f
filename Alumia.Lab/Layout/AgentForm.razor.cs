using Alumia.Lab.Agents;
using Alumia.Lab.Models;
using Alumia.Lab.Organizations;
using Microsoft.AspNetCore.Components;

namespace Alumia.Lab.Layout;

/// <summary>The written part of an agent's definition. What another person saves meanwhile is taken over, unless something is being changed here.</summary>
public sealed partial class AgentForm(AgentDirectory directory, ModelCatalogue models)
{
    private AgentEdit? _taken;
    private string _name = "";
    private string _description = "";
    private string _colour = "";
    private string _systemPrompt = "";
    private string _modelId = "";
    private string _effort = "";
    private string? _refusal;
    private bool _isSaved;

    [CascadingParameter] public OrgScope Scope { get; set; } = null!;

    [Parameter, EditorRequired] public Agent Agent { get; set; } = null!;

    [Parameter] public bool MayEdit { get; set; }

    private AgentEdit Written => new(_name, _description, _colour, _systemPrompt, _modelId, _effort.Length > 0 ? _effort : null);

    private bool IsChanged => Written != _taken;

    private bool Reasons => models.Find(_modelId)?.Reasoning == true;

    private string Chosen => models.Find(_modelId) is { } model
        ? $"{model.Name} · {models.ProviderOf(model).Name}" : $"{_modelId} is in the catalogue no more";

    protected override void OnParametersSet()
    {
        if (_taken is null || (!IsChanged && _taken != AgentEdit.Of(Agent)))
            Take();
    }

    private void Take()
    {
        _taken = AgentEdit.Of(Agent);
        (_name, _description, _colour, _systemPrompt, _modelId) = (_taken.Name, _taken.Description, _taken.Colour, _taken.SystemPrompt, _taken.ModelId);
        _effort = _taken.ReasoningEffort ?? "";
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
