using Alumia.Lab.Accounts;
using Alumia.Lab.Agents;
using Alumia.Lab.Organizations;
using Alumia.Lab.Storage;
using Alumia.Lab.Troubles;
using Microsoft.EntityFrameworkCore;

namespace Alumia.Lab.Connectors;

/// <summary>
/// An org's connections, as its people see and manage them: every member sees whose they are and how they stand; their owners alone change them.
/// What an owner left behind who is not in the org any more, admins may disconnect.
/// </summary>
public sealed class Connections
{
    /// <summary>How long the page tells what came of a consent.</summary>
    private const long NewsMs = 60 * 60_000;

    private readonly IDbContextFactory<LabDbContext> _contexts;
    private readonly Writer _writer;
    private readonly Audit _audit;
    private readonly IUserNames _names;
    private readonly AgentDirectory _agents;
    private readonly ConnectorSetups _setups;
    private readonly OrgDirectory _orgs;
    private readonly ConnectionVault _vault;
    private readonly OAuthExchange _oauth;
    private readonly TimeProvider _clock;

    internal Connections(IDbContextFactory<LabDbContext> contexts, Writer writer, Audit audit, IUserNames names, AgentDirectory agents, ConnectorSetups setups, OrgDirectory orgs,
        ConnectionVault vault, OAuthExchange oauth, TimeProvider clock) =>
        (_contexts, _writer, _audit, _names, _agents, _setups, _orgs, _vault, _oauth, _clock) = (contexts, writer, audit, names, agents, setups, orgs, vault, oauth, clock);

    /// <summary>The org's connections, the reader's own first. One whose owner has not come back from the first consent in time is left out.</summary>
    public async Task<IReadOnlyList<ConnectionLine>> ListAsync(OrgScope scope, CancellationToken cancellation)
    {
        List<Connection> rows;
        await using (var db = _contexts.CreateDbContext())
            rows = await db.In<Connection>(scope).ToListAsync(cancellation);
        var now = _clock.NowMs();
        rows.RemoveAll(row => row.IsAbandoned(now));
        var people = await _names.OfAsync(rows.Select(row => row.OwnerId), cancellation);
        var agents = await _agents.ListAsync(scope, cancellation);
        return [.. rows.Select(row => LineOf(scope, row, people, agents)).OrderByDescending(line => line.IsMine).ThenBy(line => line.Id, StringComparer.Ordinal)];
    }

    /// <summary>One connection of the org.</summary>
    /// <exception cref="Refusal">Not found.</exception>
    public async Task<ConnectionLine> GetAsync(OrgScope scope, string connectionId, CancellationToken cancellation) =>
        (await ListAsync(scope, cancellation)).FirstOrDefault(line => line.Id == connectionId) ?? throw Refusal.NotFound("connection");

    /// <summary>What came of the reader's own ways to consents, the newest of each connector, for an hour or until a question in it is answered.</summary>
    public async Task<IReadOnlyList<ConnectNews>> NewsAsync(OrgScope scope, CancellationToken cancellation)
    {
        var since = _clock.NowMs() - NewsMs;
        await using var db = _contexts.CreateDbContext();
        var attempts = await db.In<ConnectAttempt>(scope)
            .Where(attempt => attempt.UserId == scope.UserId && attempt.UsedAtMs != null && (attempt.UsedAtMs > since || attempt.OtherAccount != null)).ToListAsync(cancellation);
        return [.. attempts.GroupBy(attempt => attempt.Connector).Select(those => those.MaxBy(attempt => attempt.UsedAtMs)!)
            .Where(attempt => attempt.Outcome.Length > 0).Select(NewsOf)];
    }

