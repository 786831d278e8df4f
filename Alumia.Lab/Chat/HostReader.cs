using Alumia.Lab.Organizations;
using Alumia.Lab.Sessions;

namespace Alumia.Lab.Chat;

/// <summary>A member's reading of sessions, through the panel's host.</summary>
internal sealed class HostReader(IChatHost host, OrgScope scope) : ISessionReader
{
    public Task<EventPage> PageAsync(string sessionId, long? before, CancellationToken cancellation) => host.PageAsync(scope, sessionId, before, cancellation);

    public IAsyncEnumerable<IReadOnlyList<Frame>> WatchAsync(string sessionId, Cursor from, CancellationToken cancellation) => host.WatchAsync(scope, sessionId, from, cancellation);
}
