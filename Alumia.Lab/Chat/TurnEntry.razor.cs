using System.Globalization;
using Alumia.Lab.Agents;
using Alumia.Lab.Models;
using Alumia.Lab.Sessions;
using Alumia.Lab.Troubles;
using Microsoft.AspNetCore.Components;

namespace Alumia.Lab.Chat;

/// <summary>One message and its answer. It draws again only when something in it has changed.</summary>
public sealed partial class TurnEntry(ModelCatalogue models)
{
    private (TurnView?, int, int, bool, bool) _drawn;

    [Parameter, EditorRequired]
    public TurnView Turn { get; set; } = null!;

    [Parameter, EditorRequired]
    public string Author { get; set; } = "";

    [Parameter]
    public Agent? Agent { get; set; }

    /// <summary>Whose turn it is.</summary>
    [Parameter]
    public string SessionId { get; set; } = "";

    [Parameter]
    public IReadOnlyList<Trouble> Troubles { get; set; } = [];

    /// <summary>Grows when troubles were read again.</summary>
    [Parameter]
    public int TroublesVersion { get; set; }

    /// <summary>The person may edit, resend and retry.</summary>
    [Parameter]
    public bool MayAct { get; set; }

    [Parameter]
    public EventCallback<TurnView> Edit { get; set; }

    [Parameter]
    public EventCallback<TurnView> Retry { get; set; }

    private string AgentName => Agent?.Name ?? "Agent";

    private string AgentColour => Agent?.Colour ?? "var(--muted)";

    private (TurnView?, int, int, bool, bool) Now => (Turn, Turn.Version, TroublesVersion, MayAct, Agent is not null);

    /// <summary>It may scroll, so the keyboard must be able to reach it.</summary>
    private bool IsLong => Turn.Text.Length > 400 || Turn.Text.AsSpan().Count('\n') > 12;

    /// <summary>Nothing moves on the screen, though the turn is under way and waits for no person.</summary>
    private bool IsWaitingForText => Turn.IsOpen && LastPart is not (ProsePart { IsOpen: true } or ToolPart { State: ToolState.Running }) && !IsAsking;

    private bool IsAsking => Turn.Steps is [.., var step] && step.Parts.Any(part => part is ToolPart { State: ToolState.Asking });

    /// <summary>A card tells what is wrong and has the ways out: nothing else says it again.</summary>
    private bool HasCard => Troubles.Any(trouble => trouble.HealedAtMs is null);

    private bool IsStandIn => Turn.Steps.Exists(step => step.Usage?.KeySource == nameof(KeySource.StandIn));

    private PartView? LastPart => Turn.Steps is [.., { Parts: [.., var last] }] ? last : null;

    private IReadOnlyList<(UsageRecorded, StepMoney)> Receipts =>
        [.. Turn.Steps.Select(step => step.Usage).OfType<UsageRecorded>().Where(usage => usage.Money is not null).Select(usage => (usage, usage.Money!))];

    private string? Ending => Turn switch
    {
        { Failure: { Code: "cancelled" } stopped } => Words.Stopped(stopped.Stop),
        { FinishReason: "length" } => "The model reached its longest answer here.",
        { FinishReason: "content-filter" } => "The provider's filter ended the answer here.",
        _ => null,
    };

    private string Usage
    {
        get
        {
            var used = Turn.Steps.Select(step => step.Usage).OfType<UsageRecorded>().ToList();
            if (used.Count == 0)
                return "";
            var estimated = used.Exists(usage => usage.Estimated) ? "about " : "";
            var tokens = string.Create(CultureInfo.InvariantCulture, $"{estimated}{used.Sum(usage => usage.InputTokens):N0} in, {used.Sum(usage => usage.OutputTokens):N0} out");
            var first = used[0].FirstTokenMs is { } milliseconds ? $" · first token {Words.Duration(milliseconds)}" : "";
            return $"{tokens}{first} · {models.Find(used[^1].ModelId)?.Name ?? used[^1].ModelId}";
        }
    }

    protected override void OnInitialized() => _drawn = Now;

    /// <summary>What is drawn is noted when it is drawn: once the browser has it, the turn may have gone on.</summary>
    protected override bool ShouldRender()
    {
        var (before, now) = (_drawn, Now);
        _drawn = now;
        return before != now;
    }

    private bool IsLastOf(string block, ToolPart call) =>
        Turn.Steps.SelectMany(step => step.Parts).OfType<ToolPart>().Last(other => other.BlockId == block) == call;
}