    /// <summary>Lets everybody's agents in the org use it, or only its owner's.</summary>
    /// <exception cref="Refusal">Not found; forbidden: another's.</exception>
    public async Task ShareAsync(OrgScope scope, string connectionId, bool isShared, CancellationToken cancellation)
    {
        var line = await MineAsync(scope, connectionId, cancellation);
        await _writer.Write(tx =>
        {
            if (tx.Db.In<Connection>(scope).SingleOrDefault(row => row.Id == connectionId) is not { } row || row.IsShared == isShared)
                return;
            row.IsShared = isShared;
            _audit.Write(tx, scope, isShared ? "connection.shared" : "connection.unshared", NameOf(row.Connector), line.Account);
            ConnectionBook.Tell(tx, row);
        }, cancellation);
    }

    /// <summary>Forgets a connection, and revokes its grant at the provider. Null where that is done; else why the provider may still know it.</summary>
    /// <exception cref="Refusal">Not found; forbidden: another's.</exception>
    public async Task<string?> RemoveAsync(OrgScope scope, string connectionId, CancellationToken cancellation)
    {
        var line = await MineAsync(scope, connectionId, cancellation, orAbandoned: true);
        var removed = await _writer.Write(tx =>
        {
            if (tx.Db.In<Connection>(scope).SingleOrDefault(row => row.Id == connectionId) is not { } row)
                return null;
            tx.Db.Remove(row);
            tx.Run("DELETE FROM connect_attempt WHERE connection_id = @id", ("id", connectionId));
            TroubleLog.Heal(tx, scope.OrgId, ConnectionKeys.Of(connectionId), "Disconnected");
            _audit.Write(tx, scope, "connection.removed", NameOf(row.Connector), line.Account);
            ConnectionBook.Tell(tx, row);
            return row;
        }, cancellation) ?? throw Refusal.NotFound("connection");
        if (_vault.Open(removed) is not { } credential || _setups.Find(removed.Connector) is not { Connector.Auth: ConnectorAuth.OAuth } setup)
            return null;
        return await _oauth.RevokeAsync(setup, credential) is not { } why ? null
            : $"{why} {(setup.Connector.AccountSettings is { } settings ? $"Look at {settings} whether it still lists this lab." : "Look at the account's settings there whether they still list this lab.")}";
    }

    /// <summary>The connection, which the person manages.</summary>
    internal async Task<ConnectionLine> MineAsync(OrgScope scope, string connectionId, CancellationToken cancellation, bool orAbandoned = false)
    {
        var line = await GetAsync(scope, connectionId, cancellation);
        if (line.IsMine)
        {
            scope.Require(OrgRole.Member);
            return line;
        }
        if (await _orgs.ScopeOfIdAsync(line.OwnerId, scope.OrgId, cancellation) is null && orAbandoned && scope.Can(OrgRole.Admin))
            return line;
        throw Refusal.Forbidden($"This connection is {line.OwnerName}'s. Ask {line.OwnerName}.");
    }

    internal string NameOf(string connector) => _setups.Find(connector)?.Connector.Name ?? connector;

    private static ConnectNews NewsOf(ConnectAttempt attempt) =>
        new(attempt.Id, attempt.Connector, attempt.ConnectionId, attempt.Outcome, attempt.IsGood, attempt.OtherAccount, attempt.UsedAtMs!.Value);

    private static ConnectionLine LineOf(OrgScope scope, Connection row, IReadOnlyDictionary<string, string> people, IReadOnlyList<Agent> agents)
    {
        var prefix = $"{row.Connector}.";
        var users = agents.Where(agent => agent.Chosen().Any(tool => tool.Value != ToolRight.Off && tool.Key.StartsWith(prefix, StringComparison.Ordinal))).Select(agent => agent.Name);
        return new ConnectionLine(
            row.Id, row.Connector, row.OwnerId, people.GetValueOrDefault(row.OwnerId, "A former member"), row.OwnerId == scope.UserId, row.IsShared, row.Account, row.Status, row.StatusAtMs,
            row.Failure, row.Scopes, row.WorkedAtMs, row.LastError, row.LastErrorAtMs, [.. users], row.CreatedAtMs);
    }
}
