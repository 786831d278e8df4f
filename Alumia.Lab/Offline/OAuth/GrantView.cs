namespace Alumia.Lab.Offline.OAuth;

/// <summary>A grant as the desk shows it: <c>State</c> says why it does not hold, or that it does; <c>Refreshes</c> how often its refresh token was exchanged.</summary>
public sealed record GrantView(string Id, string Account, string Client, string Scope, string State, bool Holds, long Refreshes)
{
    internal const string Good = "holds";

    internal static GrantView Of(OAuthGrant grant, long passwordVersion)
    {
        var ended = grant.Ended ?? (grant.PasswordVersion == passwordVersion ? null : OAuthGrants.PasswordChanged);
        return new GrantView(grant.Id, grant.Account, grant.Client, grant.Scope, ended ?? Good, ended is null, grant.RefreshNumber);
    }
}
