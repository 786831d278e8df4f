using Alumia.Lab.Organizations;
using Alumia.Lab.Storage;
using Alumia.Lab.Troubles;

namespace Alumia.Lab.Connectors;

/// <summary>What calls and refreshes have shown of a connection, written in one transaction with the trouble that it raises or heals.</summary>
internal static class ConnectionBook
{
    /// <summary>A person's new connection, before its first credential.</summary>
    public static Connection Add(Tx tx, OrgScope scope, Connector connector)
    {
        var row = new Connection
        {
            Id = Id.New("cnn", tx.NowMs),
            OrgId = scope.OrgId,
            Connector = connector.Slug,
            OwnerId = scope.UserId,
            Status = ConnectionStatus.Connecting,
            StatusAtMs = tx.NowMs,
            CreatedAtMs = tx.NowMs,
        };
        tx.Db.Add(row);
        return row;
    }

    private const long WorkedEveryMs = 60_000;

    /// <summary>The connection as the transaction sees it; null where it is gone.</summary>
    public static Connection? Find(Tx tx, string connectionId) => tx.Db.Set<Connection>().SingleOrDefault(row => row.Id == connectionId);

    /// <summary>Whether it is news that a call with this connection has worked.</summary>
    public static bool IsNews(Connection connection, long nowMs) =>
        connection.Status != ConnectionStatus.Connected || connection.WorkedAtMs is null || connection.WorkedAtMs <= nowMs - WorkedEveryMs;

    /// <summary>A call with the credential of this version has succeeded.</summary>
    public static void Worked(Tx tx, string connectionId, long version)
    {
        if (Find(tx, connectionId) is not { } connection || connection.Version != version || !IsNews(connection, tx.NowMs))
            return;
        if (connection.Status != ConnectionStatus.Connected)
            SetConnected(tx, connection);
        connection.WorkedAtMs = tx.NowMs;
        Tell(tx, connection);
    }

    /// <summary>It works now, whatever it was before.</summary>
    public static void SetConnected(Tx tx, Connection connection)
    {
        if (connection.Status != ConnectionStatus.Connected)
            connection.StatusAtMs = tx.NowMs;
        (connection.Status, connection.Failure) = (ConnectionStatus.Connected, "");
        TroubleLog.Heal(tx, connection.OrgId, ConnectionKeys.Of(connection.Id), "Reconnected", ConnectorTroubles.AuthFailedKind);
        Tell(tx, connection);
    }

    /// <summary>The credential of this version is refused for good; the reason is in words for people. False where another one is stored by now.</summary>
    public static bool Failed(Tx tx, string connectionId, long version, string reason, ConnectorTroubles.Words words)
    {
        if (Find(tx, connectionId) is not { } connection || connection.Version != version)
            return false;
        if (connection.Status != ConnectionStatus.AuthFailed)
            connection.StatusAtMs = tx.NowMs;
        (connection.Status, connection.Failure) = (ConnectionStatus.AuthFailed, reason);
        (connection.LastError, connection.LastErrorAtMs) = (reason, tx.NowMs);
        ConnectorTroubles.RaiseAuthFailed(tx, connection, words);
        Tell(tx, connection);
        return true;
    }

    /// <summary>A call met an error that is not the credential's fault.</summary>
    public static void Erred(Tx tx, string connectionId, string error)
    {
        if (Find(tx, connectionId) is not { } connection || (connection.LastError == error && connection.LastErrorAtMs > tx.NowMs - WorkedEveryMs))
            return;
        (connection.LastError, connection.LastErrorAtMs) = (error, tx.NowMs);
        Tell(tx, connection);
    }

    public static void Tell(Tx tx, Connection connection)
    {
        tx.Changed(ConnectionKeys.Of(connection.Id));
        tx.Changed(ConnectionKeys.List(connection.OrgId));
    }
}
