using Alumia.Lab.Api;
using Alumia.Lab.Tests.Harness;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Alumia.Lab.Tests.Api;

/// <summary>Things of an org, by their ids.</summary>
internal sealed record ApiThings(string Agent, string Project, string Session, string Block, string Connection = "cnn_none");

/// <summary>An endpoint of the API, as the running lab has it, and how to call it about somebody's things.</summary>
internal sealed record ApiCall(string Method, string Pattern, RouteEndpoint Endpoint)
{
    /// <summary>What the first value of an address names, by the resource that stands before it.</summary>
    private static readonly Dictionary<string, Func<ApiThings, string>> _named = new()
    {
        ["agents"] = it => it.Agent,
        ["projects"] = it => it.Project,
        ["sessions"] = it => it.Session,
        ["chat"] = it => it.Session,
        ["blocks"] = it => it.Block,
        ["connections"] = it => it.Connection,
        ["billing"] = _ => "pky_none", // Only a browser names one; ProviderKeyEndpointTests does.
    };

    /// <summary>What names somebody's things otherwise: in the query or in the body.</summary>
    private static readonly Dictionary<string, Func<ApiThings, string>> _queries = new()
    {
        ["GET sessions"] = it => $"?projectId={it.Project}",
        ["GET blocks"] = it => $"?projectId={it.Project}",
    };

    private static readonly Dictionary<string, Func<ApiThings, object>> _bodies = new()
    {
        ["POST agents"] = _ => new { name = "Changed" },
        ["PATCH agents/{idOrSlug}"] = _ => new { name = "Changed" },
        ["POST projects"] = _ => new { name = "Changed" },
        ["PATCH projects/{id}"] = _ => new { name = "Changed" },
        ["POST sessions"] = it => new { projectId = it.Project, label = "Changed" },
        ["PATCH sessions/{id}"] = _ => new { label = "Changed" },
        ["POST sessions/{id}/approvals/{callId}"] = _ => new { answer = "approve" },
        ["POST blocks"] = it => new { projectId = it.Project, kind = "document", title = "Changed", content = "Changed" },
        ["PATCH blocks/{id}"] = _ => new { baseVersion = 1, content = "Changed" },
        ["POST chat"] = it => new { sessionId = it.Session, messages = new[] { new { id = "m9", role = "user", parts = new[] { new { type = "text", text = "Changed" } } } } },
    };

    /// <summary>Endpoints that name nothing of anybody's: they act in the caller's org.</summary>
    private static readonly string[] _nameNothing = ["GET agents", "GET projects", "GET troubles", "GET api-keys", "GET mcp-servers", "GET connectors", "GET connections", "POST connections", "POST connections/oauth/start", "POST agents", "POST projects",
        "GET billing", "PATCH billing", "POST billing/deposit", "GET billing/transactions", "GET billing/pricing",
        "GET billing/spending", "GET billing/spending/by-model", "GET billing/spending/by-agent", "GET billing/spending/by-project",
        "GET billing/byok-keys", "POST billing/byok-keys"];

    public string Name => $"{Method} {Pattern}";

    public bool Changes => Method != "GET";

    public bool NamesNothing => _nameNothing.Contains(Name);

    /// <summary>Whether the tests know how to name somebody's things by it.</summary>
    public bool IsKnown => NamesNothing || _queries.ContainsKey(Name) || (Pattern.Contains('{', StringComparison.Ordinal) && _named.ContainsKey(Resource)) || (_bodies.ContainsKey(Name) && !Pattern.Contains('{', StringComparison.Ordinal));

    public KeyScopes? Needs => Endpoint.Metadata.GetMetadata<NeedsScope>()?.Scope;

    public bool IsBrowserOnly => Endpoint.Metadata.GetMetadata<BrowserOnly>() is not null;

    private string Resource => Pattern.Split('/')[0];

    /// <summary>All of them, but those that need no caller.</summary>
    public static List<ApiCall> Of(LabHost lab) =>
    [
        .. from endpoint in lab.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
           let pattern = endpoint.RoutePattern.RawText?.TrimStart('/') ?? ""
           where pattern.StartsWith("api/v1/", StringComparison.Ordinal) && endpoint.Metadata.GetMetadata<Anonymous>() is null
           from method in endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? []
           select new ApiCall(method, pattern["api/v1/".Length..].TrimEnd('/'), endpoint),
    ];

    /// <summary>Calls it about these things.</summary>
    public Task<(int Status, System.Text.Json.JsonElement Body)> MakeAsync(ApiClient client, ApiThings about)
    {
        var address = Pattern;
        foreach (var parameter in Endpoint.RoutePattern.Parameters)
        {
            var start = address.IndexOf($"{{{parameter.Name}", StringComparison.Ordinal);
            var isFirst = address[..start].Count(letter => letter == '/') == 1;
            address = $"{address[..start]}{(isFirst ? _named[Resource](about) : "1")}{address[(address.IndexOf('}', start) + 1)..]}";
        }
        var body = _bodies.TryGetValue(Name, out var known) ? System.Net.Http.Json.JsonContent.Create(known(about)) : null;
        return client.SendAsync(new HttpMethod(Method), address + (_queries.TryGetValue(Name, out var query) ? query(about) : ""), body);
    }

    public override string ToString() => Name;
}
