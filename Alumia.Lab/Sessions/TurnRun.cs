using Microsoft.EntityFrameworkCore;

namespace Alumia.Lab.Sessions;

/// <summary>A turn that runs in this process, in the background: from its launch until it has ended or parked.</summary>
internal sealed class TurnRun
{
    private readonly SessionRuntime _runtime;
    private readonly TurnLaunch _launch;
    private readonly CancellationTokenSource _stop = new();
    private int _stopAs = -1;

    private TurnRun(SessionRuntime runtime, TurnLaunch launch)
    {
        (_runtime, _launch) = (runtime, launch);
        var feed = runtime.Feeds.Open(launch.Who.SessionId, launch.FromSequence);
        feed.Publish([.. launch.Begun.Select(each => new EventFrame(each))]);
        Ended = Task.Run(() => RunAsync(feed));
    }

    /// <summary>Completes with the status in which the run left the session. Never throws: a turn that could not even be closed stays
    /// <c>active</c> in the database, and the next deed on its session closes it as interrupted.</summary>
    public Task<SessionStatus> Ended { get; }

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

    private async Task<SessionStatus> RunAsync(Feed feed)
    {
        using var log = new EventLog(_runtime, _launch.Who.SessionId, _launch.Who.TurnId, _launch.Epoch, _launch.FromSequence + _launch.Begun.Count, SessionStatus.Active, feed);
        log.Appended.AddRange(_launch.Begun);
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
            _runtime.Feeds.Close(_launch.Who.SessionId, feed);
            _runtime.Runs.Remove(this);
        }
        return log.Status;
    }

    private async Task RunAsync(EventLog log)
    {
        var earlier = new List<SessionEvent>();
        var turn = new Turn(_runtime, log, _launch, earlier);
        try
        {
            earlier.AddRange(await EarlierAsync());
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
    }

    private async Task<List<SessionEvent>> EarlierAsync()
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
