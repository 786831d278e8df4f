using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Alumia.Lab.Connectors;
using Alumia.Lab.Offline.OAuth;
using Alumia.Lab.Tests.Harness;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.DependencyInjection;

namespace Alumia.Lab.Tests.Offline;

/// <summary>A client of the stand-in provider that speaks OAuth by hand, so that a test can say anything.</summary>
internal sealed class ProviderClient : IDisposable
{
    public const string MailRead = "https://www.googleapis.com/auth/gmail.readonly";
    public const string MailSend = "https://www.googleapis.com/auth/gmail.send";
    public const string CalendarEvents = "https://www.googleapis.com/auth/calendar.events";
    public const string Email = "https://www.googleapis.com/auth/userinfo.email";

    private readonly HttpClient _http;
    private readonly string _verifier = WebEncoders.Base64UrlEncode(RandomNumberGenerator.GetBytes(32));

    public ProviderClient(LabHost lab)
    {
        Lab = lab;
        _http = lab.Client();
        Account = lab.Services.GetRequiredService<OAuthClientAccount>();
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public LabHost Lab { get; }

    public OAuthClientAccount Account { get; }

    public OAuthClient Client => Account.Client;

    public Uri TokenAddress => new(Lab.Address, "offline/oauth/token");

    public void Dispose() => _http.Dispose();

    /// <summary>The consent's address; a parameter that is given as null is left out.</summary>
    public Uri Authorize(string scope, params (string Name, string? Value)[] changes)
    {
        var query = new Dictionary<string, string?>
        {
            ["response_type"] = "code",
            ["client_id"] = Client.Id,
            ["redirect_uri"] = Account.RedirectUri,
            ["scope"] = scope,
            ["state"] = "state-of-the-client",
            ["code_challenge"] = WebEncoders.Base64UrlEncode(SHA256.HashData(Encoding.ASCII.GetBytes(_verifier))),
            ["code_challenge_method"] = "S256",
        };
        foreach (var (name, value) in changes)
            query[name] = value;
        return new Uri(QueryHelpers.AddQueryString(new Uri(Lab.Address, "offline/oauth/authorize").ToString(), query.Where(pair => pair.Value is not null)));
    }

    /// <summary>The whole way: sign-in, consent, code, tokens.</summary>
    public async Task<Tokens> ConnectAsync(string scope = $"{MailRead} {MailSend}", string account = ProviderPerson.Ada, IReadOnlyList<string>? ticked = null)
    {
        using var browser = Lab.Client();
        var back = await ProviderPerson.AllowAsync(browser, Authorize(scope), account, ticked);
        return (await RedeemAsync(CodeIn(back))).Tokens;
    }

    public static string CodeIn(Uri back) => QueryHelpers.ParseQuery(back.Query)["code"].ToString();

    public Task<TokenReply> RedeemAsync(string code, params (string Name, string? Value)[] changes) => TokenAsync(
        [("grant_type", "authorization_code"), ("code", code), ("redirect_uri", Account.RedirectUri), ("code_verifier", _verifier), .. changes]);

    public Task<TokenReply> RefreshAsync(string refreshToken, params (string Name, string? Value)[] changes) => TokenAsync(
        [("grant_type", "refresh_token"), ("refresh_token", refreshToken), .. changes]);

    public async Task<int> RevokeAsync(string token)
    {
        using var form = new FormUrlEncodedContent([new("token", token), new("client_id", Client.Id), new("client_secret", Client.Secret)]);
        using var answer = await _http.PostAsync(new Uri(Lab.Address, "offline/oauth/revoke"), form, Ct);
        return (int)answer.StatusCode;
    }

    /// <summary>Calls a service by its real address.</summary>
    public async Task<ServiceReply> CallAsync(string token, HttpMethod method, string address, object? body = null, string? accept = null)
    {
        using var request = new HttpRequestMessage(method, new Uri(Lab.Address, $"offline/api/{address}"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        if (accept is not null)
            request.Headers.Accept.ParseAdd(accept);
        if (body is not null)
            request.Content = new StringContent(JsonSerializer.Serialize(body), Encoding.UTF8, "application/json");
        using var answer = await _http.SendAsync(request, Ct);
        return new ServiceReply((int)answer.StatusCode, await answer.Content.ReadAsStringAsync(Ct), answer.Headers.WwwAuthenticate.ToString());
    }

    public Task<ServiceReply> GetAsync(string token, string address) => CallAsync(token, HttpMethod.Get, address);

    private async Task<TokenReply> TokenAsync(IEnumerable<(string Name, string? Value)> fields)
    {
        var all = new Dictionary<string, string?> { ["client_id"] = Client.Id, ["client_secret"] = Client.Secret };
        foreach (var (name, value) in fields)
            all[name] = value;
        using var form = new FormUrlEncodedContent(all.Where(pair => pair.Value is not null).Select(pair => KeyValuePair.Create(pair.Key, pair.Value!)));
        using var answer = await _http.PostAsync(TokenAddress, form, Ct);
        return new TokenReply((int)answer.StatusCode, JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Ct)).RootElement);
    }

    /// <summary>What the token endpoint gave.</summary>
    internal sealed record Tokens(string Access, string Refresh, string Scope, int ExpiresIn);

    /// <summary>What the token endpoint said.</summary>
    internal sealed record TokenReply(int Status, JsonElement Body)
    {
        public Tokens Tokens => Status == 200
            ? new(Body.GetProperty("access_token").GetString()!, Body.GetProperty("refresh_token").GetString()!, Body.GetProperty("scope").GetString()!, Body.GetProperty("expires_in").GetInt32())
            : throw new InvalidOperationException($"{Status}: {Body}");

        /// <summary>The error and its words.</summary>
        public (string? Error, string? Words) Error => (Text("error"), Text("error_description"));

        private string? Text(string name) => Body.TryGetProperty(name, out var value) ? value.GetString() : null;
    }

    /// <summary>What a service said.</summary>
    internal sealed record ServiceReply(int Status, string Text, string Challenge)
    {
        public JsonElement Json => JsonDocument.Parse(Text).RootElement;
    }
}
