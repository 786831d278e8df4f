using System.Text.Json;

namespace Alumia.Lab.Connectors;

public enum ConnectorAuth
{
    /// <summary>OAuth 2 with the authorization code and PKCE.</summary>
    OAuth,
    /// <summary>A key that the person pastes.</summary>
    ApiKey,
}

/// <summary>A service that agents can use on behalf of a person: an entry of the catalogue, which is data.</summary>
/// <param name="Slug">As in addresses and in the names of its operations: <c>gmail</c>.</param>
/// <param name="Name">As people know it.</param>
/// <param name="Category">Under which it is listed, such as Mail.</param>
/// <param name="Description">One sentence: what agents do with it.</param>
/// <param name="Auth">How a person connects.</param>
/// <param name="Api">The base address of its operations, ending in a slash.</param>
/// <param name="Probe">The cheap call that proves a credential and names the account.</param>
/// <param name="Operations">What it can do.</param>
/// <param name="Source">The documentation that it was taken from.</param>
/// <param name="SourceDate">When that was read, as yyyy-MM-dd.</param>
public sealed record Connector(
    string Slug, string Name, string Category, string Description, ConnectorAuth Auth, Uri Api, ConnectorProbe Probe, IReadOnlyList<Operation> Operations, string Source, string SourceDate)
{
    /// <summary>Where an OAuth connector's consent and tokens are; null for others.</summary>
    public OAuthPlaces? OAuth { get; init; }

    /// <summary>How an API key is sent; null for others.</summary>
    public KeyPlace? Key { get; init; }

    /// <summary>The scopes that a person can choose.</summary>
    public IReadOnlyList<ConnectorScope> Scopes { get; init; } = [];

    /// <summary>Headers that every call of its API needs, such as Notion's version.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>How the service says in an answer of status 200 that it failed; null where it says so by the status.</summary>
    public BodyFailure? Failure { get; init; }

    /// <summary>Where the person sees and revokes what was granted, in the service's own settings.</summary>
    public Uri? AccountSettings { get; init; }
}

/// <summary>An OAuth provider's addresses and ways.</summary>
/// <param name="Client">Whose client id and secret it uses: <c>Connectors:Clients:&lt;client&gt;</c> of the configuration; connectors of one provider share one.</param>
/// <param name="Issuer">Who the provider is.</param>
/// <param name="Authorize">Where people consent.</param>
/// <param name="Token">Where codes and refresh tokens are exchanged.</param>
/// <param name="Revoke">Where a grant is revoked (RFC 7009); null where the provider has no such place.</param>
public sealed record OAuthPlaces(string Client, Uri Issuer, Uri Authorize, Uri Token, Uri? Revoke)
{
    /// <summary>Scopes asked for besides the chosen ones, such as the account's address.</summary>
    public IReadOnlyList<string> AlwaysScopes { get; init; } = [];

    /// <summary>Further parameters of the consent's address, such as <c>access_type=offline</c>.</summary>
    public IReadOnlyDictionary<string, string> Parameters { get; init; } = new Dictionary<string, string>();

    /// <summary>What stands between scopes.</summary>
    public string ScopeSeparator { get; init; } = " ";

    /// <summary>How the lab says who it is: <c>client_secret_post</c> or <c>client_secret_basic</c>.</summary>
    public string ClientAuthentication { get; init; } = "client_secret_post";
}

/// <summary>Where an API key goes: a header, with what stands before the key.</summary>
public sealed record KeyPlace(string Header, string Prefix, string Hint);

/// <summary>A failure that is told in the body of an answer of status 200, as Slack does.</summary>
/// <param name="Flag">The member that is false where it failed.</param>
/// <param name="Message">The member that names the error.</param>
/// <param name="Auth">The errors that mean a refused credential.</param>
/// <param name="Scope">The errors that mean a missing scope.</param>
public sealed record BodyFailure(string Flag, string Message, IReadOnlyList<string> Auth, IReadOnlyList<string> Scope);

/// <summary>A right that a person grants.</summary>
/// <param name="Name">As the provider names it.</param>
/// <param name="Words">What it allows, for people: "Read your mail".</param>
/// <param name="IsChosen">Chosen from the beginning.</param>
public sealed record ConnectorScope(string Name, string Words, bool IsChosen = false);

/// <summary>A call without arguments that proves a credential.</summary>
/// <param name="Method">GET or POST.</param>
/// <param name="Path">Below <see cref="Connector.Api"/>, or a whole address.</param>
/// <param name="Account">Where in the answer the account's name stands: names with dots between.</param>
public sealed record ConnectorProbe(string Method, string Path, string Account);

/// <summary>One thing that a connector can do; enabled on an agent it is a tool of this name.</summary>
/// <param name="Name">With the connector's slug before the dot: <c>gmail.search</c>.</param>
/// <param name="Title">For people.</param>
/// <param name="Description">For the model: what it does and when to use it.</param>
/// <param name="Schema">The JSON Schema of its arguments.</param>
/// <param name="Writes">Whether it changes something at the service.</param>
/// <param name="Scopes">Any one of them suffices; the first is asked for. Empty where none is needed.</param>
/// <param name="Request">How the call is made of the arguments.</param>
/// <param name="Source">The documentation's address.</param>
/// <param name="SourceDate">When it was read, as yyyy-MM-dd.</param>
public sealed record Operation(
    string Name, string Title, string Description, JsonElement Schema, bool Writes, IReadOnlyList<string> Scopes, OperationRequest Request, string Source, string SourceDate);

/// <summary>An operation's HTTP request; <c>{name}</c> stands for an argument, and in a path <c>{+name}</c> for one that may have slashes.</summary>
/// <param name="Method">The HTTP method.</param>
/// <param name="Path">Below <see cref="Connector.Api"/>.</param>
public sealed record OperationRequest(string Method, string Path)
{
    /// <summary>The query, by parameter; one whose argument was left out is left out.</summary>
    public IReadOnlyDictionary<string, string> Query { get; init; } = new Dictionary<string, string>();

    /// <summary>The JSON body with arguments in it; null for none.</summary>
    public JsonElement? Body { get; init; }

    /// <summary>How the body is made where it is not <see cref="Body"/>; <c>mail</c> is an RFC 5322 message in base64url.</summary>
    public string? Encoding { get; init; }

    /// <summary>Headers of this call beside, or instead of, the connector's.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>How the answer is read where it is not told as it comes; <c>mail</c> is an RFC 5322 message in base64url, in the member <c>raw</c>.</summary>
    public string? Answer { get; init; }
}
