using Alumia.Lab.Accounts;
using Alumia.Lab.Connectors;
using Alumia.Lab.Offline.Services;

namespace Alumia.Lab.Offline.OAuth;

/// <summary>
/// Serves the connectors whose services have a stand-in here, where no client of the real provider is configured. Consent is at the address that
/// people reach the lab by, for they go there with a browser; all else at the one that the lab reaches itself by.
/// </summary>
internal sealed class OAuthStandIn(OwnAddress own, PublicUrls urls, OAuthClientAccount account, IConfiguration configuration) : IConnectorStandIn
{
    /// <summary>The provider's address, under the lab's own.</summary>
    public const string Path = "offline/oauth/";

    /// <summary>The services' address: what follows it is the real service's host and path.</summary>
    public const string ApiPath = "offline/api/";

    public (Connector Connector, OAuthClient Client)? Serve(Connector connector)
    {
        if (connector.OAuth is not { } places || !ServiceEndpoints.Hosts.Contains(connector.Api.Host) || own.Base is not { } address)
            return null;
        if (!string.IsNullOrWhiteSpace(configuration[$"Connectors:Clients:{places.Client}:ClientId"]))
            return null;
        var people = new Uri(urls.To("/"));
        return (connector with
        {
            Api = Here(connector.Api),
            Probe = connector.Probe.Path.StartsWith("https://", StringComparison.Ordinal) ? connector.Probe with { Path = Here(new Uri(connector.Probe.Path)).AbsoluteUri } : connector.Probe,
            AccountSettings = new Uri(people, "offline#grants"),
            OAuth = new OAuthPlaces(places.Client, new Uri(people, Path), new Uri(people, Path + "authorize"), new Uri(address, Path + "token"), new Uri(address, Path + "revoke"))
            {
                // It speaks OAuth alone, without identity tokens.
                AlwaysScopes = [.. places.AlwaysScopes.Where(scope => scope != "openid")],
                Parameters = places.Parameters,
            },
        }, account.Client);

        Uri Here(Uri real) => new(address, $"{ApiPath}{real.Host}{real.PathAndQuery}");
    }
}
