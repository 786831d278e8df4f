using Alumia.Lab.Accounts;
using Alumia.Lab.Storage;

namespace Alumia.Lab.Connectors;

/// <summary>A connection's credential in the hand of one call.</summary>
internal sealed record HeldCredential(Connection Connection, Credential Credential, ConnectorSetup Setup)
{
    /// <summary>How people call the service.</summary>
    public string Name => Setup.Connector.Name;
}

/// <summary>Opens credentials for calls, has them renewed by the connection's grain, and writes down that one is refused for good.</summary>
internal sealed class CredentialDesk(ConnectionFinder finder, ConnectorSetups setups, ConnectionVault vault, IGrainFactory grains, Writer writer, IUserNames names)
{
    /// <summary>The credential as it is stored now, or why there is none.</summary>
    public async Task<(HeldCredential? Held, Access? No)> OpenAsync(string connectionId, CancellationToken cancellation)
    {
        if (await finder.GetAsync(connectionId, cancellation) is not { } connection)
            return (null, new Access.Refused("This connection is gone: it was disconnected."));
        if (setups.Find(connection.Connector) is not { } setup)
            return (null, new Access.Unreachable($"There is no connector {connection.Connector} in this lab any more."));
        if (connection.Status == ConnectionStatus.AuthFailed)
            return (null, new Access.Refused(connection.Failure));
        if (vault.Open(connection) is { } credential)
            return (new HeldCredential(connection, credential, setup), null);
        if (connection.Secret.Length == 0)
            return (null, new Access.Refused($"{setup.Connector.Name} is not connected yet."));
        return (null, await FailAsync(new HeldCredential(connection, new Credential(""), setup), "The lab cannot read this connection's credential any more: its key ring is another one than then."));
    }

    /// <summary>The credential after a renewal, whoever did it; or why there was none.</summary>
    public async Task<(HeldCredential? Held, Access? No)> RenewAsync(HeldCredential held, CancellationToken cancellation)
    {
        RenewalAnswer answer;
        try
        {
            answer = await grains.GetGrain<IConnectionGrain>(held.Connection.Id).RenewAsync(held.Connection.Version).WaitAsync(cancellation);
        }
        catch (Exception exception) when (exception is TimeoutException or OrleansException)
        {
            return (null, new Access.Unreachable($"The access to {held.Name} could not be renewed in time."));
        }
        return answer.Outcome switch
        {
            RenewalOutcome.Renewed => await OpenAsync(held.Connection.Id, cancellation),
            RenewalOutcome.Refused => (null, new Access.Refused(answer.Why)),
            _ => (null, new Access.Unreachable(answer.Why)),
        };
    }

    /// <summary>This credential is refused for good.</summary>
    public async Task<Access> FailAsync(HeldCredential held, string reason)
    {
        var people = await names.OfAsync([held.Connection.OwnerId]);
        var words = new ConnectorTroubles.Words(held.Name, people.GetValueOrDefault(held.Connection.OwnerId, "a former member"));
        return await writer.Write(tx => ConnectionBook.Failed(tx, held.Connection.Id, held.Connection.Version, reason, words))
            ? new Access.Refused(reason)
            : new Access.Unreachable($"{held.Name} was reconnected in this moment. Try again.");
    }
}
