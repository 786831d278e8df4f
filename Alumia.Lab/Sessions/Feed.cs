using System.Collections.Concurrent;
using Alumia.Lab.Storage;

namespace Alumia.Lab.Sessions;

/// <summary>
/// What a live turn has told so far, in the node's memory: append-only, with a one-slot bell for each watcher. A watcher reads all that it
/// lacks and is then as new as any, so a slow one costs nobody anything and merging comes for free.
/// </summary>
internal sealed class Feed(long startSequence)
{
    private readonly Lock _lock = new();
    private readonly List<Frame> _frames = [];
    private readonly List<Reader> _readers = [];
    private bool _complete;

    /// <summary>The last stored event before the first frame here.</summary>
    public long StartSequence { get; } = startSequence;

    /// <summary>It repeats what another copy tells.</summary>
    public bool IsMirror { get; init; }

    public void Publish(params ReadOnlySpan<Frame> frames)
    {
        lock (_lock)
        {
            _frames.AddRange(frames);
            foreach (var reader in _readers)
                reader.Ring();
        }
    }

    /// <summary>No more will come: the turn has closed, and all of it is stored.</summary>
    public void Complete()
    {
        lock (_lock)
        {
            _complete = true;
            foreach (var reader in _readers)
                reader.Ring();
        }
    }

    public Reader Open()
    {
        var reader = new Reader(this);
        lock (_lock)
            _readers.Add(reader);
        return reader;
    }

    /// <summary>One watcher's place in the feed.</summary>
    internal sealed class Reader(Feed feed) : IDisposable
    {
        private readonly Bell _bell = new(isRung: true);
        private int _next;

        /// <summary>All frames since the last call; null once the feed is complete and read to its end.</summary>
        public Frame[]? Take()
        {
            lock (feed._lock)
            {
                if (_next == feed._frames.Count)
                    return feed._complete ? null : [];
                var taken = feed._frames[_next..].ToArray();
                _next = feed._frames.Count;
                // The bell may have rung for the last frames and the end together, as one: nobody will ring it again.
                if (feed._complete)
                    Ring();
                return taken;
            }
        }

        public Task WaitAsync(CancellationToken cancellation) => _bell.WaitAsync(cancellation);

        public void Dispose()
        {
            lock (feed._lock)
                feed._readers.Remove(this);
            _bell.Dispose();
        }

        internal void Ring() => _bell.Ring();
    }
}

/// <summary>The feeds of the turns that run in this process.</summary>
internal sealed class LiveFeeds(ChangeFeed changes)
{
    private readonly ConcurrentDictionary<string, Feed> _feeds = new();

    public Feed? Find(string sessionId) => _feeds.GetValueOrDefault(sessionId);

    /// <summary>The feed of a turn that runs in this process.</summary>
    public Feed? Mine(string sessionId) => Find(sessionId) is { IsMirror: false } feed ? feed : null;

    /// <summary>A feed for a turn that runs on another copy; null where one is here.</summary>
    public Feed? OpenMirror(string sessionId, long startSequence)
    {
        var feed = new Feed(startSequence) { IsMirror = true };
        if (!_feeds.TryAdd(sessionId, feed))
            return null;
        changes.Publish([OpenedKey(sessionId)]);
        return feed;
    }

    public Feed Open(string sessionId, long startSequence)
    {
        var feed = _feeds[sessionId] = new Feed(startSequence);
        changes.Publish([OpenedKey(sessionId)]);
        return feed;
    }

    /// <summary>Calls back when a feed of this session opens in this process.</summary>
    public IDisposable WhenOpened(string sessionId, Action opened) => changes.Subscribe(OpenedKey(sessionId), opened);

    public void Close(string sessionId, Feed feed)
    {
        _feeds.TryRemove(new KeyValuePair<string, Feed>(sessionId, feed));
        feed.Complete();
    }

    private static string OpenedKey(string sessionId) => $"feed:{sessionId}";
}
