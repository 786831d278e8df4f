namespace Alumia.Lab.Offline.OAuth;

/// <summary>What can be done to a grant at the provider.</summary>
/// <param name="Name">In addresses.</param>
/// <param name="Words">On the button.</param>
public sealed record GrantDeed(string Name, string Words)
{
    internal static IReadOnlyList<GrantDeed> All { get; } =
    [
        new("revoke", "Revoke the grant") { Do = (grants, id, ended) => grants.RevokeAsync(id, ended) },
        new("change-password", "Change the password") { Do = (grants, id, ended) => grants.ChangePasswordAsync(id, ended) },
        new("expire-refresh", "Expire the refresh token") { Do = (grants, id, ended) => grants.ExpireRefreshAsync(id, ended) },
        new("expire-access", "Expire access tokens") { Do = (grants, id, ended) => grants.ExpireAccessAsync(id, ended) },
    ];

    internal Func<OAuthGrants, string, CancellationToken, Task> Do { get; private init; } = (_, _, _) => Task.CompletedTask;

    internal static GrantDeed? Find(string name) => All.FirstOrDefault(deed => deed.Name == name);
}
