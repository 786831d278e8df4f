using Alumia.Lab.Accounts;
using Microsoft.Extensions.Options;
using OpenIddict.Abstractions;
using OpenIddict.Client;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace Alumia.Lab.Connectors;

/// <summary>
/// Tells OpenIddict's client of the connectors: one registration each, named by its slug, with the catalogue's addresses, so that nothing is
/// discovered. The stand-in's address is known only when the lab listens; so a registration that is asked for too early is looked for again.
/// </summary>
internal sealed class OAuthRegistrations(IOptionsMonitor<OpenIddictClientOptions> options, IOptionsMonitorCache<OpenIddictClientOptions> cache)
{
    /// <summary>Whether there is a client for this connector's provider.</summary>
    public bool Has(string slug)
    {
        if (Knows(slug))
            return true;
        cache.TryRemove(Options.DefaultName);
        return Knows(slug);
    }

    private bool Knows(string slug) => options.CurrentValue.Registrations.Any(registration => registration.RegistrationId == slug);
}

/// <summary>Makes the registrations.</summary>
internal sealed class OAuthRegistrationsSetup(ConnectorSetups setups, IConfiguration configuration, IHostEnvironment environment, PublicUrls urls, ILogger<OAuthRegistrations> log)
    : IConfigureOptions<OpenIddictClientOptions>
{
    public void Configure(OpenIddictClientOptions options)
    {
        // As registered with the provider; in Development the address under which the person is here.
        var callback = string.IsNullOrWhiteSpace(configuration["Lab:PublicUrl"])
            ? new Uri(ConnectEndpoints.Callback[1..], UriKind.Relative)
            : new Uri(urls.To(ConnectEndpoints.Callback));
        foreach (var setup in setups.All)
        {
            if (setup is not { Client: { } client, Connector: { OAuth: { } places } connector })
                continue;
            if (!IsSafe(places.Authorize) || !IsSafe(places.Token) || (places.Revoke is { } revoke && !IsSafe(revoke)))
            {
                log.LogWarning("The connector {Connector} is left out: its provider's addresses must be https", connector.Slug);
                continue;
            }
            options.Registrations.Add(RegistrationOf(connector, places, client, callback));
        }
    }

    private bool IsSafe(Uri address) => address.Scheme == Uri.UriSchemeHttps || (environment.IsDevelopment() && address.IsLoopback);

    private static OpenIddictClientRegistration RegistrationOf(Connector connector, OAuthPlaces places, OAuthClient client, Uri callback)
    {
        var configuration = new OpenIddictConfiguration
        {
            Issuer = places.Issuer,
            AuthorizationEndpoint = places.Authorize,
            TokenEndpoint = places.Token,
            RevocationEndpoint = places.Revoke,
        };
        configuration.ResponseTypesSupported.Add(ResponseTypes.Code);
        configuration.ResponseModesSupported.Add(ResponseModes.Query);
        configuration.GrantTypesSupported.UnionWith([GrantTypes.AuthorizationCode, GrantTypes.RefreshToken]);
        configuration.CodeChallengeMethodsSupported.Add(CodeChallengeMethods.Sha256);
        configuration.TokenEndpointAuthMethodsSupported.Add(places.ClientAuthentication);
        configuration.RevocationEndpointAuthMethodsSupported.Add(places.ClientAuthentication);
        var registration = new OpenIddictClientRegistration
        {
            RegistrationId = connector.Slug,
            Issuer = places.Issuer,
            ClientId = client.Id,
            ClientSecret = client.Secret.Length > 0 ? client.Secret : null,
            RedirectUri = callback,
            Configuration = configuration,
        };
        registration.CodeChallengeMethods.Add(CodeChallengeMethods.Sha256); // Without it nothing is sent: PKCE is not left out for anybody.
        registration.GrantTypes.UnionWith([GrantTypes.AuthorizationCode, GrantTypes.RefreshToken]);
        registration.ResponseTypes.Add(ResponseTypes.Code);
        return registration;
    }
}
