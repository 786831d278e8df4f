using System.Runtime.CompilerServices;
using System.Text.Json;
using Alumia.Lab.Tools;

namespace Alumia.Lab.Sessions;

/// <summary>Runs one call of a tool, tells its output as it comes, and records how it ended.</summary>
internal static class ToolRun
{
    public static async Task RunAsync(SessionRuntime runtime, EventLog log, ITool? tool, ToolRequested requested, ToolContext context, CancellationToken cancellation)
    {
        if (tool is null)
        {
            await log.AppendAsync(new ToolFinished(requested.CallId, requested.Tool, ToolEnding.Error, $"The tool {requested.Tool} is switched off for this agent.", 0));
            return;
        }
        await log.AppendAsync(new ToolStarted(requested.CallId, requested.Tool));
        var startedAtMs = runtime.Clock.NowMs();
        var (ending, result, block) = await EndAsync(runtime, log, tool, requested, context, cancellation);
        if (result.Length > runtime.Options.MaxResultCharacters)
            result = string.Concat(result.AsSpan(0, runtime.Options.MaxResultCharacters), "\n(The rest was left out: the result is too long.)");
        await log.AppendAsync(new ToolFinished(requested.CallId, requested.Tool, ending, result, runtime.Clock.NowMs() - startedAtMs, block));
    }

    /// <summary>The events that end calls whose turn has ended under them.</summary>
    public static IEnumerable<SessionEventData> Abandon(TurnProgress progress, ToolEnding ending, string why) =>
        progress.Pending.Select(call => new ToolFinished(call.CallId, call.Tool, ending, why, 0));

    private static async Task<(ToolEnding, string, string?)> EndAsync(SessionRuntime runtime, EventLog log, ITool tool, ToolRequested requested, ToolContext context, CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(tool.TimeLimit, runtime.Clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellation, limit.Token);
        using var arguments = JsonDocument.Parse(requested.Arguments);
        try
        {
            await foreach (var output in Heeding(tool.RunAsync(new ToolCall(requested.CallId, arguments.RootElement, context), both.Token), runtime.Options.ToolGraceMs, both.Token))
            {
                switch (output)
                {
                    case ToolOutput.Partial partial:
                        await log.AppendAsync(new ToolOutputWritten(requested.CallId, partial.Text));
                        break;
                    case ToolOutput.Result result:
                        return (ToolEnding.Ok, result.Text, result.BlockId);
                    case ToolOutput.Error error:
                        return (ToolEnding.Error, error.Message, null);
                }
            }
            return (ToolEnding.Error, "The tool ended without a result.", null);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            return (ToolEnding.TimedOut, $"The tool did not end within {tool.TimeLimit.TotalSeconds:0} s and was stopped.", null);
        }
        catch (Refusal refusal)
        {
            return (ToolEnding.Error, refusal.Message, null);
        }
        catch (Exception exception) when (exception is not SupersededException && !cancellation.IsCancellationRequested)
        {
            runtime.Log.LogError(exception, "The tool {Tool} threw", tool.Name);
            return (ToolEnding.Error, "The tool failed inside; the lab's log has the cause.", null);
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
