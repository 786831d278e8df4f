using Alumia.Lab.Accounts;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace Alumia.Lab.Offline.OAuth;

/// <summary>Tells OpenIddict where the provider is: under a path of the lab, at the address that people reach it by. Other requests are none of its business.</summary>
internal sealed class OAuthPlace(PublicUrls urls) : IOpenIddictServerHandler<ProcessRequestContext>
{
    public ValueTask HandleAsync(ProcessRequestContext context)
    {
        if (context.RequestUri is not { } uri || !uri.AbsolutePath.StartsWith($"/{OAuthStandIn.Path}", StringComparison.OrdinalIgnoreCase))
        {
            context.SkipRequest();
            return ValueTask.CompletedTask;
        }
        var people = new Uri(urls.To("/"));
        (context.BaseUri, context.RequestUri) = (new Uri(people, OAuthStandIn.Path), new Uri(people, uri.PathAndQuery));
        return ValueTask.CompletedTask;
    }
}

/// <summary>Who may send people to the consent page, and where they are sent back to.</summary>
internal sealed class OAuthClientCheck(OAuthClientAccount account) :
    IOpenIddictServerHandler<ValidateAuthorizationRequestContext>, IOpenIddictServerHandler<ValidateTokenRequestContext>, IOpenIddictServerHandler<ValidateRevocationRequestContext>
{
    public ValueTask HandleAsync(ValidateAuthorizationRequestContext context)
    {
        if (context.ClientId != account.Client.Id)
            context.Reject(Errors.InvalidClient, "The client is not known.");
        else if (!account.IsRedirectUri(context.RedirectUri))
            context.Reject(Errors.InvalidRequest, $"The client's redirect_uri is {account.RedirectUri}.");
        return ValueTask.CompletedTask;
    }

    public ValueTask HandleAsync(ValidateTokenRequestContext context)
    {
        if (!account.HasSecret(context.ClientId, context.ClientSecret))
            context.Reject(Errors.InvalidClient, "The client's id or secret is wrong.");
        return ValueTask.CompletedTask;
    }

    public ValueTask HandleAsync(ValidateRevocationRequestContext context)
    {
        if (!account.HasSecret(context.ClientId, context.ClientSecret))
            context.Reject(Errors.InvalidClient, "The client's id or secret is wrong.");
        return ValueTask.CompletedTask;
    }
}

/// <summary>Exchanges codes and refresh tokens: each works once, and the grant says whether it still does.</summary>
internal sealed class OAuthExchange(OAuthGrants grants, OAuthTokens tokens, IHttpContextAccessor http) : IOpenIddictServerHandler<HandleTokenRequestContext>
{
    public async ValueTask HandleAsync(HandleTokenRequestContext context)
    {
        var gone = http.HttpContext?.RequestAborted ?? CancellationToken.None;
        var use = context.Request.IsAuthorizationCodeGrantType()
            ? await grants.RedeemAsync(OAuthTokens.GrantOf(context.AuthorizationCodePrincipal!), gone)
            : await grants.RefreshAsync(OAuthTokens.GrantOf(context.RefreshTokenPrincipal!), OAuthTokens.RefreshNumberOf(context.RefreshTokenPrincipal!), gone);
        if (use is { Refused: null, Grant: { } grant })
            context.SignIn(tokens.Principal(grant));
        else
            context.Reject(Errors.InvalidGrant, use.Refused);
    }
}

/// <summary>Words answers as the real providers do: the granted scopes with each, without OpenIddict's own <c>offline_access</c>, and the whole lifetime.</summary>
internal sealed class OAuthAnswer : IOpenIddictServerHandler<ProcessSignInContext>
{
    public ValueTask HandleAsync(ProcessSignInContext context)
    {
        if (context is { EndpointType: OpenIddictServerEndpointType.Token, Principal: { } principal })
        {
            context.Response.Scope = string.Join(' ', principal.GetScopes().Where(scope => scope != Scopes.OfflineAccess));
            context.Response.ExpiresIn = (long?)principal.GetAccessTokenLifetime()?.TotalSeconds;
        }
        return ValueTask.CompletedTask;
    }
}

/// <summary>Revokes the grant of whatever token is shown (RFC 7009).</summary>
internal sealed class OAuthRevocation(OAuthGrants grants, IHttpContextAccessor http) : IOpenIddictServerHandler<HandleRevocationRequestContext>
{
    public async ValueTask HandleAsync(HandleRevocationRequestContext context) =>
        await grants.RevokeAsync(OAuthTokens.GrantOf(context.GenericTokenPrincipal!), http.HttpContext?.RequestAborted ?? CancellationToken.None);
}
