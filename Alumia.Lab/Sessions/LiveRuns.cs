using System.Collections.Concurrent;
using Alumia.Lab.Sessions.Cluster;

namespace Alumia.Lab.Sessions;

/// <summary>The turns that run in this process; once the lab stops, none any more.</summary>
internal sealed class LiveRuns
{
    private readonly ConcurrentDictionary<TurnRun, bool> _runs = new();
    private volatile bool _stopping;

    /// <summary>The lab stops: nothing new begins.</summary>
    public bool IsStopping => _stopping;

    public void Add(TurnRun run)
    {
        _runs[run] = true;
        if (run.Ended.IsCompleted)
            Remove(run);
        else if (_stopping)
            _ = run.StopAsync(SessionStatus.Interrupted);
    }

    public void Remove(TurnRun run) => _runs.TryRemove(run, out _);

    /// <summary>Waits until none runs, of those that begin meanwhile too.</summary>
    public async Task EndAsync(CancellationToken cancellation)
    {
        while (!_runs.IsEmpty)
            await Task.WhenAll(_runs.Keys.Select(run => run.Ended)).WaitAsync(cancellation);
    }

    /// <summary>Closes every turn as interrupted, with all that streamed, and then does this with each.</summary>
    public async Task StopAsync(Func<TurnIdentity, Task> closed)
    {
        _stopping = true;
        while (!_runs.IsEmpty)
            await Task.WhenAll(_runs.Keys.Select(async run =>
            {
                if (await run.StopAsync(SessionStatus.Interrupted) == SessionStatus.Interrupted)
                    await closed(run.Who);
            }));
    }
}

/// <summary>
/// Stops the turns before anything else of the lab stops: the web server would wait for their streams from the stand-in,
/// the silo would throw them out, and the writer must still be there for their last events.
/// </summary>
internal sealed class RunStopper(LiveRuns runs, Handover handover) : IHostedLifecycleService
{
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        await handover.DrainAsync(runs, cancellationToken);
        await runs.StopAsync(handover.LeaveAsync).WaitAsync(cancellationToken);
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
