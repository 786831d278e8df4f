using System.Security.Cryptography;
using Microsoft.IdentityModel.Tokens;
using OpenIddict.Server;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace Alumia.Lab.Offline.OAuth;

/// <summary>
/// The stand-in provider's protocol, by OpenIddict's server in its degraded mode: clients and grants are rows and rules of ours. Tokens are
/// protected by the lab's key ring, so that every copy reads them and a restart ends none.
/// </summary>
internal static class OAuthServer
{
    public static void AddOAuthServer(this IServiceCollection services)
    {
        services.AddHttpContextAccessor();
        services.AddOpenIddict().AddServer(options =>
        {
            options.EnableDegradedMode();
            options.SetAuthorizationEndpointUris("authorize").SetTokenEndpointUris("token").SetRevocationEndpointUris("revoke");
            options.AllowAuthorizationCodeFlow().AllowRefreshTokenFlow().RequireProofKeyForCodeExchange();
            options.RegisterScopes([.. OAuthScopes.All.Select(scope => scope.Name)]);
            options.SetRefreshTokenLifetime(TimeSpan.FromDays(3650)); // Longer than any grant, which has the real end.
            options.UseDataProtection();
            // OpenIddict asks for both; nothing is made with them.
            options.AddEncryptionKey(new SymmetricSecurityKey(RandomNumberGenerator.GetBytes(32)));
            options.AddSigningKey(new ECDsaSecurityKey(ECDsa.Create(ECCurve.NamedCurves.nistP256)));

            options.AddEventHandler<ProcessRequestContext>(handler => handler.UseSingletonHandler<OAuthPlace>().SetOrder(int.MinValue + 75_000)); // After the address is known, before it is looked at.
            options.AddEventHandler<ValidateAuthorizationRequestContext>(handler => handler.UseSingletonHandler<OAuthClientCheck>());
            options.AddEventHandler<ValidateTokenRequestContext>(handler => handler.UseSingletonHandler<OAuthClientCheck>());
            options.AddEventHandler<ValidateRevocationRequestContext>(handler => handler.UseSingletonHandler<OAuthClientCheck>());
            options.AddEventHandler<HandleTokenRequestContext>(handler => handler.UseScopedHandler<OAuthExchange>());
            options.AddEventHandler<HandleRevocationRequestContext>(handler => handler.UseSingletonHandler<OAuthRevocation>());
            options.AddEventHandler<ProcessSignInContext>(handler => handler.UseSingletonHandler<OAuthAnswer>().SetOrder(OpenIddictServerHandlers.AttachSignInParameters.Descriptor.Order + 500));
            options.UseAspNetCore().EnableAuthorizationEndpointPassthrough().DisableTransportSecurityRequirement();
        });
        services.AddSingleton<OAuthClientAccount>();
        services.AddSingleton<OAuthGrants>();
        services.AddSingleton<OAuthTickets>();
        services.AddScoped<OAuthTokens>();
    }
}
