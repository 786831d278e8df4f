namespace Alumia.Lab.Connectors;

/// <summary>The stand-in for connectors that have no client configured, in Development alone; see <c>Offline/OAuth</c>.</summary>
public interface IConnectorStandIn
{
    /// <summary>The connector as the stand-in serves it, with its own addresses, and the client to use there; null where it does not serve it.</summary>
    (Connector Connector, OAuthClient Client)? Serve(Connector connector);
}

/// <summary>Who the lab is for an OAuth provider.</summary>
public sealed record OAuthClient(string Id, string Secret);
