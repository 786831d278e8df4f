using Alumia.Lab.Ledger;
using Alumia.Lab.Organizations;
using Alumia.Lab.Sessions;

namespace Alumia.Lab.Canvas;

/// <summary>Reads, for one watcher, what a canvas tells of its sessions.</summary>
internal interface ICanvasReader
{
    /// <summary>The last turn of each, by session id.</summary>
    Task<IReadOnlyDictionary<string, EventPage>> LastTurnsAsync(IReadOnlyCollection<string> sessionIds, CancellationToken cancellation);

    /// <summary>What each has cost without these turns (microcents), by session id.</summary>
    Task<IReadOnlyDictionary<string, long>> SpentAsync(IReadOnlyCollection<string> sessionIds, IReadOnlyCollection<string> withoutTurns, CancellationToken cancellation);

    /// <inheritdoc cref="ISessionReader.WatchAsync"/>
    IAsyncEnumerable<IReadOnlyList<Frame>> WatchAsync(string sessionId, Cursor from, CancellationToken cancellation);
}

/// <summary>A member's.</summary>
internal sealed class MemberReader(Conversations conversations, Balances balances, OrgScope scope) : ICanvasReader
{
    public Task<IReadOnlyDictionary<string, EventPage>> LastTurnsAsync(IReadOnlyCollection<string> sessionIds, CancellationToken cancellation) =>
        conversations.LastTurnsAsync(scope, sessionIds, cancellation);

    public Task<IReadOnlyDictionary<string, long>> SpentAsync(IReadOnlyCollection<string> sessionIds, IReadOnlyCollection<string> withoutTurns, CancellationToken cancellation) =>
        balances.SpentAsync(scope, sessionIds, withoutTurns, cancellation);

    public IAsyncEnumerable<IReadOnlyList<Frame>> WatchAsync(string sessionId, Cursor from, CancellationToken cancellation) =>
        conversations.WatchAsync(scope, sessionId, from, cancellation);
}
