using System.Runtime.CompilerServices;
using Alumia.Lab.Sessions.Cluster;
using Alumia.Lab.Storage;
using Microsoft.EntityFrameworkCore;

namespace Alumia.Lab.Sessions;

/// <summary>Follows one session from a cursor, for ever: stored events from the database, the live turn from its feed, and nothing twice or left out.</summary>
internal sealed class SessionWatch(IDbContextFactory<LabDbContext> contexts, LiveFeeds feeds, FeedMirrors mirrors, ChangeFeed changes)
{
    private const int MostEvents = 1_000;

    public async IAsyncEnumerable<IReadOnlyList<Frame>> FollowAsync(string sessionId, Cursor from, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var cursor = from;
        var told = false;
        using var bell = new Bell();
        using var changed = changes.Subscribe(Conversations.Key(sessionId), bell.Ring);
        using var opened = feeds.WhenOpened(sessionId, bell.Ring);
        using var mirrored = mirrors.Watch(sessionId);
        while (!cancellation.IsCancellationRequested)
        {
            var feed = feeds.Find(sessionId);
            if (feed is not null && cursor.Sequence >= feed.StartSequence)
            {
                using var reader = feed.Open();
                while (reader.Take() is { } frames)
                {
                    var news = FrameMerge.After(frames, ref cursor);
                    if (!told)
                        news.Add(new CaughtUpFrame(cursor));
                    told = true;
                    if (news.Count > 0)
                        yield return news;
                    await reader.WaitAsync(cancellation);
                }
                continue;
            }
            var stored = await StoredAsync(sessionId, cursor, feed?.StartSequence, cancellation);
            if (stored.Count > 0)
            {
                if (FrameMerge.Cut(stored, cursor) is { } cut)
                    yield return [cut];
                cursor = new Cursor(stored[^1].Sequence, 0);
                yield return stored.ConvertAll(Frame (each) => new EventFrame(each));
                continue;
            }
            if (!told)
                yield return [new CaughtUpFrame(cursor)];
            told = true;
            await bell.WaitAsync(cancellation);
        }
    }

    private async Task<List<SessionEvent>> StoredAsync(string sessionId, Cursor cursor, long? upTo, CancellationToken cancellation)
    {
        await using var db = contexts.CreateDbContext();
        var rows = await db.Set<SessionEventRecord>()
            .Where(row => row.SessionId == sessionId && row.Sequence > cursor.Sequence && (upTo == null || row.Sequence <= upTo))
            .OrderBy(row => row.Sequence).Take(MostEvents).ToListAsync(cancellation);
        return rows.ConvertAll(row => row.ToEvent());
    }
}
