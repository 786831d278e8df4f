using Alumia.Lab.Organizations;
using Alumia.Lab.Storage;

namespace Alumia.Lab.Connectors;

/// <summary>
/// What a person brings back from a consent: proved by a call, and then the connection's own. What was really granted counts, not what was asked
/// for; another account than before changes nothing until the person has said so.
/// </summary>
internal sealed class ConnectReturn(ConnectionFinder finder, ConnectorSetups setups, ConnectorProbing probing, ConnectionVault vault, OAuthExchange oauth, Writer writer, Audit audit)
{
    /// <summary>What is told where there is nothing else to tell.</summary>
    public const string Plain = "Connected.";

    /// <summary>The person came back with tokens.</summary>
    public async Task CompleteAsync(ConnectAttempt attempt, TokenAnswer.Granted granted, CancellationToken cancellation)
    {
        if (setups.Find(attempt.Connector) is not { Connector.OAuth: not null } setup)
        {
            await EndAsync(attempt, "This connector is not in the lab any more.");
            return;
        }
        var connector = setup.Connector;
        if (await finder.GetAsync(attempt.ConnectionId, cancellation) is null)
        {
            await oauth.RevokeAsync(setup, new Credential(granted.Access, granted.Refresh));
            await EndAsync(attempt, $"{connector.Name} was disconnected meanwhile; nothing was kept.");
            return;
        }
        switch (await probing.ProbeAsync(connector, granted.Access, cancellation))
        {
            case Probed.Good good:
                await KeepAsync(attempt, connector, granted, good.Account);
                break;
            case Probed.Bad bad:
                await EndAsync(attempt, $"The consent was given, but the access does not work: {bad.Why}");
                break;
            case Probed.Unknown unknown:
                await WaitAsync(attempt, granted, unknown.Why);
                break;
        }
    }

    /// <summary>The person came back without tokens: nothing is as it was not before.</summary>
    public Task EndAsync(ConnectAttempt attempt, string outcome) => writer.Write(tx =>
    {
        Say(tx, attempt, outcome, false);
        if (ConnectionBook.Find(tx, attempt.ConnectionId) is not { } row)
            return;
        ConnectionBook.Tell(tx, row);
        if (row.Status == ConnectionStatus.Connecting && row.Secret.Length == 0)
            tx.Db.Remove(row);
    });

    private Task KeepAsync(ConnectAttempt attempt, Connector connector, TokenAnswer.Granted granted, string account)
    {
        var scopes = granted.Scopes ?? attempt.Scopes;
        return writer.Write(tx =>
        {
            if (ConnectionBook.Find(tx, attempt.ConnectionId) is not { } row)
            {
                Say(tx, attempt, $"{connector.Name} was disconnected meanwhile; nothing was kept.", false);
                return;
            }
            if (row.Account.Length > 0 && account.Length > 0 && !string.Equals(row.Account, account, StringComparison.OrdinalIgnoreCase))
            {
                Ask(tx, attempt, row, granted, scopes, account);
                return;
            }
            // The same account a second time is the same connection.
            if (row.Secret.Length == 0 && account.Length > 0 && Twin(tx, row, account) is { } twin)
            {
                tx.Db.Remove(row);
                ConnectionBook.Tell(tx, row);
                row = twin;
            }
            var missing = attempt.Scopes.Except(scopes).ToList();
            var changedNothing = row.Secret.Length > 0 && missing.Count > 0 && !scopes.Except(row.Scopes).Any();
            Store(tx, row, connector, new Credential(granted.Access, granted.Refresh ?? Kept(row)), scopes, granted.ExpiresInMs is { } length ? tx.NowMs + length : null, account);
            audit.Write(tx, row.OrgId, attempt.UserId, "connection.connected", connector.Name, account);
            var words = ScopeWords.Join(connector, missing);
            Say(tx, attempt, missing.Count == 0 ? Plain : changedNothing
                ? $"The consent changed nothing: \"{words}\" is still missing."
                : $"Connected, but without \"{words}\": the consent did not grant it.", missing.Count == 0);
        });
    }

    /// <summary>An older refresh token is good on where the provider gives none with a consent, if it was good until now.</summary>
    private string? Kept(Connection row) => row.Status == ConnectionStatus.Connected ? vault.Open(row)?.Refresh : null;

    private void Store(Tx tx, Connection row, Connector connector, Credential credential, IEnumerable<string> scopes, long? expiresAtMs, string account)
    {
        (row.Secret, row.ExpiresAtMs, row.Scopes) = (vault.Lock(row.OrgId, row.Id, credential), expiresAtMs, [.. scopes]);
        row.Version++;
        row.Account = account.Length > 0 ? account : row.Account.Length > 0 ? row.Account : connector.Name;
        row.WorkedAtMs = tx.NowMs;
        ConnectionBook.SetConnected(tx, row);
    }

