using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;
using OpenIddict.Abstractions;
using OpenIddict.Client;
using OpenIddict.Client.SystemNetHttp;
using static OpenIddict.Client.OpenIddictClientEvents;

namespace Alumia.Lab.Connectors;

/// <summary>OpenIddict's client, as the lab uses it: the authorization code with PKCE and state, addresses from the catalogue, one way back.</summary>
internal static class OAuthSetup
{
    public static void AddOAuth(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<OAuthRegistrations>();
        builder.Services.AddSingleton<IConfigureOptions<OpenIddictClientOptions>, OAuthRegistrationsSetup>();
        builder.Services.AddOpenIddict().AddClient(client =>
        {
            client.AllowAuthorizationCodeFlow().AllowRefreshTokenFlow();
            client.SetRedirectionEndpointUris(ConnectEndpoints.Callback[1..]);
            client.DisableTokenStorage(); // The state names a row of ours, which is good once, and ends sooner.
            client.SetStateTokenLifetime(TimeSpan.FromHours(1));
            // States are protected by Data Protection, whose keys all copies share; these keys are asked for and not used. No RSA keys: two of
            // them take seconds to make, which the first request of each process would wait for.
            client.AddEncryptionKey(new SymmetricSecurityKey(RandomNumberGenerator.GetBytes(32)));
            client.AddSigningKey(new ECDsaSecurityKey(ECDsa.Create(ECCurve.NamedCurves.nistP256)));
            client.UseDataProtection();
            // One way back for all, whose address in the state may be the public one where a proxy's is seen here.
            client.RemoveEventHandler(OpenIddictClientHandlers.ValidateEndpointUri.Descriptor);
            // Providers that name themselves in their answers, and those that do not, are both told of by the catalogue alone.
            client.RemoveEventHandler(OpenIddictClientHandlers.ValidateIssuerParameter.Descriptor);
            client.AddEventHandler<ProcessAuthenticationContext>(handler => handler
                .UseInlineHandler(CompareIssuer).SetOrder(OpenIddictClientHandlers.ValidateIssuerParameter.Descriptor.Order));
            client.AddEventHandler(AttemptCheck.Descriptor);
            client.AddEventHandler<HandleTokenResponseContext>(handler => handler
                .UseInlineHandler(KeepTheProvidersWords).SetOrder(OpenIddictClientHandlers.Exchange.HandleErrorResponse.Descriptor.Order - 500));
            client.AddEventHandler<ExtractRevocationResponseContext>(handler => handler
                .UseInlineHandler(TakeAnyRevocation).SetOrder(OpenIddictClientSystemNetHttpHandlers.ExtractJsonHttpResponse<ExtractRevocationResponseContext>.Descriptor.Order - 500));
            client.AddEventHandler<ProcessAuthenticationContext>(handler => handler
                .UseInlineHandler(LeaveIdentityAlone).SetOrder(OpenIddictClientHandlers.EvaluateValidatedBackchannelTokens.Descriptor.Order + 500));
            var http = client.UseSystemNetHttp().SetProductInformation("AlumiaLab", "1.0");
            http.Configure(options => options.HttpResiliencePipeline = null); // A refresh token that is sent again may be taken for stolen.
            http.ConfigureHttpClientHandler(handler => handler.AllowAutoRedirect = false);
            var host = client.UseAspNetCore().EnableRedirectionEndpointPassthrough().EnableErrorPassthrough().DisableAutomaticAuthenticationSchemeForwarding();
            if (builder.Environment.IsDevelopment())
                host.DisableTransportSecurityRequirement();
            var secure = builder.Environment.IsDevelopment() ? CookieSecurePolicy.SameAsRequest : CookieSecurePolicy.Always;
            host.Configure(options => options.CookieBuilder = new CookieBuilder
            {
                Name = "alumia.connect",
                HttpOnly = true,
                IsEssential = true,
                SameSite = SameSiteMode.Lax,
                SecurePolicy = secure,
            });
        });
        // Requests and answers of token endpoints, and the code in the callback's address, are nobody's to read.
        builder.Logging.AddFilter("OpenIddict", LogLevel.Warning);
        builder.Logging.AddFilter("System.Net.Http.HttpClient.OpenIddict", LogLevel.Warning);
        builder.Logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.Warning);
    }

    /// <summary>An answer of another provider than the one that was asked (a mix-up) is refused, where it says so.</summary>
    private static ValueTask CompareIssuer(ProcessAuthenticationContext context)
    {
        if (context.EndpointType == OpenIddictClientEndpointType.Redirection && (string?)context.Request[OpenIddictConstants.Parameters.Iss] is { Length: > 0 } issuer
            && (!Uri.TryCreate(issuer, UriKind.Absolute, out var address) || address != context.Registration.Issuer))
        {
            context.Reject(OpenIddictConstants.Errors.InvalidRequest, "The answer is of another issuer.");
        }
        return default;
    }

    /// <summary>OpenIddict has a sentence of its own for every error; why a grant is refused is in the provider's.</summary>
    private static ValueTask KeepTheProvidersWords(HandleTokenResponseContext context)
    {
        if (!string.IsNullOrEmpty(context.Response.Error))
            context.Reject(context.Response.Error, context.Response.ErrorDescription ?? " ");
        return default;
    }

    /// <summary>A revocation that worked may answer with anything or nothing (RFC 7009).</summary>
    private static ValueTask TakeAnyRevocation(ExtractRevocationResponseContext context)
    {
        if (context.Transaction.GetHttpResponseMessage()?.IsSuccessStatusCode is true)
            context.Response = new OpenIddictResponse();
        return default;
    }

    /// <summary>Who the account is, the probe tells; an identity token would need the provider's keys.</summary>
    private static ValueTask LeaveIdentityAlone(ProcessAuthenticationContext context)
    {
        (context.ExtractBackchannelIdentityToken, context.RequireBackchannelIdentityToken, context.ValidateBackchannelIdentityToken) = (false, false, false);
        return default;
    }
}
