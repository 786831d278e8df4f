using System.Collections.Concurrent;
using System.Security.Claims;
using Alumia.Lab.Storage;
using Microsoft.EntityFrameworkCore;

namespace Alumia.Lab.Accounts;

/// <summary>
/// Tells whether a cookie or a circuit is still good. A password change or "sign out everywhere" makes a new stamp, and every principal
/// that carries the old one is refused from then on. Stamps are remembered, so that a request costs no query, and forgotten on the key <c>user:&lt;id&gt;</c>.
/// </summary>
public sealed class SecurityStamps : IDisposable
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(30); // In case a change was missed.
    private readonly ConcurrentDictionary<string, (string? Stamp, long UntilMs)> _stamps = new();
    private readonly IDbContextFactory<LabDbContext> _contexts;
    private readonly TimeProvider _clock;
    private readonly IDisposable _subscription;
    private long _changes;

    public SecurityStamps(IDbContextFactory<LabDbContext> contexts, ChangeFeed feed, TimeProvider clock)
    {
        (_contexts, _clock) = (contexts, clock);
        _subscription = feed.SubscribeAll(Forget);
    }

    /// <summary>False for a principal whose account is gone or whose stamp is no longer the account's.</summary>
    public async ValueTask<bool> AreGoodAsync(ClaimsPrincipal principal, CancellationToken cancellation = default) =>
        principal.UserId() is { } userId && principal.SecurityStamp() is { } stamp && await OfAsync(userId, cancellation) == stamp;

    public void Dispose() => _subscription.Dispose();

    private async ValueTask<string?> OfAsync(string userId, CancellationToken cancellation)
    {
        var now = _clock.NowMs();
        if (_stamps.TryGetValue(userId, out var known) && known.UntilMs > now)
            return known.Stamp;
        var changes = Interlocked.Read(ref _changes);
        await using var db = _contexts.CreateDbContext();
        var stamp = await db.Set<User>().Where(user => user.Id == userId).Select(user => user.SecurityStamp).SingleOrDefaultAsync(cancellation);
        if (stamp is not null)
        {
            _stamps[userId] = (stamp, now + (long)Lifetime.TotalMilliseconds);
            // A change while we read: what we read may be the old one.
            if (Interlocked.Read(ref _changes) != changes)
                _stamps.TryRemove(userId, out _);
        }
        return stamp;
    }

    private void Forget(string key)
    {
        if (key.Length == 0)
        {
            Interlocked.Increment(ref _changes);
            _stamps.Clear();
        }
        else if (key.StartsWith("user:", StringComparison.Ordinal))
        {
            Interlocked.Increment(ref _changes);
            _stamps.TryRemove(key["user:".Length..], out _);
        }
    }
}
