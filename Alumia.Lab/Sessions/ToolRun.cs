using System.Runtime.CompilerServices;
using System.Text.Json;
using Alumia.Lab.Tools;

namespace Alumia.Lab.Sessions;

/// <summary>Runs one call of a tool, tells its output as it comes, and records how it ended.</summary>
internal static class ToolRun
{
    public static async Task RunAsync(SessionRuntime runtime, EventLog log, ITool? tool, ToolRequested requested, ToolContext context, long? waitedSinceMs, CancellationToken cancellation)
    {
        if (tool is null)
        {
            await log.AppendAsync(new ToolFinished(requested.CallId, requested.Tool, ToolEnding.Error, $"The tool {requested.Tool} is switched off for this agent.", 0));
            return;
        }
        if (waitedSinceMs is null)
            await log.AppendAsync(new ToolStarted(requested.CallId, requested.Tool));
        var sinceMs = waitedSinceMs ?? log.Appended[^1].AtMs;
        await StoreAsync(runtime, log, requested, context, sinceMs, await EndAsync(runtime, log, tool, requested, context, sinceMs, cancellation));
    }

    /// <summary>The events that end calls whose turn has ended under them.</summary>
    public static IEnumerable<SessionEventData> Abandon(TurnProgress progress, ToolEnding ending, string why) =>
        progress.Pending.Select(call => new ToolFinished(call.CallId, call.Tool, ending, why, 0));

    private static async Task StoreAsync(SessionRuntime runtime, EventLog log, ToolRequested requested, ToolContext context, long sinceMs, CallEnd end)
    {
        try
        {
            await log.AppendAsync(tx => end.Store(tx, requested, context, runtime.Clock.NowMs() - sinceMs, runtime.Options.MaxResultCharacters));
        }
        catch (Refusal refusal)
        {
            await StoreAsync(runtime, log, requested, context, sinceMs, new CallEnd(refusal.Message));
        }
    }

    private static async Task<CallEnd> EndAsync(SessionRuntime runtime, EventLog log, ITool tool, ToolRequested requested, ToolContext context, long sinceMs, CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(tool.TimeLimit, runtime.Clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellation, limit.Token);
        using var arguments = JsonDocument.Parse(requested.Arguments);
        try
        {
            await foreach (var output in Heeding(tool.RunAsync(new ToolCall(requested.CallId, arguments.RootElement.Clone(), context) { SinceMs = sinceMs }, both.Token), runtime.Options.ToolGraceMs, both.Token))
            {
                switch (output)
                {
                    case ToolOutput.Partial partial:
                        await log.AppendAsync(new ToolOutputWritten(requested.CallId, partial.Text));
                        break;
                    default:
                        return new CallEnd(ToolEnding.Ok, output);
                }
            }
            return new CallEnd("The tool ended without a result.");
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            return new CallEnd(ToolEnding.TimedOut, new ToolOutput.Error($"The tool did not end within {tool.TimeLimit.TotalSeconds:0} s and was stopped."));
        }
        catch (Refusal refusal)
        {
            return new CallEnd(refusal.Message);
        }
        catch (Exception exception) when (exception is not SupersededException && !cancellation.IsCancellationRequested)
        {
            runtime.Log.LogError(exception, "The tool {Tool} threw", tool.Name);
            return new CallEnd("The tool failed inside; the lab's log has the cause.");
        }
    }

    /// <summary>The tool's outputs. A tool that does not heed its cancellation within the grace is left behind: neither a person who presses
    /// Stop nor the turn waits for it.</summary>
    private static async IAsyncEnumerable<ToolOutput> Heeding(IAsyncEnumerable<ToolOutput> outputs, int graceMs, [EnumeratorCancellation] CancellationToken cancellation)
    {
        using var patience = new CancellationTokenSource();
        await using var ends = cancellation.UnsafeRegister(_ => patience.CancelAfter(graceMs), null);
        var each = outputs.GetAsyncEnumerator(cancellation);
        var next = Task.FromResult(false);
        try
        {
            while (await (next = each.MoveNextAsync().AsTask()).WaitAsync(patience.Token))
                yield return each.Current;
        }
        finally
        {
            if (next.IsCompleted)
                await each.DisposeAsync();
        }
    }
}
