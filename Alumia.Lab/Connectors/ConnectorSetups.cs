namespace Alumia.Lab.Connectors;

/// <summary>A connector as this lab can use it.</summary>
/// <param name="Connector">Its addresses are the stand-in's where that serves it.</param>
/// <param name="Client">Who the lab is for its provider; null where it needs none, or has none.</param>
/// <param name="IsStandIn">Whether a stand-in takes the service's place.</param>
public sealed record ConnectorSetup(Connector Connector, OAuthClient? Client, bool IsStandIn)
{
    /// <summary>Whether people can connect to it.</summary>
    public bool IsConfigured => Connector.Auth == ConnectorAuth.ApiKey || Client is not null;
}

/// <summary>The connectors of the catalogue, each with the client that the configuration has for it, or else the stand-in.</summary>
public sealed class ConnectorSetups(IEnumerable<IConnectorSource> sources, IConfiguration configuration, IEnumerable<IConnectorStandIn> standIns)
{
    /// <summary>All of them, configured or not. The stand-in serves nothing before the lab listens.</summary>
    public IReadOnlyList<ConnectorSetup> All => [.. sources.SelectMany(source => source.Connectors).Select(SetUp)];

    /// <summary>The connector with this slug, or null.</summary>
    public ConnectorSetup? Find(string slug) =>
        sources.SelectMany(source => source.Connectors).FirstOrDefault(connector => connector.Slug == slug) is { } found ? SetUp(found) : null;

    private ConnectorSetup SetUp(Connector connector)
    {
        if (connector.OAuth is not { } places)
            return new ConnectorSetup(connector, null, false);
        var client = configuration.GetSection($"Connectors:Clients:{places.Client}");
        if (client["ClientId"] is { Length: > 0 } id)
            return new ConnectorSetup(connector, new OAuthClient(id, client["ClientSecret"] ?? ""), false);
        foreach (var standIn in standIns)
        {
            if (standIn.Serve(connector) is { } served)
                return new ConnectorSetup(served.Connector, served.Client, true);
        }
        return new ConnectorSetup(connector, null, false);
    }
}
