using Alumia.Lab.Storage;

namespace Alumia.Lab.Connectors;

/// <summary>
/// Renews a connection's tokens at its provider and stores the new pair before anybody uses it. A pair is stored only over the one that it came
/// from; a provider that gives no new refresh token leaves the old one good.
/// </summary>
internal sealed class TokenRenewal(ConnectionFinder finder, CredentialDesk desk, ConnectionVault vault, OAuthExchange oauth, Writer writer, TimeProvider clock)
{
    public async Task<RenewalAnswer> RunAsync(string connectionId, long version)
    {
        if (await finder.GetAsync(connectionId, CancellationToken.None) is not { } connection)
            return new(RenewalOutcome.Refused, "This connection is gone: it was disconnected.");
        if (connection.Version != version)
            return connection.Status == ConnectionStatus.AuthFailed ? new(RenewalOutcome.Refused, connection.Failure) : new(RenewalOutcome.Renewed, "");
        var (held, no) = await desk.OpenAsync(connectionId, CancellationToken.None);
        if (held is null)
            return Told(no!);
        if (held.Connection.Version != version)
            return new(RenewalOutcome.Renewed, "");
        if (held.Credential.Refresh is null)
            return Told(await desk.FailAsync(held, $"The access to {held.Name} has ended, and its provider gave nothing to renew it with."));
        switch (await oauth.RenewAsync(held.Setup, held.Credential.Refresh))
        {
            case TokenAnswer.Granted granted:
                await StoreAsync(held, granted);
                return new(RenewalOutcome.Renewed, "");
            case TokenAnswer.Refused refused:
                return Told(await desk.FailAsync(held, refused.Reason));
            case TokenAnswer.Unreachable unreachable:
                await writer.Write(tx => ConnectionBook.Erred(tx, connectionId, unreachable.Why));
                return new(RenewalOutcome.Unreachable, unreachable.Why);
            case var other:
                throw new InvalidOperationException($"Not an answer: {other}");
        }
    }

    private Task StoreAsync(HeldCredential held, TokenAnswer.Granted granted)
    {
        var connection = held.Connection;
        var secret = vault.Lock(connection.OrgId, connection.Id, new Credential(granted.Access, granted.Refresh ?? held.Credential.Refresh));
        var expires = granted.ExpiresInMs is { } length ? clock.NowMs() + length : (long?)null;
        return writer.Write(tx =>
        {
            if (ConnectionBook.Find(tx, connection.Id) is not { } row || row.Version != connection.Version)
                return; // Reconnected or disconnected meanwhile: that counts.
            (row.Secret, row.ExpiresAtMs, row.Version) = (secret, expires, row.Version + 1);
            if (granted.Scopes is { } scopes)
                row.Scopes = [.. scopes];
            ConnectionBook.Tell(tx, row);
        });
    }

    private static RenewalAnswer Told(Access access) => access switch
    {
        Access.Refused refused => new(RenewalOutcome.Refused, refused.Reason),
        Access.Unreachable unreachable => new(RenewalOutcome.Unreachable, unreachable.Why),
        _ => throw new InvalidOperationException($"Not an answer: {access}"),
    };
}
