using Alumia.Lab.Sessions;
using Microsoft.AspNetCore.Components;

namespace Alumia.Lab.Chat;

/// <summary>A tool call: its name, state and time; opens to what went in and what came out.</summary>
public sealed partial class ToolChip(TimeProvider clock) : IDisposable
{
    private ITimer? _second;

    [Parameter, EditorRequired]
    public ToolPart Call { get; set; } = null!;

    /// <summary>Its turn is under way, so that what is only requested may yet run.</summary>
    [Parameter]
    public bool IsTurnOpen { get; set; }

    private string State => Call.State is ToolState.Requested && !IsTurnOpen ? "not run" : Words.Say(Call.State);

    private string Tone => Call.State switch
    {
        ToolState.Ok => "ok",
        ToolState.Running => "running",
        ToolState.Asking or ToolState.Waiting => "waiting",
        _ when Call.IsFailed => "bad",
        _ => "quiet",
    };

    private string Time => Call switch
    {
        { DurationMs: { } took } => Words.Duration(took),
        { State: ToolState.Running } => Words.Duration(Math.Max(0, clock.NowMs() - Call.StartedAtMs) / 1000 * 1000),
        _ => "",
    };

    protected override void OnParametersSet()
    {
        if (Call.State != ToolState.Running)
        {
            _second?.Dispose();
            _second = null;
            return;
        }
        var second = TimeSpan.FromSeconds(1);
        _second ??= clock.CreateTimer(_ => _ = InvokeAsync(StateHasChanged), null, second, second);
    }

    public void Dispose() => _second?.Dispose();
}
