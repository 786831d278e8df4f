using Alumia.Lab.Sessions;

namespace Alumia.Lab.Canvas;

/// <summary>
/// What the agents of one canvas do, for the nodes that are on screen: sessions at work are watched, the others' last turns are read together
/// when their nodes come into view. All that comes in one tick is drawn at once, and a watcher goes on only when its news was taken.
/// </summary>
/// <remarks><c>onPage</c> runs a work on the page's own thread and draws all that it changed in one batch.</remarks>
internal sealed class CanvasActivity(ICanvasReader reader, TimeProvider clock, Func<Action, Task> onPage, ILogger log) : IDisposable
{
    private static readonly TimeSpan _tick = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan _retry = TimeSpan.FromSeconds(1);
    private readonly CancellationTokenSource _gone = new();
    private readonly Dictionary<string, SessionLight> _lights = [];
    private readonly Dictionary<string, CancellationTokenSource> _watches = [];
    private readonly Lock _lock = new();
    private List<(SessionLight Light, IReadOnlyList<Frame> Frames)> _news = [];
    private TaskCompletionSource? _taken;

    /// <summary>The light of one session; it stays the same object.</summary>
    public SessionLight Of(string sessionId)
    {
        if (!_lights.TryGetValue(sessionId, out var light))
            _lights[sessionId] = light = new SessionLight(sessionId);
        return light;
    }

    /// <summary>Brings the sessions that are on screen up to date. On the page's thread.</summary>
    public async Task ShowAsync(IReadOnlyCollection<Session> onScreen)
    {
        foreach (var gone in _watches.Keys.Except(onScreen.Where(session => session.Status.IsLive()).Select(session => session.Id)).ToList())
            StopWatching(gone);
        var stale = onScreen.Where(IsStale).ToList();
        if (stale.Count > 0)
        {
            var pages = await reader.LastTurnsAsync([.. stale.Select(session => session.Id)], _gone.Token);
            // Turns before the last one are over, so what they cost stands.
            var turns = pages.Values.SelectMany(page => page.Events).Select(stored => stored.TurnId).Distinct().ToList();
            var spent = await reader.SpentAsync([.. stale.Select(session => session.Id)], turns, _gone.Token);
            await onPage(() =>
            {
                // Another look may have come first meanwhile: what it read, and what a watch has told since, is not undone.
                foreach (var session in stale.Where(IsStale))
                {
                    var light = Of(session.Id);
                    light.Open(session.Status, pages.GetValueOrDefault(session.Id), session.LastSequence, spent.GetValueOrDefault(session.Id));
                    light.Draw();
                }
            });
        }
        foreach (var session in onScreen.Where(session => session.Status.IsLive() && !_watches.ContainsKey(session.Id)))
        {
            var watch = _watches[session.Id] = CancellationTokenSource.CreateLinkedTokenSource(_gone.Token);
            _ = WatchAsync(Of(session.Id), watch.Token);
        }
    }

    public void Dispose()
    {
        _gone.Cancel();
        foreach (var watch in _watches.Values)
            watch.Dispose();
        _watches.Clear();
        _gone.Dispose();
    }

    private bool IsStale(Session session) => !_watches.ContainsKey(session.Id) && Of(session.Id).ReadTo < session.LastSequence;

    private void StopWatching(string sessionId)
    {
        _watches.Remove(sessionId, out var watch);
        watch?.Cancel();
        watch?.Dispose();
    }

    private async Task WatchAsync(SessionLight light, CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested)
        {
            try
            {
                await foreach (var frames in reader.WatchAsync(light.SessionId, light.End, cancellation))
                    await TakeAsync(light, frames).WaitAsync(cancellation);
            }
            catch (Exception exception) when (cancellation.IsCancellationRequested || exception is Refusal)
            {
                return; // Out of view, or deleted: the list of nodes tells.
            }
#pragma warning disable CA1031 // Whatever broke the watch, it is taken up again.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                log.LogWarning(exception, "The canvas's watch of session {Session} broke", light.SessionId);
            }
            await Task.Delay(_retry, clock, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private Task TakeAsync(SessionLight light, IReadOnlyList<Frame> frames)
    {
        lock (_lock)
        {
            _news.Add((light, frames));
            if (_taken is null)
            {
                _taken = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                _ = TickAsync();
            }
            return _taken.Task;
        }
    }

    /// <summary>Takes all that waits, then rests for a tick; so the first news is shown at once.</summary>
    private async Task TickAsync()
    {
        List<(SessionLight Light, IReadOnlyList<Frame> Frames)> news;
        try
        {
            await onPage(() =>
            {
                lock (_lock)
                    (news, _news) = (_news, []);
                foreach (var light in news.Where(item => item.Light.Apply(item.Frames)).Select(item => item.Light).Distinct())
                {
                    light.Draw();
                }
            });
            await Task.Delay(_tick, clock, _gone.Token);
        }
        catch (Exception exception) when (exception is OperationCanceledException or ObjectDisposedException)
        {
            // The canvas went away, and with it whoever waits; no tick begins any more.
            lock (_lock)
                _taken!.TrySetCanceled(CancellationToken.None);
            return;
        }
#pragma warning disable CA1031 // What one tick could not draw, the next one draws with its own; the agents' news must go on.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            log.LogWarning(exception, "A tick of the canvas failed");
        }
        lock (_lock)
        {
            _taken!.SetResult();
            _taken = null;
            if (_news.Count == 0)
                return;
            _taken = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
        _ = TickAsync();
    }
}
