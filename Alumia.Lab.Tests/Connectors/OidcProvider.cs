using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Alumia.Lab.Tests.Harness;

namespace Alumia.Lab.Tests.Connectors;

/// <summary>npm's oidc-provider in a process of its own, with a small API behind it; see <c>oidc.mjs</c> for what can be steered.</summary>
internal sealed partial class OidcProvider : IAsyncDisposable
{
    private readonly ChildProcess _node;
    private readonly HttpClient _http;

    private OidcProvider(ChildProcess node, Uri address) => (_node, Address, _http) = (node, address, new HttpClient { BaseAddress = address });

    public Uri Address { get; }

    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    public static async Task<OidcProvider> StartAsync()
    {
        var node = await ChildProcess.StartAsync(Parts.Need(Part.Node), [Path.Combine(Repository.Root, "Alumia.Lab.Tests", "Connectors", "oidc.mjs")]);
        var output = await Eventually.Value(() => node.Output, text => Listening().IsMatch(text), "the provider listens");
        return new OidcProvider(node, new Uri($"http://127.0.0.1:{Listening().Match(output).Groups["port"].Value}/"));
    }

    /// <summary>The catalogue's file of the connector that leads here.</summary>
    public string Connector(string slug) => JsonSerializer.Serialize(new
    {
        slug,
        name = "Tidbox",
        category = "Mail",
        description = "Mail of the tests.",
        auth = "oauth",
        api = Address,
        oauth = new { client = "tidbox", issuer = Address.ToString().TrimEnd('/'), authorize = new Uri(Address, "auth"), token = new Uri(Address, "token"), revoke = new Uri(Address, "token/revocation") },
        scopes = new object[] { new { name = "mail.read", words = "Read your mail", isChosen = true }, new { name = "mail.send", words = "Send mail" } },
        probe = new { method = "GET", path = "api/me", account = "email" },
        source = "https://example.com/docs",
        sourceDate = "2026-11-29",
        operations = new object[]
        {
            new
            {
                name = $"{slug}.me", title = "Me", description = "Tells whose mailbox it is.", schema = new { type = "object", properties = new { }, additionalProperties = false }, writes = false,
                scopes = new[] { "mail.read" }, request = new { method = "GET", path = "api/me" }, source = "https://example.com/docs", sourceDate = "2026-11-29",
            },
        },
    });

    /// <summary>Changes how it behaves from now on.</summary>
    public Task SteerAsync(object wish) => ControlAsync("steer", wish);

    /// <summary>As it was at the beginning.</summary>
    public Task ResetAsync() => SteerAsync(new { account = "ada@oidc.example", grant = (string[]?)null, deny = false, accessTtl = 3600, tokenFaults = 0, apiFaults = 0, apiRefuses = false });

    /// <summary>What it has seen: token requests by grant type, calls of the API, every code and token that it gave out.</summary>
    public async Task<Seen> SeenAsync() => (await ControlAsync("seen", new { })).Deserialize<Seen>(JsonSerializerOptions.Web)!;

    public async Task<JsonElement> ControlAsync(string deed, object wish)
    {
        using var answer = await _http.PostAsJsonAsync($"control/{deed}", wish, Ended);
        answer.EnsureSuccessStatusCode();
        return await answer.Content.ReadFromJsonAsync<JsonElement>(Ended);
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _node.DisposeAsync();
    }

    [GeneratedRegex(@"listening (?<port>\d+)")]
    private static partial Regex Listening();

    internal sealed record Seen(Dictionary<string, int> Token, int Api, List<string> Secrets, int Verifiers, int Grants)
    {
        public int Refreshes => Token.GetValueOrDefault("refresh_token");
    }
}
