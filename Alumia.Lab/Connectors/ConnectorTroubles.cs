using Alumia.Lab.Storage;
using Alumia.Lab.Troubles;

namespace Alumia.Lab.Connectors;

/// <summary>The trouble of a connection whose credential is refused, and the fixes that lead to a consent.</summary>
public static class ConnectorTroubles
{
    /// <summary>The section of the document.</summary>
    public const string Section = "Connector auth failed";

    /// <summary>A connection's credential is refused; about <c>connection:&lt;id&gt;</c>.</summary>
    public const string AuthFailedKind = "connector_auth_failed";

    /// <summary>How the connector and the connection's owner are called.</summary>
    public sealed record Words(string Connector, string Owner);

    /// <summary>
    /// Opens the provider's consent in a new tab: for a connection that is there, with what it holds, or with these scopes where they are given.
    /// Whom it does not belong to reads whom to ask.
    /// </summary>
    public static Fix Reconnect(Connection connection, Words words, IEnumerable<string>? scopes = null, string label = "Reconnect")
    {
        var arguments = new Dictionary<string, string> { ["connector"] = connection.Connector, ["connection"] = connection.Id };
        if (scopes is not null)
            arguments["scopes"] = string.Join(' ', scopes);
        return new Fix(ReconnectFix.Reconnect, label, arguments)
        {
            Posts = "connectors/start",
            OnlyFor = connection.OwnerId,
            Otherwise = $"This connection is {words.Owner}'s. Ask {words.Owner} to reconnect it.",
        };
    }

    /// <summary>Opens the provider's consent in a new tab, for a new connection of the person who presses it.</summary>
    public static Fix Connect(Connector connector, IEnumerable<string> scopes) =>
        new(ConnectFix.Connect, "Connect", new() { ["connector"] = connector.Slug, ["scopes"] = string.Join(' ', scopes) })
        {
            Posts = connector.Auth == ConnectorAuth.OAuth ? "connectors/start" : null,
        };

    internal static void RaiseAuthFailed(Tx tx, Connection connection, Words words)
    {
        var account = connection.Account.Length > 0 ? connection.Account : "not known";
        TroubleLog.Raise(tx, connection.OrgId, AuthFailedKind, ConnectionKeys.Of(connection.Id), $"{words.Connector}: Auth failed",
            $"{connection.Failure} Reconnect to go on.",
            [
                new Evidence("Connector", words.Connector),
                new Evidence("Account", account),
                new Evidence("Whose", words.Owner),
                new Evidence("Why", connection.Failure, tx.NowMs),
                .. connection.WorkedAtMs is { } worked ? new[] { new Evidence("Last worked", "A call succeeded", worked) } : [],
            ],
            [Reconnect(connection, words)]);
    }
}
