using System.Threading.Channels;
using Alumia.Lab.Storage;
using Microsoft.EntityFrameworkCore;

namespace Alumia.Lab.Sessions;

/// <summary>Wakes parked sessions: when the key of their wake condition changes, when its time comes, at start, and once a minute whatever happens.</summary>
internal sealed class Waker(IDbContextFactory<LabDbContext> contexts, ChangeFeed feed, IGrainFactory grains, IEnumerable<IWakeChecker> checkers, IHostApplicationLifetime lifetime, TimeProvider clock, ILogger<Waker> log) : BackgroundService
{
    private const string ParkedKey = "parked";
    private static readonly TimeSpan _sweep = TimeSpan.FromMinutes(1);

    /// <summary>The keys that some condition waits for, as last read, and whose: all other keys are none of the waker's business.</summary>
    private volatile Dictionary<string, string[]> _awaited = [];

    /// <summary>Stores what a session waits for; its status moves in the same transaction.</summary>
    public static void Park(Tx tx, WakeCondition condition)
    {
        SessionRows.DropWake(tx, condition.SessionId);
        tx.Db.Add(condition);
        tx.Changed(ParkedKey);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var bell = Channel.CreateBounded<string>(new BoundedChannelOptions(10_000) { FullMode = BoundedChannelFullMode.DropOldest });
        using var subscription = feed.SubscribeAll(key =>
        {
            // "clock": the lab's clock was moved, so times may have come.
            if (key is "" or ParkedKey or "clock" || _awaited.ContainsKey(key))
                bell.Writer.TryWrite(key);
        });
        // Not before the lab listens: what wakes may need the stand-in, which is the lab itself.
        await StartedAsync(stoppingToken);
        await BeginQueuesAsync(stoppingToken);
        var nextAtMs = 0L;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (clock.NowMs() >= nextAtMs)
                    nextAtMs = await CheckAsync(null, stoppingToken);
                var keys = new HashSet<string>();
                while (bell.Reader.TryRead(out var key))
                    keys.Add(key);
                if (keys.Count > 0)
                    nextAtMs = Math.Min(nextAtMs, await CheckAsync(keys.Contains("") ? null : keys, stoppingToken));
                await WaitAsync(bell.Reader, nextAtMs, stoppingToken);
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                log.LogError(exception, "Waking parked sessions failed; it is tried again");
                await Task.Delay(TimeSpan.FromSeconds(1), stoppingToken);
            }
        }
    }

    private async Task StartedAsync(CancellationToken stoppingToken)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using (lifetime.ApplicationStarted.Register(() => started.TrySetResult()))
            await started.Task.WaitAsync(stoppingToken);
    }

    /// <summary>A process may have died between the end of a turn and the beginning of the message that waited behind it.</summary>
    private async Task BeginQueuesAsync(CancellationToken cancellation)
    {
        await using var db = contexts.CreateDbContext();
        var sessions = await db.Set<Session>() // Of every org: on behalf of the lab.
            .Where(session => (session.Status == SessionStatus.Idle || session.Status == SessionStatus.Cancelled) && session.DeletedAtMs == null
                && db.Set<QueuedMessageRecord>().Any(queued => queued.SessionId == session.Id))
            .Select(session => session.Id).ToListAsync(cancellation);
        foreach (var id in sessions)
            await OnAsync(id, session => session.NextAsync());
    }

    /// <summary>What one session cannot do must not keep the others asleep.</summary>
    private async Task OnAsync(string sessionId, Func<ISessionGrain, Task> deed)
    {
        try
        {
            await deed(grains.GetGrain<ISessionGrain>(sessionId));
        }
#pragma warning disable CA1031 // It is tried again with the next sweep.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            log.LogError(exception, "Session {Session} could not be woken", sessionId);
        }
    }

    private async Task WaitAsync(ChannelReader<string> bell, long nextAtMs, CancellationToken stoppingToken)
    {
        using var wait = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        using var alarm = clock.CreateTimer(_ => wait.Cancel(), null, TimeSpan.FromMilliseconds(Math.Clamp(nextAtMs - clock.NowMs(), 1, _sweep.TotalMilliseconds)), Timeout.InfiniteTimeSpan);
        try
        {
            await bell.WaitToReadAsync(wait.Token);
        }
        catch (OperationCanceledException) when (!stoppingToken.IsCancellationRequested)
        {
            // The time has come.
        }
    }

    /// <summary>Wakes what is due or true among the conditions of these keys (null: all); returns when to look again, in UTC ms.</summary>
    private async Task<long> CheckAsync(HashSet<string>? keys, CancellationToken cancellation)
    {
        var nowMs = clock.NowMs();
        var nextAtMs = nowMs + (long)_sweep.TotalMilliseconds;
        await using var db = contexts.CreateDbContext();
        var query = db.Set<WakeCondition>().AsQueryable();
        var isAll = keys is null || keys.Contains(ParkedKey);
        if (!isAll)
        {
            var sessions = keys!.SelectMany(key => _awaited.TryGetValue(key, out var those) ? those : []).ToHashSet();
            query = query.Where(condition => sessions.Contains(condition.SessionId));
        }
        var conditions = await query.ToListAsync(cancellation);
        // Before they are looked at: a key that changes from here on rings, and one that changed until now is seen below.
        if (isAll)
            _awaited = conditions.SelectMany(condition => condition.Keys.Select(key => (key, condition.SessionId)))
                .GroupBy(pair => pair.key, pair => pair.SessionId).ToDictionary(group => group.Key, group => group.ToArray());
        foreach (var condition in conditions)
        {
            if (condition.DueAtMs is { } due && due > nowMs)
                nextAtMs = Math.Min(nextAtMs, due);
            if (await IsTrueAsync(condition, nowMs, cancellation))
                await OnAsync(condition.SessionId, session => session.ResumeAsync("What it waited for has come", onlyParked: true));
        }
        return nextAtMs;
    }

    private async Task<bool> IsTrueAsync(WakeCondition condition, long nowMs, CancellationToken cancellation)
    {
        if (condition.DueAtMs <= nowMs)
            return true;
        var checker = checkers.FirstOrDefault(checker => checker.Kind == condition.Kind);
        return checker is not null && await checker.IsTrueAsync(condition, cancellation);
    }
}
