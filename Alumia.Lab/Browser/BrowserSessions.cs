using Alumia.Lab.Tools;
using Microsoft.Extensions.Options;

namespace Alumia.Lab.Browser;

/// <summary>Who has a browser open: one a session, closed after idleness, with the session, and when the lab stops.</summary>
internal sealed class BrowserSessions(BrowserHost host, IOptions<BrowserOptions> options, TimeProvider clock) : ISessionResources, IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Entry> _entries = [];
    private readonly Dictionary<string, (Entry Entry, Task Closing)> _closing = [];
    private bool _isStopped;

    /// <summary>Browsers that are open, or opening.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
                return _entries.Count;
        }
    }

    /// <summary>The session's browser, for the time of one call; dispose the lease at its end.</summary>
    /// <exception cref="BrowserException">The browser is off, or too many are open.</exception>
    public async Task<Lease> OpenAsync(string sessionId, CancellationToken cancellation)
    {
        Entry entry;
        string? given = null;
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isStopped, this);
            if (!_entries.TryGetValue(sessionId, out entry!))
            {
                if (_entries.Count >= options.Value.MaxSessions)
                    given = _entries.Where(each => each.Value.Users == 0).OrderBy(each => each.Value.UsedAt).Select(each => each.Key).FirstOrDefault()
                        ?? throw new BrowserException($"All {options.Value.MaxSessions} browsers are at work. Try again in a while.");
                _entries[sessionId] = entry = new Entry(OpenAsync());
            }
            entry.Users++;
        }
        if (given is not null)
            await ReleaseAsync(given); // The one that lay idle longest makes room.
        var lease = new Lease(this, sessionId, entry);
        try
        {
            lease.Session = await entry.Session.WaitAsync(cancellation);
            return lease;
        }
        catch (BrowserException)
        {
            lease.Dispose();
            await ReleaseAsync(sessionId);
            throw;
        }
        catch
        {
            lease.Dispose();
            throw;
        }
    }

    /// <summary>The session's browser, if it is open by now; for looking only.</summary>
    public BrowserSession? Peek(string sessionId)
    {
        lock (_lock)
            return _entries.TryGetValue(sessionId, out var entry) && entry.Session.IsCompletedSuccessfully ? entry.Session.Result : null;
    }

    /// <summary>Closes the session's browser; who asks while it closes waits for the same end.</summary>
    public Task ReleaseAsync(string sessionId)
    {
        lock (_lock)
        {
            if (!_entries.Remove(sessionId, out var entry))
                return _closing.TryGetValue(sessionId, out var under) ? under.Closing : Task.CompletedTask;
            var closing = CloseAsync(sessionId, entry, _closing.TryGetValue(sessionId, out var before) ? before.Closing : Task.CompletedTask);
            _closing[sessionId] = (entry, closing);
            return closing;
        }
    }

    public async ValueTask DisposeAsync()
    {
        List<string> open;
        lock (_lock)
        {
            _isStopped = true;
            open = [.. _entries.Keys, .. _closing.Keys];
        }
        await Task.WhenAll(open.Select(ReleaseAsync));
    }

    private async Task CloseAsync(string sessionId, Entry entry, Task before)
    {
        await Task.Yield(); // The lock is held until here.
        try
        {
            await before;
            await entry.Idle.DisposeAsync();
            await host.CloseAsync((await entry.Session).Context);
        }
        catch (BrowserException)
        {
            // It never opened.
        }
        finally
        {
            lock (_lock)
            {
                if (_closing.TryGetValue(sessionId, out var last) && last.Entry == entry)
                    _closing.Remove(sessionId);
            }
        }
    }

    private async Task<BrowserSession> OpenAsync() => new(await Task.Run(host.OpenAsync), clock);

    private void Return(string sessionId, Entry entry)
    {
        lock (_lock)
        {
            entry.UsedAt = clock.GetTimestamp();
            if (--entry.Users > 0 || !_entries.TryGetValue(sessionId, out var held) || held != entry)
                return;
            entry.Idle.Dispose();
            entry.Idle = clock.CreateTimer(_ => _ = CloseIdleAsync(sessionId, entry), null, TimeSpan.FromMinutes(options.Value.IdleMinutes), Timeout.InfiniteTimeSpan);
        }
    }

    private Task CloseIdleAsync(string sessionId, Entry entry)
    {
        lock (_lock)
        {
            if (entry.Users > 0 || !_entries.TryGetValue(sessionId, out var held) || held != entry)
                return Task.CompletedTask;
        }
        return ReleaseAsync(sessionId);
    }

    /// <summary>A browser in use.</summary>
    internal sealed class Lease(BrowserSessions sessions, string sessionId, Entry entry) : IDisposable
    {
        private int _isReturned;

        public BrowserSession Session { get; set; } = null!;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _isReturned, 1) == 0)
                sessions.Return(sessionId, entry);
        }
    }

    internal sealed class Entry(Task<BrowserSession> session)
    {
        public Task<BrowserSession> Session { get; } = session;

        public ITimer Idle { get; set; } = new Never();

        public int Users { get; set; }

        public long UsedAt { get; set; }
    }

    private sealed class Never : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => false;

        public void Dispose()
        {
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
