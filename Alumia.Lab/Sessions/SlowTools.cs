using System.Globalization;
using Alumia.Lab.Storage;
using Alumia.Lab.Tools;
using Alumia.Lab.Troubles;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Alumia.Lab.Sessions;

/// <summary>
/// The section "Agent stuck on a tool" of the document, for tools that are slow: a call that has run for the quiet time, and for three times as
/// long as its tool usually takes, raises a trouble with the facts. It is looked at again while the call runs, and heals when the call ends.
/// </summary>
internal sealed class SlowTools(
    IDbContextFactory<LabDbContext> contexts, LiveCalls calls, ChangeFeed feed, IHostApplicationLifetime lifetime, TimeProvider clock, IOptions<SessionsOptions> options, ILogger<SlowTools> log)
    : DueWork(feed, lifetime, clock, log)
{
    public const string TroubleKind = "slow_tool";
    private const int MostShown = 300;
    private const long AgainMs = 15_000;
    private static readonly TimeSpan _longestLook = TimeSpan.FromSeconds(2);

    protected override bool Concerns(string key) => key == LiveCalls.Key;

    /// <summary>The event that its trouble is over.</summary>
    public static IEnumerable<SessionEventData> Heal(Tx tx, TurnIdentity who, ToolFinished finished)
    {
        var healedBy = finished.Ending switch
        {
            ToolEnding.Ok => $"{finished.Tool} ended after {Seconds(finished.DurationMs)}",
            ToolEnding.Cancelled => $"{finished.Tool} was cancelled",
            _ => $"{finished.Tool} ended with an error after {Seconds(finished.DurationMs)}",
        };
        return TroubleLog.Heal(tx, who.OrgId, SessionTroubles.About(who.SessionId), healedBy, TroubleKind).Select(id => new TroubleHealed(id, healedBy));
    }

    /// <summary>Returns when the next call is due, in UTC ms.</summary>
    protected override async Task<long> WorkAsync(IReadOnlySet<string> keys, CancellationToken cancellation)
    {
        var nextAtMs = long.MaxValue;
        foreach (var call in calls.All)
        {
            var dueAtMs = call.ToldSlowAtMs + AgainMs ?? call.StartedAtMs + (long)(options.Value.QuietSeconds * 1000);
            if (dueAtMs <= Clock.NowMs())
                dueAtMs = await LookAsync(call, cancellation);
            nextAtMs = Math.Min(nextAtMs, dueAtMs);
        }
        return nextAtMs;
    }

    /// <summary>Tells of a call that has run for the quiet time; returns when to look again.</summary>
    private async Task<long> LookAsync(LiveCall call, CancellationToken cancellation)
    {
        ToolTime? usual;
        await using (var db = contexts.CreateDbContext())
            usual = await ToolTimes.OfAsync(db, call.Who.OrgId, call.Tool.Name, cancellation);
        if (usual is not null && call.StartedAtMs + (3 * usual.UsualMs) is var longAtMs && longAtMs > Clock.NowMs())
            return longAtMs;
        var (evidence, told) = await EvidenceAsync(call, usual, cancellation);
        try
        {
            await call.Log.AppendAsync(tx => call.HasEnded || call.Log.Status != SessionStatus.Active ? new Appending([]) : new Appending(Raise(tx, call, usual, evidence, told)));
        }
        catch (Exception exception) when (exception is SupersededException or ObjectDisposedException)
        {
            return long.MaxValue; // It ended meanwhile, and its turn with it.
        }
        return Clock.NowMs() + AgainMs;
    }

    private SessionEventData[] Raise(Tx tx, LiveCall call, ToolTime? usual, IReadOnlyList<Evidence> evidence, string told)
    {
        var isFirst = call.ToldSlowAtMs is null;
        call.ToldSlowAtMs = Clock.NowMs();
        var who = call.Who;
        var cause = $"It has run for {Seconds(Clock.NowMs() - call.StartedAtMs)}{(usual is null ? "" : $" and usually takes {Seconds(usual.UsualMs)}")}. {told}The agent waits for it, and its answer has stopped.";
        Fix[] fixes =
        [
            new(ToolFixes.CancelCall, "Cancel call", new() { ["session"] = who.SessionId, ["call"] = call.Call.Id }),
            new(SessionFixes.Cancel, "Cancel session", new() { ["session"] = who.SessionId }),
            new(ToolFixes.CancelAndEdit, "Cancel and edit prompt", new() { ["session"] = who.SessionId }),
            new(ToolFixes.Disable, "Disable tool", new() { ["session"] = who.SessionId, ["call"] = call.Call.Id, ["agent"] = who.AgentId, ["tool"] = call.Tool.Name }),
        ];
        var id = TroubleLog.Raise(tx, who.OrgId, TroubleKind, SessionTroubles.About(who.SessionId), $"{call.Tool.Name} is slow", cause, evidence, fixes, who.ProjectId, who.SessionId);
        return isFirst ? [new TroubleRaised(id, TroubleKind)] : [];
    }

    private async Task<(IReadOnlyList<Evidence> Evidence, string Told)> EvidenceAsync(LiveCall call, ToolTime? usual, CancellationToken cancellation)
    {
        var printed = call.Printed;
        var told = "";
        List<Evidence> evidence =
        [
            new("Tool", call.Tool.Name),
            new("Running since", "", call.StartedAtMs),
            new("Usually takes", usual is null ? "Not known yet" : $"{Seconds(usual.UsualMs)}, from {usual.Calls} calls"),
            new("Last printed", printed.Text.Trim() is { Length: > 0 } text ? text.Length > MostShown ? "…" + text[^MostShown..] : text : "Nothing yet", printed.AtMs),
        ];
        try
        {
            if (call.Tool is IToolProbe probe)
            {
                var facts = await probe.LookAsync(call.Call, cancellation).AsTask().WaitAsync(_longestLook, cancellation);
                evidence.AddRange(facts.Select(fact => new Evidence(fact.Label, fact.Value)));
                told = string.Concat(facts.Select(fact => fact.Sentence is { } sentence ? sentence + " " : ""));
            }
        }
#pragma warning disable CA1031 // What a tool cannot tell about itself must not keep the rest from being told.
        catch (Exception exception) when (!cancellation.IsCancellationRequested)
#pragma warning restore CA1031
        {
            Log.LogWarning(exception, "The tool {Tool} could not tell what it does", call.Tool.Name);
        }
        return (evidence, told);
    }

    private static string Seconds(long ms) => string.Create(CultureInfo.InvariantCulture, $"{ms / 1000.0:0.#} s");
}
