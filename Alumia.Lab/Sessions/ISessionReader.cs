namespace Alumia.Lab.Sessions;

/// <summary>Reads sessions for one watcher: a member with their rights, or a visitor who sees a part.</summary>
public interface ISessionReader
{
    /// <summary>The newest page of whole turns before an event number (null: the end).</summary>
    /// <exception cref="Refusal">Not found.</exception>
    Task<EventPage> PageAsync(string sessionId, long? before, CancellationToken cancellation);

    /// <summary>All that comes after a cursor, for ever.</summary>
    /// <exception cref="Refusal">Not found.</exception>
    IAsyncEnumerable<IReadOnlyList<Frame>> WatchAsync(string sessionId, Cursor from, CancellationToken cancellation);
}
