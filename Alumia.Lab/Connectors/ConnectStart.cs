using Alumia.Lab.Organizations;
using Alumia.Lab.Storage;
using Microsoft.EntityFrameworkCore;

namespace Alumia.Lab.Connectors;

/// <summary>A person's way to a consent as it begins: the row that the state names, and all that is asked for there.</summary>
internal sealed record Begun(ConnectAttempt Attempt, ConnectorSetup Setup, IReadOnlyList<string> AllScopes);

/// <summary>Begins the way to a provider's consent, for a new connection or for one that is there.</summary>
internal sealed class ConnectStart(Connections connections, ConnectorSetups setups, Writer writer)
{
    /// <param name="scope">Who goes; the connection is, or will be, theirs.</param>
    /// <param name="connector">The connector's slug.</param>
    /// <param name="connectionId">The connection to be renewed; null for a new one.</param>
    /// <param name="wished">What to ask for, by the provider's names. Empty for what the connection holds, or what is chosen from the beginning.</param>
    /// <param name="cancellation">Ends it before anything is stored.</param>
    /// <exception cref="Refusal">Invalid: no such connector or scope; not found or forbidden: the connection; unavailable: not configured.</exception>
    public async Task<Begun> BeginAsync(OrgScope scope, string connector, string? connectionId, IReadOnlyList<string> wished, CancellationToken cancellation)
    {
        scope.Require(OrgRole.Member);
        var line = connectionId is null ? null : await connections.MineAsync(scope, connectionId, cancellation);
        if (setups.Find(line?.Connector ?? connector) is not { Connector: { OAuth: { } places } known } setup)
            throw Refusal.Invalid("connector", "There is no such connector here that is connected by a consent.");
        if (!setup.IsConfigured)
            throw new Refusal(RefusalKind.Unavailable, $"{known.Name} is not configured in this lab: whoever runs it sets Connectors:Clients:{places.Client}:ClientId and ClientSecret.");
        var scopes = Chosen(known, line, wished);
        var attempt = await writer.Write(tx =>
        {
            var row = connectionId is null ? NewOrWaiting(tx, scope, known) : tx.Db.In<Connection>(scope).SingleOrDefault(each => each.Id == connectionId) ?? throw Refusal.NotFound("connection");
            if (row.Status == ConnectionStatus.Connecting)
                row.StatusAtMs = tx.NowMs;
            var made = new ConnectAttempt { Id = Id.New("cat", tx.NowMs), OrgId = scope.OrgId, UserId = scope.UserId, Connector = known.Slug, ConnectionId = row.Id, Scopes = scopes, MadeAtMs = tx.NowMs };
            tx.Db.Add(made);
            ConnectionBook.Tell(tx, row);
            tx.Changed(ConnectSweep.Key);
            return made;
        }, cancellation);
        return new Begun(attempt, setup, [.. scopes.Union(places.AlwaysScopes)]);
    }

    private static List<string> Chosen(Connector connector, ConnectionLine? line, IReadOnlyList<string> wished)
    {
        var known = connector.Scopes.Select(each => each.Name).ToHashSet(StringComparer.Ordinal);
        if (line is not null)
            known.UnionWith(line.Scopes);
        if (wished.FirstOrDefault(scope => !known.Contains(scope)) is { } stranger)
            throw Refusal.Invalid("scopes", $"{connector.Name} has no scope {ProviderWords.Clean(stranger)} here.");
        var chosen = wished.Count > 0 ? wished : line is { Scopes.Count: > 0 } ? line.Scopes : [.. connector.Scopes.Where(each => each.IsChosen).Select(each => each.Name)];
        return [.. chosen.Distinct().Where(scope => connector.Scopes.Any(each => each.Name == scope) || connector.OAuth?.AlwaysScopes.Contains(scope) is not true)];
    }

    /// <summary>The person's own that waits for its first consent; made where there is none.</summary>
    private static Connection NewOrWaiting(Tx tx, OrgScope scope, Connector connector)
    {
        var waiting = tx.Db.In<Connection>(scope).FirstOrDefault(row =>
            row.Connector == connector.Slug && row.OwnerId == scope.UserId && row.Status == ConnectionStatus.Connecting && row.Secret == "");
        return waiting ?? ConnectionBook.Add(tx, scope, connector);
    }
}
