using System.Threading.Channels;

namespace Alumia.Lab.Storage;

/// <summary>
/// Work that comes due at times of the lab's clock and when keys change. It looks at the start, when its time has come, when a key of its own
/// changes, and once a minute whatever happens; it never overlaps with itself in one process.
/// </summary>
public abstract class DueWork(ChangeFeed feed, IHostApplicationLifetime lifetime, TimeProvider clock, ILogger log) : BackgroundService
{
    private static readonly TimeSpan _longestWait = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan _pauseAfterFault = TimeSpan.FromSeconds(1);

    /// <summary>The clock that says what is due.</summary>
    protected TimeProvider Clock => clock;

    protected ILogger Log => log;

    /// <summary>Whether a change of this key may have made something due.</summary>
    protected abstract bool Concerns(string key);

    /// <summary>Does what is due, given the keys that changed since (empty: any may have); returns when something is due next, in UTC ms.</summary>
    protected abstract Task<long> WorkAsync(IReadOnlySet<string> keys, CancellationToken cancellation);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var bell = Channel.CreateBounded<string>(new BoundedChannelOptions(10_000) { FullMode = BoundedChannelFullMode.DropOldest });
        // An empty key: some may have been missed, or the lab's clock was moved.
        using var subscription = feed.SubscribeAll(key =>
        {
            if (key.Length == 0 || Concerns(key))
                bell.Writer.TryWrite(key);
        });
        await StartedAsync(stoppingToken);
        IReadOnlySet<string> keys = new HashSet<string>();
        while (!stoppingToken.IsCancellationRequested)
        {
            TimeSpan wait;
            try
            {
                wait = TimeSpan.FromMilliseconds(Math.Clamp(await WorkAsync(keys, stoppingToken) - clock.NowMs(), 1, (long)_longestWait.TotalMilliseconds));
            }
            catch (Exception exception) when (exception is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
            {
                log.LogError(exception, "Work that is due failed; it is tried again");
                wait = _pauseAfterFault;
            }
            keys = await HeardAsync(bell.Reader, wait, stoppingToken);
        }
    }

    /// <summary>Not before the lab listens: what is asked of the outside world may be a stand-in, which is the lab itself.</summary>
    private async Task StartedAsync(CancellationToken stoppingToken)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using (lifetime.ApplicationStarted.Register(() => started.TrySetResult()))
            await started.Task.WaitAsync(stoppingToken);
    }

    /// <summary>Waits for a key or for the time, and takes all keys that came; without any where all must be looked at.</summary>
    private async Task<IReadOnlySet<string>> HeardAsync(ChannelReader<string> bell, TimeSpan wait, CancellationToken cancellation)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using var alarm = clock.CreateTimer(_ => Cancel(either), null, wait, Timeout.InfiniteTimeSpan);
        try
        {
            await bell.WaitToReadAsync(either.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return new HashSet<string>(); // Its time has come.
        }
        var keys = new HashSet<string>();
        while (bell.TryRead(out var key))
            keys.Add(key);
        return keys.Contains("") ? new HashSet<string>() : keys;
    }

    private static void Cancel(CancellationTokenSource source)
    {
        try
        {
            source.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It rang in the moment in which it was put away.
        }
    }
}
