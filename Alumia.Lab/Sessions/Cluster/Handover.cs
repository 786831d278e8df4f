using Alumia.Lab.Storage;
using Microsoft.Extensions.Options;

namespace Alumia.Lab.Sessions.Cluster;

/// <summary>
/// A copy that is told to stop lets its turns run on for a while; those that have not ended then are closed with all that streamed, and
/// another copy goes on with them by itself.
/// </summary>
internal sealed class Handover(Writer writer, IOptions<ClusterOptions> options, TimeProvider clock) : IWakeChecker
{
    /// <summary>The kind of the wake condition of a session that waits for another copy.</summary>
    public const string Waits = "handover";

    public string Kind => Waits;

    public Task<bool> IsTrueAsync(WakeCondition condition, CancellationToken cancellation) => Task.FromResult(true);

    /// <summary>Waits until no turn runs, or the time is over.</summary>
    public async Task DrainAsync(LiveRuns runs, CancellationToken cancellation)
    {
        if (!options.Value.IsMany)
            return;
        using var over = new CancellationTokenSource(TimeSpan.FromSeconds(options.Value.DrainSeconds), clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(over.Token, cancellation);
        try
        {
            await runs.EndAsync(either.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            // Those that run still are handed over.
        }
    }

    /// <summary>Leaves a turn that was closed here to the other copies.</summary>
    public Task LeaveAsync(TurnIdentity who) => !options.Value.IsMany ? Task.CompletedTask : writer.Write(tx => Waker.Park(tx, new WakeCondition
    {
        SessionId = who.SessionId,
        OrgId = who.OrgId,
        TurnId = who.TurnId,
        Kind = Waits,
    }));
}
