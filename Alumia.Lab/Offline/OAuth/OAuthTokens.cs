using System.Globalization;
using System.Security.Claims;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace Alumia.Lab.Offline.OAuth;

/// <summary>What the provider's tokens say: their grant, and which of its refresh and access tokens they are.</summary>
internal sealed class OAuthTokens(IOpenIddictServerFactory factory, IOpenIddictServerDispatcher dispatcher, OAuthGrants grants, OfflineDesk desk)
{
    private const string Grant = "grant";
    private const string Refresh = "refresh";
    private const string Access = "access";

    /// <summary>The tokens that a grant has next.</summary>
    public ClaimsPrincipal Principal(OAuthGrant grant)
    {
        var identity = new ClaimsIdentity("offline", Claims.Name, Claims.Role);
        identity.SetClaim(Claims.Subject, grant.Account).SetClaim(Grant, grant.Id)
            .SetClaim(Refresh, grant.RefreshNumber.ToString(CultureInfo.InvariantCulture)).SetClaim(Access, grant.AccessNumber.ToString(CultureInfo.InvariantCulture));
        identity.SetScopes([.. grant.Scope.Split(' ', StringSplitOptions.RemoveEmptyEntries), Scopes.OfflineAccess]);
        identity.SetDestinations(claim => claim.Type is Claims.Subject or Grant or Access ? [Destinations.AccessToken] : []);
        var principal = new ClaimsPrincipal(identity);
        principal.SetAccessTokenLifetime(TimeSpan.FromSeconds(Math.Max(1, desk.Number(OfflineSwitches.OAuthTokenSeconds))));
        return principal;
    }

    public static string GrantOf(ClaimsPrincipal principal) => principal.GetClaim(Grant) ?? "";

    public static long RefreshNumberOf(ClaimsPrincipal principal) => NumberOf(principal, Refresh);

    /// <summary>The grant of an access token; null where the token is none, or works no longer.</summary>
    public async Task<OAuthGrant?> FindAsync(string token, CancellationToken cancellation)
    {
        var validation = new ValidateTokenContext(await factory.CreateTransactionAsync())
        {
            Token = token,
            DisableAudienceValidation = true,
            DisablePresenterValidation = true,
        };
        validation.ValidTokenTypes.Add(TokenTypeIdentifiers.AccessToken);
        await dispatcher.DispatchAsync(validation);
        return validation is { IsRejected: false, Principal: { } principal }
            ? await grants.FindForAccessAsync(GrantOf(principal), NumberOf(principal, Access), cancellation)
            : null;
    }

    /// <summary>Which grant a token of any kind is of, however it stands with it; null where it is none of the provider's.</summary>
    public async Task<string?> GrantIdAsync(string token)
    {
        var validation = new ValidateTokenContext(await factory.CreateTransactionAsync()) { Token = token, DisableAudienceValidation = true, DisablePresenterValidation = true, DisableLifetimeValidation = true };
        validation.ValidTokenTypes.UnionWith([TokenTypeIdentifiers.AccessToken, TokenTypeIdentifiers.RefreshToken]);
        await dispatcher.DispatchAsync(validation);
        return validation is { IsRejected: false, Principal: { } principal } ? GrantOf(principal) : null;
    }

    private static long NumberOf(ClaimsPrincipal principal, string name) => long.TryParse(principal.GetClaim(name), NumberStyles.Integer, CultureInfo.InvariantCulture, out var number) ? number : -1;
}
