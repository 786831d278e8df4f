using Microsoft.EntityFrameworkCore;

namespace Alumia.Lab.Sessions;

/// <summary>A turn that runs in this process, in the background: from its launch until it has ended or parked.</summary>
internal sealed class TurnRun
{
    private readonly SessionRuntime _runtime;
    private readonly TurnLaunch _launch;
    private readonly CancellationTokenSource _stop = new();
    private readonly EventLog _log;
    private int _stopAs = -1;
    private readonly TaskCompletionSource _hasRead = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile IReadOnlyList<SessionEvent> _earlier = [];

    private TurnRun(SessionRuntime runtime, TurnLaunch launch)
    {
        (_runtime, _launch) = (runtime, launch);
        var feed = runtime.Feeds.Open(launch.Who.SessionId, launch.FromSequence);
        feed.Publish([.. launch.Begun.Select(each => new EventFrame(each))]);
        _log = new EventLog(runtime, launch, feed);
        Ended = Task.Run(() => RunAsync(feed));
    }

    /// <summary>Completes with the status in which the run left the session. Never throws: a turn that could not even be closed stays
    /// <c>active</c> in the database, and the next deed on its session closes it as interrupted.</summary>
    public Task<SessionStatus> Ended { get; }

    public TurnIdentity Who => _launch.Who;

    /// <summary>Once it has ended: messages wait behind it.</summary>
    public bool HasQueue { get; private set; }

    public static TurnRun Start(SessionRuntime runtime, TurnLaunch launch)
    {
        var run = new TurnRun(runtime, launch);
        runtime.Runs.Add(run);
        return run;
    }

    /// <summary>Ends the turn as <c>cancelled</c> or <c>interrupted</c> and waits for it; gives the status in which it did end.</summary>
    public async Task<SessionStatus> StopAsync(SessionStatus stopAs)
    {
        Interlocked.CompareExchange(ref _stopAs, (int)stopAs, -1);
        await _stop.CancelAsync();
        return await Ended;
    }

    /// <summary>Ends one call that runs now, and not its turn; false where it does not run.</summary>
    public bool CancelCall(string callId) => _runtime.Calls.Find(_launch.Who.SessionId, callId) is { } call && call.Cancel();

    /// <summary>Stores what a person did about this turn while it runs; false where it does not run any more, and nothing was stored.</summary>
    /// <param name="note">Says what, from how far the turn has come; what it throws comes back.</param>
    public async Task<bool> NoteAsync(Func<TurnProgress, SessionEventData> note)
    {
        await _hasRead.Task;
        try
        {
            await _log.AppendAsync(_ => _log.Status == SessionStatus.Active
                ? new Appending([note(TurnProgress.Read(_earlier.Concat(_log.Appended()).Where(each => each.TurnId == _launch.Who.TurnId)))])
                : throw new SupersededException(_launch.Who.SessionId));
            return true;
        }
        catch (Exception exception) when (exception is SupersededException or ObjectDisposedException)
        {
            return false;
        }
    }

    private async Task<SessionStatus> RunAsync(Feed feed)
    {
        using var log = _log;
        try
        {
            await RunAsync(log);
        }
        catch (SupersededException exception)
        {
            _runtime.Log.LogWarning(exception, "A turn was taken over");
        }
#pragma warning disable CA1031 // Nobody awaits this task for its exception.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            _runtime.Log.LogError(exception, "The end of turn {Turn} could not be stored", _launch.Who.TurnId);
        }
        finally
        {
            HasQueue = log.HasQueue;
            _hasRead.TrySetResult();
            _runtime.Feeds.Close(_launch.Who.SessionId, feed);
            _runtime.Runs.Remove(this);
        }
        return log.Status;
    }

    private async Task RunAsync(EventLog log)
    {
        using var span = TurnTraces.Turn(_launch.Who);
        using var scope = _runtime.Log.BeginScope("org {OrgId} session {SessionId} turn {TurnId}", _launch.Who.OrgId, _launch.Who.SessionId, _launch.Who.TurnId);
        var turn = new Turn(_runtime, log, _launch, () => _earlier);
        try
        {
            _earlier = await EarlierAsync();
            _hasRead.TrySetResult();
            await turn.RunAsync(_stop.Token);
        }
        catch (Exception exception) when (_stop.IsCancellationRequested && exception is not SupersededException)
        {
            // Whatever broke under the cancel was broken by it.
            if (log.Status == SessionStatus.Active)
                await turn.EndAsync((SessionStatus)_stopAs);
        }
        catch (Refusal refusal)
        {
            await turn.FailAsync("internal", refusal.Message, "internal");
        }
        catch (Exception exception) when (exception is not SupersededException && log.Status == SessionStatus.Active)
        {
            _runtime.Log.LogError(exception, "The turn {Turn} broke", _launch.Who.TurnId);
            await turn.FailAsync("internal", "The turn failed inside the lab; the log has the cause.", "internal");
        }
        _runtime.Log.LogDebug("The turn is over: {Status}", log.Status);
    }

    private async Task<IReadOnlyList<SessionEvent>> EarlierAsync()
    {
        if (_launch.FromSequence == 0)
            return [];
        await using var db = _runtime.Contexts.CreateDbContext();
        var rows = await db.Set<SessionEventRecord>()
            .Where(row => row.SessionId == _launch.Who.SessionId && row.Sequence <= _launch.FromSequence && !row.Data.StartsWith("{\"kind\":\"tool.output\""))
            .OrderBy(row => row.Sequence).ToListAsync();
        return rows.ConvertAll(row => row.ToEvent());
    }
}
