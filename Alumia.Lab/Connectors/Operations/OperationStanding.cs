using Alumia.Lab.Accounts;
using Alumia.Lab.Organizations;
using Alumia.Lab.Tools;
using Alumia.Lab.Troubles;

namespace Alumia.Lab.Connectors;

/// <summary>How a connector stands for one person's turns, before any call: beside the operations in an agent's settings.</summary>
public sealed class OperationStanding
{
    private readonly ConnectorSetup _setup;
    private readonly Connection? _connection;
    private readonly string _owner;
    private readonly string _userId;

    internal OperationStanding(ConnectorSetup setup, Connection? connection, string owner, string userId) =>
        (_setup, _connection, _owner, _userId) = (setup, connection, owner, userId);

    /// <summary>The connector's slug.</summary>
    public string Slug => _setup.Connector.Slug;

    /// <summary>The document's word: <c>Connected</c>, <c>Auth failed</c>, <c>Not connected</c> or <c>Connecting</c>.</summary>
    public string Status => _connection is null ? "Not connected" : Word(_connection.Status);

    /// <summary>The connection works, as far as is known.</summary>
    public bool IsConnected => _connection?.Status == ConnectionStatus.Connected;

    /// <summary>The account's name; empty where there is none.</summary>
    public string Account => _connection?.Account ?? "";

    /// <summary>Why nothing works now and what mends it; null where that is not so.</summary>
    public OperationNote? Note => NeedOf(_setup.Connector.Operations[0]) is { } need and not OperationNeed.MissingScope
        ? new OperationNote(need is OperationNeed.AuthFailed failed ? failed.Reason : $"Agents cannot use it in your turns before {_setup.Connector.Name} is connected.", OperationTroubles.Mend(need))
        : null;

    /// <summary>What an operation lacks that the others may have, and the same reconnect that its card would offer; null where it lacks nothing.</summary>
    public OperationNote? NoteOf(ITool tool) => tool is OperationTool { Operation: var operation } && NeedOf(operation) is OperationNeed.MissingScope narrow
        ? new OperationNote($"Needs \"{Grants.Say(_setup.Connector, [narrow.Missing])}\", which {(Account.Length > 0 ? Account : "the account")} has not granted. Granted: {Grants.Say(_setup.Connector, narrow.Narrow.Scopes)}.", OperationTroubles.Mend(narrow))
        : null;

    internal static string Word(ConnectionStatus status) => status switch
    {
        ConnectionStatus.Connected => "Connected",
        ConnectionStatus.AuthFailed => "Auth failed",
        _ => "Connecting",
    };

    private OperationNeed? NeedOf(Operation operation) => _connection switch
    {
        null => new OperationNeed.NotConnected(_setup.Connector, operation, _owner, _userId),
        { Status: ConnectionStatus.AuthFailed } failed => new OperationNeed.AuthFailed(_setup.Connector, operation, failed, failed.Failure, _owner, _userId),
        _ => Grants.Covers(_connection, operation) ? null : new OperationNeed.MissingScope(_setup.Connector, operation, _connection, true, _owner, _userId),
    };
}

/// <summary>Something that is missing, in words, and the fix for it.</summary>
public sealed record OperationNote(string Text, Fix Fix);

/// <summary>Reads how connectors stand.</summary>
public sealed class OperationStandings(ConnectorSetups setups, ConnectionFinder finder, IUserNames names)
{
    /// <summary>Every connector that this lab can use, by its name, as a turn of this person would find it.</summary>
    public async Task<IReadOnlyDictionary<string, OperationStanding>> OfAsync(OrgScope scope, CancellationToken cancellation)
    {
        var found = new List<(ConnectorSetup Setup, Connection? Connection)>();
        foreach (var setup in setups.All.Where(setup => setup.IsConfigured))
            found.Add((setup, await finder.FindAsync(scope.OrgId, scope.UserId, setup.Connector.Slug, cancellation)));
        var owners = await names.OfAsync(found.Select(each => each.Connection?.OwnerId ?? scope.UserId).Distinct(), cancellation);
        return found.ToDictionary(each => each.Setup.Connector.Name, each =>
            new OperationStanding(each.Setup, each.Connection, owners.GetValueOrDefault(each.Connection?.OwnerId ?? scope.UserId, "a former member"), scope.UserId));
    }
}
