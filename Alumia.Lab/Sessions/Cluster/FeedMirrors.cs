using Alumia.Lab.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Alumia.Lab.Sessions.Cluster;

/// <summary>
/// Feeds of turns that run on other copies: while anybody here watches such a session, one pump brings its frames from where it runs into a feed of this
/// process, which watchers read as they read any. A line that breaks ends the feed, and its watchers go on with what is stored.
/// </summary>
internal sealed class FeedMirrors(
    IDbContextFactory<LabDbContext> contexts, LiveFeeds feeds, ChangeFeed changes, IGrainFactory grains, Node node, IOptions<ClusterOptions> options, ILogger<FeedMirrors> log)
{
    private static readonly TimeSpan _again = TimeSpan.FromMilliseconds(250);
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Pump> _pumps = [];

    /// <summary>Somebody watches this session, until disposed.</summary>
    public IDisposable? Watch(string sessionId)
    {
        if (!options.Value.IsMany)
            return null;
        lock (_lock)
        {
            if (!_pumps.TryGetValue(sessionId, out var pump))
            {
                _pumps[sessionId] = pump = new Pump();
                _ = RunAsync(sessionId, pump.Stop.Token);
            }
            pump.Watchers++;
            return new Watching(this, sessionId, pump);
        }
    }

    private void Leave(string sessionId, Pump pump)
    {
        lock (_lock)
        {
            if (--pump.Watchers > 0)
                return;
            _pumps.Remove(sessionId);
        }
        pump.Stop.Cancel();
    }

    private async Task RunAsync(string sessionId, CancellationToken cancellation)
    {
        using var bell = new Bell(isRung: true);
        using var changed = changes.Subscribe(Conversations.Key(sessionId), bell.Ring);
        while (!cancellation.IsCancellationRequested)
        {
            try
            {
                await bell.WaitAsync(cancellation);
                while (await RunsElsewhereAsync(sessionId, cancellation))
                {
                    await PumpAsync(sessionId, cancellation);
                    await Task.Delay(_again, cancellation); // It has ended and its end is not stored yet; or it has just begun.
                }
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                return;
            }
#pragma warning disable CA1031 // The copy where it runs may be gone in any way; what is stored is shown meanwhile.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                log.LogInformation(exception, "The feed of session {Session} was cut; it is asked for again", sessionId);
                await Task.Delay(_again, CancellationToken.None);
                bell.Ring();
            }
        }
    }

    private async Task<bool> RunsElsewhereAsync(string sessionId, CancellationToken cancellation)
    {
        if (feeds.Mine(sessionId) is not null)
            return false;
        await using var db = contexts.CreateDbContext();
        return await db.Set<Session>() // Of every org: whoever watches was let in before.
            .AnyAsync(session => session.Id == sessionId && session.Status == SessionStatus.Active && session.Node != node.Name, cancellation);
    }

    private async Task PumpAsync(string sessionId, CancellationToken cancellation)
    {
        Feed? mirror = null;
        try
        {
            await foreach (var part in grains.GetGrain<ISessionGrain>(sessionId).FollowAsync(cancellation).WithCancellation(cancellation))
            {
                mirror ??= feeds.OpenMirror(sessionId, part.Start);
                if (mirror is null)
                    return; // It runs here by now.
                mirror.Publish(Array.ConvertAll(part.Frames, frame => frame.ToFrame()));
            }
        }
        finally
        {
            if (mirror is not null)
                feeds.Close(sessionId, mirror);
        }
    }

    private sealed class Pump
    {
        public CancellationTokenSource Stop { get; } = new();

        public int Watchers { get; set; }
    }

    private sealed class Watching(FeedMirrors mirrors, string sessionId, Pump pump) : IDisposable
    {
        private int _isOver;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _isOver, 1) == 0)
                mirrors.Leave(sessionId, pump);
        }
    }
}
