using Alumia.Lab.Tools;

namespace Alumia.Lab.Sessions;

/// <summary>Runs what a step asked for: one call after another, those that need no approval first; until one waits for something outside.</summary>
internal static class PendingCalls
{
    public static async Task RunAsync(SessionRuntime runtime, EventLog log, TurnIdentity who, Func<TurnProgress> read, IEnumerable<SessionEvent> events, CancellationToken cancellation)
    {
        var progress = read();
        var agent = await runtime.Agents.GetAsync(who.OrgId, who.AgentId, cancellation);
        var all = await runtime.Tools.AllAsync(who.OrgId, cancellation);
        var ready = await Approvals.AskAsync(log, progress, events, name => Approvals.RightTo(all, agent, name));
        foreach (var requested in ready)
        {
            cancellation.ThrowIfCancellationRequested();
            var tool = ToolRegistry.Allowed(all, agent).FirstOrDefault(tool => tool.Name == requested.Tool);
            if (Approvals.Denial(progress, requested) is { } denial)
                await log.AppendAsync(denial);
            else
                await ToolRun.RunAsync(runtime, log, who, tool, requested, progress.StartedAtMs(requested.CallId), events, cancellation);
            if (log.Status != SessionStatus.Active)
                return; // The call waits, and those behind it.
        }
        if (ready.Count == 0)
            await Approvals.ParkAsync(log, who, read);
    }
}
