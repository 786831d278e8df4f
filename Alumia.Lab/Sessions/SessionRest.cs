using System.Text.Json;

namespace Alumia.Lab.Sessions;

/// <summary>How a session's events end when nothing runs: a copy of a live session is closed where it stood.</summary>
internal static class SessionRest
{
    private const string Why = "This was still at work when the canvas was exported.";

    /// <summary>The events of a session at rest, numbered from 1, and its status.</summary>
    /// <param name="stored">All events, in order.</param>
    /// <param name="open">What was saved of the step that streams, if one does.</param>
    public static (IReadOnlyList<SessionEvent> Events, SessionStatus Status) Of(IEnumerable<SessionEvent> stored, OpenStepRecord? open)
    {
        var events = stored.Where(each => each.Data is not (TroubleRaised or TroubleHealed)).ToList();
        if (events.FindLast(each => each.Data is TurnStarted)?.TurnId is not { } turnId)
            return ([], SessionStatus.Idle);
        var atMs = events[^1].AtMs;
        if (Ending(events, turnId) is null)
            events.AddRange(Close(events.Where(each => each.TurnId == turnId), open).Select(data => new SessionEvent(0, turnId, atMs, data)));
        var status = Ending(events, turnId)!.Value;
        var told = events.Select(each => each.Data).OfType<StatusChanged>().LastOrDefault();
        if (told is not null && told.To != status)
            events.Add(new SessionEvent(0, turnId, atMs, new StatusChanged(told.To, status, Why)));
        return ([.. events.Select((each, index) => each with { Sequence = index + 1 })], status);
    }

    /// <summary>What the turn's end makes of the session; null while it has none.</summary>
    private static SessionStatus? Ending(List<SessionEvent> events, string turnId) =>
        events.FindLast(each => each.TurnId == turnId && each.Data is TurnStarted or TurnResumed or TurnFinished or TurnFailed)!.Data switch
        {
            TurnFinished => SessionStatus.Idle,
            TurnFailed { Code: "cancelled" } => SessionStatus.Cancelled,
            TurnFailed { Code: "interrupted" } => SessionStatus.Interrupted,
            TurnFailed => SessionStatus.Failed,
            _ => null,
        };

    private static IEnumerable<SessionEventData> Close(IEnumerable<SessionEvent> turn, OpenStepRecord? open)
    {
        var events = turn.ToList();
        var progress = TurnProgress.Read(events);
        if (progress.IsStepOpen)
        {
            var step = events.Select(each => each.Data).OfType<StepStarted>().Last();
            var parts = open is not null && open.TurnId == events[0].TurnId && open.Step == step.Step
                ? JsonSerializer.Deserialize(open.Parts, SessionJson.Default.ListOpenPart)!
                : [];
            foreach (var part in parts)
                yield return part.ToEvent(step.Step);
            yield return new UsageRecorded(step.Step, step.ModelId, open?.KeySource ?? "", 0, 0, parts.Sum(part => part.Text.Length) / 4, 0, true, null, 0, "cut");
        }
        foreach (var ended in ToolEnds.Abandon(events, progress, ToolEnding.Interrupted, Why))
            yield return ended;
        yield return new TurnFailed("interrupted", Why);
    }
}