    /// <summary>The tokens are kept, but nothing has shown yet that they work: the first call that does connects.</summary>
    private Task WaitAsync(ConnectAttempt attempt, TokenAnswer.Granted granted, string why) => writer.Write(tx =>
    {
        if (ConnectionBook.Find(tx, attempt.ConnectionId) is { } row && row.Account.Length == 0)
        {
            (row.Secret, row.Scopes) = (vault.Lock(row.OrgId, row.Id, new Credential(granted.Access, granted.Refresh)), [.. granted.Scopes ?? attempt.Scopes]);
            row.ExpiresAtMs = granted.ExpiresInMs is { } length ? tx.NowMs + length : null;
            row.Version++;
            (row.LastError, row.LastErrorAtMs) = (why, tx.NowMs);
            ConnectionBook.Tell(tx, row);
            Say(tx, attempt, $"The consent was given, but could not be tried yet. {why} Check now tries it again.", false);
            return;
        }
        // Which account came back is not known, so it takes the place of none.
        Say(tx, attempt, $"The consent was given, but the account could not be looked up, so all is as it was. {why} Reconnect once more.", false);
        if (ConnectionBook.Find(tx, attempt.ConnectionId) is { } old)
            ConnectionBook.Tell(tx, old);
    });

    private void Ask(Tx tx, ConnectAttempt attempt, Connection row, TokenAnswer.Granted granted, IEnumerable<string> scopes, string account)
    {
        var stored = Say(tx, attempt, $"Another account came back: {account} instead of {row.Account}. {row.Account} is kept until you choose.", false);
        if (stored is null)
            return;
        (stored.OtherAccount, stored.OtherSecret, stored.OtherScopes) = (account, vault.Lock(row.OrgId, row.Id, new Credential(granted.Access, granted.Refresh)), [.. scopes]);
        stored.OtherExpiresAtMs = granted.ExpiresInMs is { } length ? tx.NowMs + length : null;
        ConnectionBook.Tell(tx, row);
    }

    /// <summary>Answers the question whether the other account takes the connection's place.</summary>
    /// <exception cref="Refusal">Not found: nothing is asked, or not of this person.</exception>
    public async Task AnswerAsync(OrgScope scope, string attemptId, bool useOther, CancellationToken cancellation)
    {
        scope.Require(OrgRole.Member);
        var dropped = await writer.Write(tx =>
        {
            var attempt = tx.Db.In<ConnectAttempt>(scope).SingleOrDefault(each => each.Id == attemptId && each.UserId == scope.UserId);
            if (attempt is not { OtherAccount: { } account } || ConnectionBook.Find(tx, attempt.ConnectionId) is not { } row || row.OwnerId != scope.UserId)
                throw Refusal.NotFound("question");
            var other = vault.Open(row.OrgId, row.Id, attempt.OtherSecret);
            if (useOther && other is not null && setups.Find(row.Connector) is { } setup)
            {
                row.Account = "";
                Store(tx, row, setup.Connector, other, attempt.OtherScopes, attempt.OtherExpiresAtMs, account);
                audit.Write(tx, scope, "connection.account_changed", setup.Connector.Name, account);
                other = null;
            }
            attempt.Outcome = useOther ? $"Connected with {account}." : $"{row.Account} was kept.";
            (attempt.IsGood, attempt.OtherAccount, attempt.OtherSecret, attempt.UsedAtMs) = (true, null, "", tx.NowMs);
            ConnectionBook.Tell(tx, row);
            return (row.Connector, Credential: other);
        }, cancellation);
        if (dropped.Credential is { } unused && setups.Find(dropped.Connector) is { } there)
            await oauth.RevokeAsync(there, unused);
    }

    private static Connection? Twin(Tx tx, Connection row, string account) => tx.Db.Set<Connection>()
        .Where(other => other.OrgId == row.OrgId && other.Connector == row.Connector && other.OwnerId == row.OwnerId && other.Id != row.Id).ToList()
        .FirstOrDefault(other => string.Equals(other.Account, account, StringComparison.OrdinalIgnoreCase));

    private static ConnectAttempt? Say(Tx tx, ConnectAttempt attempt, string outcome, bool isGood)
    {
        if (tx.Db.Set<ConnectAttempt>().SingleOrDefault(each => each.Id == attempt.Id) is not { } row)
            return null;
        (row.Outcome, row.IsGood) = (outcome, isGood);
        tx.Changed(ConnectionKeys.List(row.OrgId));
        return row;
    }
}
