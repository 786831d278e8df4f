using Alumia.Lab.Organizations;
using Alumia.Lab.Storage;

namespace Alumia.Lab.Connectors;

/// <summary>Tries a connection when somebody asks how it stands.</summary>
public sealed class ConnectionChecks(Connections connections, ConnectionAccess access, ConnectorSetups setups, Writer writer)
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(40);

    /// <summary>Makes the connector's cheap call with the connection's credential, which shows on its card; returns what came of it, in words.</summary>
    /// <exception cref="Refusal">Not found; forbidden: another's.</exception>
    public async Task<string> CheckAsync(OrgScope scope, string connectionId, CancellationToken cancellation)
    {
        var line = await connections.MineAsync(scope, connectionId, cancellation);
        if (setups.Find(line.Connector)?.Connector is not { } connector)
            throw Refusal.Conflict("This connector is not in the lab any more.");
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(_patience);
        try
        {
            switch (await access.SendAsync(connectionId, () => ConnectorProbing.Request(connector), patience.Token))
            {
                case Access.Answered answered:
                    using (answered.Response)
                        return await ReadAsync(line, connector, answered.Response, patience.Token);
                case Access.Refused refused:
                    return refused.Reason;
                case Access.Unreachable unreachable:
                    return unreachable.Why;
            }
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException || (exception is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            // It broke off, or took too long.
        }
        return $"{connector.Name} did not answer.";
    }

    private async Task<string> ReadAsync(ConnectionLine line, Connector connector, HttpResponseMessage response, CancellationToken cancellation)
    {
        switch (await ConnectorProbing.ReadAsync(connector, response, cancellation))
        {
            case Probed.Good good:
                if (line.Account.Length == 0)
                    await writer.Write(tx => Name(tx, line.Id, good.Account), CancellationToken.None);
                return $"{connector.Name} answered: it works.";
            case Probed.Bad bad:
                return (await access.RefuseAsync(line.Id, bad.Why, cancellation) as Access.Refused)?.Reason ?? bad.Why;
            case Probed.Unknown unknown:
                return unknown.Why;
            default:
                return "";
        }
    }

    private static void Name(Tx tx, string connectionId, string account)
    {
        if (ConnectionBook.Find(tx, connectionId) is not { Account.Length: 0 } row)
            return;
        row.Account = account;
        ConnectionBook.Tell(tx, row);
    }
}
