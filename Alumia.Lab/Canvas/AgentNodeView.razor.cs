using Alumia.Lab.Sessions;
using Microsoft.AspNetCore.Components;

namespace Alumia.Lab.Canvas;

/// <summary>A session's node: drawn anew by its own session's news alone.</summary>
public sealed partial class AgentNodeView(TimeProvider clock) : IDisposable
{
    private const int Shown = 2;
    private SessionLight? _light;
    private Glance _glance = null!;

    [Parameter, EditorRequired]
    public Blazor.Diagrams.Core.Models.NodeModel Node { get; set; } = null!;

    [CascadingParameter]
    public CanvasView Page { get; set; } = null!;

    private AgentNode Agent => ((AgentNodeModel)Node).Agent;

    private SessionStatus Status => _light!.ReadTo < 0 ? Agent.Session.Status : _glance.Status;

    private string Spent => Dollars.Text(_glance.Spent) + (Agent.Agent?.SessionLimit is { } limit ? $" of {Dollars.Text(limit)}" : "");

    private string Size => FormattableString.Invariant($"width:{Agent.Shown.Width}px;height:{Agent.Shown.Height}px");

    public void Dispose()
    {
        if (_light is not null)
            _light.Changed -= Draw;
    }

    protected override void OnInitialized()
    {
        _light = Page.LightOf(Agent.Id);
        _light.Changed += Draw;
    }

    protected override void OnParametersSet() => _glance = _light!.Glance;

    private void Draw()
    {
        _glance = _light!.Glance;
        StateHasChanged();
    }

    private long Elapsed(ToolPart call) => Math.Max(0, clock.NowMs() - call.StartedAtMs);
}
