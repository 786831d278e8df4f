using Alumia.Lab.Storage;

namespace Alumia.Lab.Sessions;

/// <summary>How calls end, in words and in what is stored with their end.</summary>
internal static class ToolEnds
{
    /// <summary>Characters of partial output that the model is told of a call that was cancelled.</summary>
    private const int MostOutput = 4_000;

    public static string SwitchedOff(string tool) => $"The tool {tool} is switched off for this agent. Go on without it, or say that you need it.";

    /// <summary>The events that end a call: its end, what of its troubles is over, and what it shows to be broken.</summary>
    public static List<SessionEventData> Store(Tx tx, LiveCall live, ToolFinished finished, ToolRequested requested, IEnumerable<SessionEvent> session)
    {
        live.HasEnded = true;
        if (finished.Ending == ToolEnding.Ok)
            ToolTimes.Record(tx, live.Who.OrgId, finished.Tool, Math.Min(finished.DurationMs, tx.NowMs - live.StartedAtMs)); // Without what it waited before.
        var events = new List<SessionEventData>();
        if (live.ToldSlowAtMs is not null)
            events.AddRange(SlowTools.Heal(tx, live.Who, finished));
        var repeated = RepeatedFailure.Find(session.Concat(live.Log.Appended()), requested, finished); // Calls of this very step too.
        events.Insert(0, repeated is null ? finished : finished with { Result = $"{finished.Result}\n{RepeatedFailure.Advice}" });
        if (repeated is not null)
            events.Add(RepeatedFailure.Raise(tx, live.Who, requested, finished, repeated));
        else if (finished.Ending == ToolEnding.Ok)
            events.AddRange(RepeatedFailure.Heal(tx, live.Who, finished.Tool, session));
        return events;
    }

    /// <summary>The events that end calls whose turn has ended under them; what they had put out stays with them.</summary>
    public static IEnumerable<SessionEventData> Abandon(IEnumerable<SessionEvent> turn, TurnProgress progress, ToolEnding ending, string why)
    {
        if (progress.Pending.Count == 0)
            yield break;
        var outputs = turn.Select(each => each.Data).OfType<ToolOutputWritten>().ToLookup(written => written.CallId, written => written.Text);
        foreach (var call in progress.Pending)
            yield return new ToolFinished(call.CallId, call.Tool, ending, WithOutput(why, string.Concat(outputs[call.CallId])), 0);
    }

    /// <summary>How a call ended, and the end of what it had put out.</summary>
    public static string WithOutput(string why, string output) => output.Length == 0 ? why
        : $"{why} Its output up to then:\n{(output.Length > MostOutput ? "…" + output[^MostOutput..] : output)}";

    /// <summary>What a person's stop did to a turn.</summary>
    /// <param name="turn">The turn's events before it ended.</param>
    /// <param name="progress">How far it had come.</param>
    /// <param name="released">Microcents that came back with its end.</param>
    public static StopReport Report(IEnumerable<SessionEvent> turn, TurnProgress progress, long released)
    {
        var writing = new HashSet<string>();
        var done = new List<string>();
        var cut = 0L;
        foreach (var each in turn)
        {
            switch (each.Data)
            {
                case ToolStarted { Writes: true } started:
                    writing.Add(started.CallId);
                    break;
                case ToolFinished { Ending: ToolEnding.Ok } finished when writing.Contains(finished.CallId):
                    done.Add(finished.Tool);
                    break;
                case UsageRecorded { FinishReason: "cut", Money: { Stop: Ledger.StepStop.Cancelled } money }:
                    cut = money.Released;
                    break;
            }
        }
        return new StopReport([.. progress.Pending.Select(call => call.Tool)], done, released + cut);
    }
}
