using Alumia.Lab.Models;
using Alumia.Lab.Organizations;
using Alumia.Lab.Storage;

namespace Alumia.Lab.Connectors;

/// <summary>Connections by a key that a person pastes.</summary>
public sealed class KeyConnections
{
    private readonly Connections _connections;
    private readonly ConnectorSetups _setups;
    private readonly ConnectorProbing _probing;
    private readonly ConnectionVault _vault;
    private readonly Writer _writer;
    private readonly Audit _audit;

    internal KeyConnections(Connections connections, ConnectorSetups setups, ConnectorProbing probing, ConnectionVault vault, Writer writer, Audit audit) =>
        (_connections, _setups, _probing, _vault, _writer, _audit) = (connections, setups, probing, vault, writer, audit);

    /// <summary>Asks the service whether it takes the key, and keeps it where it does.</summary>
    /// <param name="scope">Who adds it, and will own the connection.</param>
    /// <param name="connector">The connector's slug.</param>
    /// <param name="key">As the service gave it; spaces around it do not count.</param>
    /// <param name="connectionId">The connection whose key it replaces; null for a new one.</param>
    /// <param name="cancellation">Ends the asking; nothing is stored.</param>
    /// <returns>The connection's id.</returns>
    /// <exception cref="Refusal">Invalid: no such connector, no key, or the service refuses it; not found or forbidden: the connection; unavailable: the service did not answer.</exception>
    public async Task<string> AddAsync(OrgScope scope, string connector, string key, string? connectionId, CancellationToken cancellation)
    {
        scope.Require(OrgRole.Member);
        if (connectionId is not null)
            connector = (await _connections.MineAsync(scope, connectionId, cancellation)).Connector;
        if (_setups.Find(connector)?.Connector is not { Auth: ConnectorAuth.ApiKey } known)
            throw Refusal.Invalid("connector", "There is no such connector here that takes a key.");
        key = ProviderKeys.Checked(key);
        var account = await _probing.ProbeAsync(known, key, cancellation) switch
        {
            Probed.Good good => good.Account,
            Probed.Bad bad => throw Refusal.Invalid("key", $"The key was not kept. {bad.Why}"),
            Probed.Unknown unknown => throw new Refusal(RefusalKind.Unavailable, $"The key could not be checked and was not kept. {unknown.Why}"),
            _ => "",
        };
        return await _writer.Write(tx =>
        {
            var row = connectionId is null ? ConnectionBook.Add(tx, scope, known) : tx.Db.In<Connection>(scope).SingleOrDefault(each => each.Id == connectionId) ?? throw Refusal.NotFound("connection");
            (row.Secret, row.ExpiresAtMs, row.Account, row.WorkedAtMs) = (_vault.Lock(row.OrgId, row.Id, new Credential(key)), null, account, tx.NowMs);
            row.Version++;
            ConnectionBook.SetConnected(tx, row);
            _audit.Write(tx, scope, connectionId is null ? "connection.added" : "connection.renewed", known.Name, account);
            return row.Id;
        }, cancellation);
    }
}
