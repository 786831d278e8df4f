using Alumia.Lab.Sessions.Cluster;
using Alumia.Lab.Storage;
using Microsoft.EntityFrameworkCore;

namespace Alumia.Lab.Sessions;

/// <summary>Wakes parked sessions: when the key of their wake condition changes, when its time comes, at start, and once a minute whatever happens.</summary>
internal sealed class Waker(IDbContextFactory<LabDbContext> contexts, ChangeFeed feed, IGrainFactory grains, IEnumerable<IWakeChecker> checkers, IHostApplicationLifetime lifetime, TimeProvider clock, ILogger<Waker> log)
    : DueWork(feed, lifetime, clock, log)
{
    /// <summary>The change key of any session's parking.</summary>
    public const string ParkedKey = "parked";

    /// <summary>Why a session goes on that was woken.</summary>
    public const string HasCome = "What it waited for has come";

    private static readonly TimeSpan _sweep = TimeSpan.FromMinutes(1);

    /// <summary>The keys that some condition waits for, as last read, and whose: all other keys are none of the waker's business.</summary>
    private volatile Dictionary<string, string[]> _awaited = [];

    private bool _hasBegun;
    private long _nextAtMs;

    /// <summary>Stores what a session waits for; its status moves in the same transaction.</summary>
    public static void Park(Tx tx, WakeCondition condition)
    {
        SessionRows.DropWake(tx, condition.SessionId);
        tx.Db.Add(condition);
        tx.Changed(ParkedKey);
    }

    protected override bool Concerns(string key) => key == ParkedKey || _awaited.ContainsKey(key);

    protected override async Task<long> WorkAsync(IReadOnlySet<string> keys, CancellationToken cancellation)
    {
        if (!_hasBegun)
            await BeginQueuesAsync(cancellation);
        _hasBegun = true;
        // Keys that ring all the time do not put off what is due.
        var isAll = keys.Count == 0 || keys.Contains(ParkedKey) || Clock.NowMs() >= _nextAtMs;
        var nextAtMs = await CheckAsync(isAll ? null : keys, cancellation);
        return _nextAtMs = isAll ? nextAtMs : Math.Min(_nextAtMs, nextAtMs);
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
            Log.LogError(exception, "Session {Session} could not be woken", sessionId);
        }
    }

    /// <summary>Wakes what is due or true among the conditions of these keys (null: all); returns when to look again, in UTC ms.</summary>
    private async Task<long> CheckAsync(IReadOnlySet<string>? keys, CancellationToken cancellation)
    {
        var nowMs = Clock.NowMs();
        var nextAtMs = nowMs + (long)_sweep.TotalMilliseconds;
        await using var db = contexts.CreateDbContext();
        var query = db.Set<WakeCondition>().AsQueryable();
        if (keys is not null)
        {
            var sessions = keys.SelectMany(key => _awaited.TryGetValue(key, out var those) ? those : []).ToHashSet();
            query = query.Where(condition => sessions.Contains(condition.SessionId));
        }
        var conditions = await query.ToListAsync(cancellation);
        // Before they are looked at: a key that changes from here on rings, and one that changed until now is seen below.
        if (keys is null)
            _awaited = conditions.SelectMany(condition => condition.Keys.Select(key => (key, condition.SessionId)))
                .GroupBy(pair => pair.key, pair => pair.SessionId).ToDictionary(group => group.Key, group => group.ToArray());
        foreach (var condition in conditions)
        {
            if (condition.DueAtMs is { } due && due > nowMs)
                nextAtMs = Math.Min(nextAtMs, due);
            if (await IsTrueAsync(condition, nowMs, cancellation))
                await OnAsync(condition.SessionId, session => session.ResumeAsync(HasCome, onlyParked: condition.Kind != Handover.Waits));
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
