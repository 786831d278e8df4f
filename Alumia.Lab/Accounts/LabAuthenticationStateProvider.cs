using System.Security.Claims;
using Alumia.Lab.Storage;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server;

namespace Alumia.Lab.Accounts;

/// <summary>Signs a circuit out at once when its person's password changes or they sign out everywhere.</summary>
public sealed class LabAuthenticationStateProvider : RevalidatingServerAuthenticationStateProvider
{
    private static readonly Task<AuthenticationState> Nobody = Task.FromResult(new AuthenticationState(new ClaimsPrincipal(new ClaimsIdentity())));
    private readonly SecurityStamps _stamps;
    private readonly ChangeFeed _feed;
    private readonly Lock _lock = new();
    private string? _followed;
    private IDisposable? _subscription;
    private bool _disposed;
    private volatile bool _resting;

    public LabAuthenticationStateProvider(ILoggerFactory loggers, SecurityStamps stamps, ChangeFeed feed)
        : base(loggers)
    {
        (_stamps, _feed) = (stamps, feed);
        AuthenticationStateChanged += state => _ = FollowAsync(state);
    }

    /// <summary>
    /// For the request that changes the stamp itself: it answers with a cookie of its own, and its page must not turn into a stranger's while it is written.
    /// </summary>
    internal void Rest()
    {
        lock (_lock)
        {
            _resting = true;
            _subscription?.Dispose();
            _subscription = null;
        }
    }

    protected override TimeSpan RevalidationInterval => TimeSpan.FromSeconds(30); // In case a change was missed.

    protected override async Task<bool> ValidateAuthenticationStateAsync(AuthenticationState authenticationState, CancellationToken cancellationToken) =>
        await _stamps.AreGoodAsync(authenticationState.User, cancellationToken);

    protected override void Dispose(bool disposing)
    {
        lock (_lock)
        {
            _disposed = true;
            _subscription?.Dispose();
        }
        base.Dispose(disposing);
    }

    private async Task FollowAsync(Task<AuthenticationState> state)
    {
        var userId = (await state).User.UserId();
        lock (_lock)
        {
            if (_disposed || _resting || _followed == userId)
                return;
            _subscription?.Dispose();
            _followed = userId;
            _subscription = userId is null ? null : _feed.Subscribe($"user:{userId}", () => _ = Task.Run(CheckAsync));
        }
        await CheckAsync(); // It may have changed before we listened.
    }

    private async Task CheckAsync()
    {
        var user = (await GetAuthenticationStateAsync()).User;
        if (user.UserId() is not null && !await _stamps.AreGoodAsync(user) && !_disposed && !_resting)
            SetAuthenticationState(Nobody);
    }
}
