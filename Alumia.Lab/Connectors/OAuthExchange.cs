using OpenIddict.Abstractions;
using OpenIddict.Client;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Abstractions.OpenIddictExceptions;
using static OpenIddict.Client.OpenIddictClientModels;

namespace Alumia.Lab.Connectors;

/// <summary>Speaks with providers' token and revocation endpoints, by OpenIddict's client.</summary>
internal sealed class OAuthExchange(OpenIddictClientService client, OAuthRegistrations registrations, IConfiguration configuration, ILogger<OAuthExchange> log)
{
    /// <summary>Under the limit of a grain's call.</summary>
    private readonly TimeSpan _patience = TimeSpan.FromSeconds(configuration.GetValue("Connectors:ProviderSeconds", 20.0));

    /// <summary>Errors by which providers say that a grant is not good any more; all but the first are of single providers.</summary>
    private static readonly string[] _refusals = [Errors.InvalidGrant, "bad_refresh_token", "invalid_refresh_token", "token_revoked", Errors.ExpiredToken];

    /// <summary>Asks for new tokens. A new refresh token takes the old one's place.</summary>
    public async Task<TokenAnswer> RenewAsync(ConnectorSetup setup, string refreshToken)
    {
        var connector = setup.Connector;
        if (!registrations.Has(connector.Slug))
            return new TokenAnswer.Unreachable($"{connector.Name} is not configured in this lab any more.");
        using var patience = new CancellationTokenSource(_patience);
        try
        {
            var result = await client.AuthenticateWithRefreshTokenAsync(new RefreshTokenAuthenticationRequest
            {
                RegistrationId = connector.Slug,
                RefreshToken = refreshToken,
                DisableUserInfo = true,
                CancellationToken = patience.Token,
            });
            return Read(connector, result.TokenResponse, result.AccessToken, result.RefreshToken == refreshToken ? null : result.RefreshToken);
        }
        catch (ProtocolException exception) when (_refusals.Contains(exception.Error))
        {
            return new TokenAnswer.Refused(ProviderWords.RefusedRefresh(connector, exception.ErrorDescription));
        }
        catch (ProtocolException exception)
        {
            log.LogWarning("{Connector}'s tokens were not renewed: {Error}", connector.Slug, exception.Error);
            return new TokenAnswer.Unreachable(ProviderWords.NoRefresh(connector, exception.Error, exception.ErrorDescription));
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or OperationCanceledException)
        {
            return new TokenAnswer.Unreachable($"{connector.Name}'s provider could not be reached to renew the access.");
        }
    }

    /// <summary>Revokes a grant at its provider; null where that is done, else why not.</summary>
    public async Task<string?> RevokeAsync(ConnectorSetup setup, Credential credential)
    {
        var connector = setup.Connector;
        if (connector.OAuth?.Revoke is null || !registrations.Has(connector.Slug))
            return $"{connector.Name} has no way to revoke it from here.";
        using var patience = new CancellationTokenSource(_patience);
        try
        {
            await client.RevokeTokenAsync(new RevocationRequest
            {
                RegistrationId = connector.Slug,
                Token = credential.Refresh ?? credential.Token,
                TokenTypeHint = credential.Refresh is null ? TokenTypeHints.AccessToken : TokenTypeHints.RefreshToken,
                CancellationToken = patience.Token,
            });
            return null;
        }
        catch (Exception exception) when (exception is ProtocolException or HttpRequestException or IOException or OperationCanceledException)
        {
            return $"{connector.Name}'s provider did not confirm that it revoked the grant.";
        }
    }

    /// <summary>What a token response grants.</summary>
    public static TokenAnswer Read(Connector connector, OpenIddictResponse? response, string? access, string? refresh)
    {
        if (string.IsNullOrEmpty(access))
            return new TokenAnswer.Unreachable($"{connector.Name}'s provider answered without a token.");
        var scopes = ((string?)response?[Parameters.Scope])?.Split([' ', ','], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return new TokenAnswer.Granted(access, string.IsNullOrEmpty(refresh) ? null : refresh, response?.ExpiresIn * 1000, scopes);
    }
}
