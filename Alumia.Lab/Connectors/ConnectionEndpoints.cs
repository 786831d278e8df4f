using System.ComponentModel.DataAnnotations;
using Alumia.Lab.Api;
using Alumia.Lab.Organizations;

namespace Alumia.Lab.Connectors;

/// <summary>A connector as clients see it.</summary>
public sealed record ConnectorBody(
    string Slug, string Name, string Category, string Description, string AuthType, bool IsConfigured, IReadOnlyList<ScopeBody> Scopes, IReadOnlyList<OperationBody> Operations)
{
    internal static ConnectorBody Of(ConnectorSetup setup) => new(
        setup.Connector.Slug, setup.Connector.Name, setup.Connector.Category, setup.Connector.Description, setup.Connector.Auth == ConnectorAuth.OAuth ? "oauth" : "api_key", setup.IsConfigured,
        [.. setup.Connector.Scopes.Select(scope => new ScopeBody(scope.Name, scope.Words))],
        [.. setup.Connector.Operations.Select(operation => new OperationBody(operation.Name, operation.Title, operation.Description, operation.Writes, operation.Scopes))]);
}

/// <summary>A right that a consent can grant.</summary>
public sealed record ScopeBody(string Name, string Words);

/// <summary>Something that a connector can do; any one of the scopes suffices.</summary>
public sealed record OperationBody(string Name, string Title, string Description, bool Writes, IReadOnlyList<string> Scopes);

/// <summary>A connection as clients see it; its credential is told to nobody.</summary>
public sealed record ConnectionBody(
    string Id, string Connector, string OwnerId, string Owner, bool IsShared, string Account, string Status, string? Failure, long StatusAtMs, IReadOnlyList<string> Scopes,
    long? WorkedAtMs, string? LastError, long? LastErrorAtMs, IReadOnlyList<string> Agents, long CreatedAtMs)
{
    internal static ConnectionBody Of(ConnectionLine line) => new(
        line.Id, line.Connector, line.OwnerId, line.OwnerName, line.IsShared, line.Account, Word(line.Status), line.Failure.Length > 0 ? line.Failure : null, line.StatusAtMs, line.Scopes,
        line.WorkedAtMs, line.LastError.Length > 0 ? line.LastError : null, line.LastErrorAtMs, line.Agents, line.CreatedAtMs);

    private static string Word(ConnectionStatus status) => status switch
    {
        ConnectionStatus.Connected => "connected",
        ConnectionStatus.AuthFailed => "auth_failed",
        _ => "connecting",
    };
}

/// <summary>A key for a new connection, or a new key for one that is there; it is told to nobody again.</summary>
public sealed record ConnectionWish([property: Required, MaxLength(100)] string? Connector = null, [property: Required, MaxLength(500)] string? Key = null)
{
    /// <summary>Without the key, so that no log ever holds it.</summary>
    public override string ToString() => $"A key of {Connector}";
}

/// <summary>A new key for a connection.</summary>
public sealed record CredentialWish([property: Required, MaxLength(500)] string? Key = null)
{
    /// <summary>Without the key, so that no log ever holds it.</summary>
    public override string ToString() => "A key";
}

/// <summary>What to ask for at a consent.</summary>
public sealed record ConsentWish([property: MaxLength(100)] string? Connector = null, [property: MaxLength(100)] string? ConnectionId = null, IReadOnlyList<string>? Scopes = null);

/// <summary>The address to open in a tab of the same browser.</summary>
public sealed record ConsentBody(string Address);

/// <summary>What a disconnect came to; <c>Note</c> says why the provider may still know the grant.</summary>
public sealed record DisconnectedBody(string Id, string? Note);

/// <summary>Connectors and connections over the API: a key reads them; connecting and disconnecting need a signed-in browser.</summary>
internal static class ConnectionEndpoints
{
    public static void MapConnectionsApi(this WebApplication app)
    {
        app.ApiGroup("connectors").MapGet("", (ApiCaller caller, ConnectorSetups setups) => Envelope.List(setups.All.Select(ConnectorBody.Of)))
            .Needs(KeyScopes.Read).WithSummary("Lists the connectors of the catalogue, what they can do, and whether this lab is configured for them");
        var connections = app.ApiGroup("connections");
        connections.MapGet("", async ([AsParameters] PageQuery page, ApiCaller caller, Connections all, CancellationToken cancellation) =>
            page.Cut(await all.ListAsync(caller.Scope, cancellation), line => line.Id, ConnectionBody.Of))
            .Needs(KeyScopes.Read).WithSummary("Lists the org's connections: whose they are and how they stand, without their credentials");
        connections.MapGet("{id}", async (string id, ApiCaller caller, Connections all, CancellationToken cancellation) =>
            Envelope.Of(ConnectionBody.Of(await all.GetAsync(caller.Scope, id, cancellation))))
            .Needs(KeyScopes.Read).WithSummary("Tells one connection");
        connections.MapPost("", async (ConnectionWish wish, ApiCaller caller, KeyConnections keys, Connections all, CancellationToken cancellation) =>
            Envelope.Of(await TellAsync(all, caller.Scope, await keys.AddAsync(caller.Scope, wish.Connector ?? "", wish.Key ?? "", null, cancellation), cancellation)))
            .WithMetadata(new BrowserOnly()).WithSummary("Connects by a key, once the service has taken it; a signed-in browser alone may");
        connections.MapPost("{id}/credentials", async (string id, CredentialWish wish, ApiCaller caller, KeyConnections keys, Connections all, CancellationToken cancellation) =>
            Envelope.Of(await TellAsync(all, caller.Scope, await keys.AddAsync(caller.Scope, "", wish.Key ?? "", id, cancellation), cancellation)))
            .WithMetadata(new BrowserOnly()).WithSummary("Replaces a connection's key, once the service has taken the new one; a signed-in browser alone may");
        connections.MapPost("oauth/start", async (ConsentWish wish, HttpContext context, ApiCaller caller, ConnectStart start, OAuthRegistrations registrations) =>
        {
            var (address, _) = await ConnectEndpoints.ChallengeAsync(context, start, registrations, caller.Scope, wish.Connector ?? "", wish.ConnectionId, wish.Scopes ?? []);
            return Envelope.Of(new ConsentBody(address));
        }).WithMetadata(new BrowserOnly()).WithSummary("Begins the way to a provider's consent and answers the address to open; a signed-in browser alone may");
        connections.MapDelete("{id}", async (string id, ApiCaller caller, Connections all, CancellationToken cancellation) =>
            Envelope.Of(new DisconnectedBody(id, await all.RemoveAsync(caller.Scope, id, cancellation))))
            .WithMetadata(new BrowserOnly()).WithSummary("Disconnects, and revokes the grant at its provider; a signed-in browser alone may");
    }

    private static async Task<ConnectionBody> TellAsync(Connections all, OrgScope scope, string id, CancellationToken cancellation) => ConnectionBody.Of(await all.GetAsync(scope, id, cancellation));
}
