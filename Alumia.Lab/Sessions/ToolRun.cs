using System.Runtime.CompilerServices;
using System.Text.Json;
using Alumia.Lab.Tools;

namespace Alumia.Lab.Sessions;

/// <summary>Runs one call of a tool, tells its output as it comes, and records how it ended.</summary>
internal static class ToolRun
{
    /// <param name="runtime">The house.</param>
    /// <param name="log">The turn's pen.</param>
    /// <param name="who">Whose turn.</param>
    /// <param name="tool">Null where it is off.</param>
    /// <param name="requested">The call, its arguments checked.</param>
    /// <param name="waitedSinceMs">Since when it runs, in UTC ms, where it has waited and is run again.</param>
    /// <param name="session">All events of the session so far.</param>
    /// <param name="cancellation">Ends the turn.</param>
    public static async Task RunAsync(
        SessionRuntime runtime, EventLog log, TurnIdentity who, ITool? tool, ToolRequested requested, long? waitedSinceMs, IEnumerable<SessionEvent> session, CancellationToken cancellation)
    {
        if (tool is null)
        {
            await log.AppendAsync(new ToolFinished(requested.CallId, requested.Tool, ToolEnding.Error, ToolEnds.SwitchedOff(requested.Tool), 0));
            return;
        }
        if (waitedSinceMs is null)
            await log.AppendAsync(new ToolStarted(requested.CallId, requested.Tool, tool.Risk == ToolRisk.Writes ? true : null));
        var sinceMs = waitedSinceMs ?? log.Appended()[^1].AtMs;
        using var arguments = JsonDocument.Parse(requested.Arguments);
        var call = new ToolCall(requested.CallId, arguments.RootElement, new ToolContext(who.OrgId, who.ProjectId, who.SessionId, who.AgentId, who.TurnId, who.UserId) { IsByProgram = who.ByProgram }) { SinceMs = sinceMs };
        using var live = runtime.Calls.Begin(log, who, tool, call, runtime.Clock.NowMs());
        using var span = TurnTraces.Tool(tool, call);
        var end = await EndAsync(runtime, live, cancellation);
        span.Ended(end);
        try
        {
            await log.AppendAsync(tx => end.Store(tx, runtime, live, requested, session));
        }
        catch (Refusal refusal)
        {
            await log.AppendAsync(tx => new CallEnd(refusal.Message).Store(tx, runtime, live, requested, session));
        }
    }

    private static async Task<CallEnd> EndAsync(SessionRuntime runtime, LiveCall live, CancellationToken cancellation)
    {
        var tool = live.Tool;
        using var limit = new CancellationTokenSource(tool.TimeLimit, runtime.Clock);
        using var any = CancellationTokenSource.CreateLinkedTokenSource(cancellation, limit.Token, live.Cancelled);
        try
        {
            await foreach (var output in Heeding(tool.RunAsync(live.Call, any.Token), runtime.Options.ToolGraceMs, any.Token))
            {
                switch (output)
                {
                    case ToolOutput.Partial partial:
                        live.Print(partial.Text, runtime.Clock.NowMs());
                        await live.Log.AppendAsync(new ToolOutputWritten(live.Call.Id, partial.Text));
                        break;
                    default:
                        return new CallEnd(ToolEnding.Ok, output);
                }
            }
            return new CallEnd("The tool ended without a result.");
        }
        catch (Exception exception) when (live.IsCancelled && !cancellation.IsCancellationRequested && exception is not SupersededException)
        {
            // Whatever broke under the cancel was broken by it.
            return new CallEnd(ToolEnding.Cancelled, new ToolOutput.Error(ToolEnds.WithOutput("This call was cancelled by the person.", live.Printed.Text)));
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
