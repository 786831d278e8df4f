using System.Net.Http.Json;
using System.Text.Json;
using Alumia.Lab.Api;
using Alumia.Lab.Organizations;
using Alumia.Lab.Tests.Harness;
using Microsoft.Extensions.DependencyInjection;

namespace Alumia.Lab.Tests.Api;

/// <summary>A client of the API with a person's key.</summary>
internal sealed class ApiClient : IDisposable
{
    private readonly HttpClient _client;

    private ApiClient(HttpClient client) => _client = client;

    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    public static async Task<ApiClient> OfAsync(LabHost lab, OrgScope person, KeyScopes scopes = KeyScopes.All)
    {
        var key = await lab.Services.GetRequiredService<ApiKeys>().CreateAsync(person, "test", scopes, null, Ended);
        var client = lab.Client();
        client.DefaultRequestHeaders.Authorization = new("Bearer", key.Secret);
        client.DefaultRequestHeaders.Add("X-Alumia-Org", person.OrgSlug);
        return new ApiClient(client);
    }

    public Task<(int Status, JsonElement Body)> GetAsync(string address) => SendAsync(HttpMethod.Get, address, null);

    /// <summary>All items of a list, read by so many.</summary>
    public async Task<List<JsonElement>> AllAsync(string address, int limit)
    {
        List<JsonElement> items = [];
        for (var cursor = ""; ;)
        {
            var (status, body) = await GetAsync($"{address}{(address.Contains('?', StringComparison.Ordinal) ? '&' : '?')}limit={limit}{cursor}");
            Assert.Equal((address, 200), (address, status));
            var data = body.GetProperty("data");
            items.AddRange(data.GetProperty("items").EnumerateArray());
            if (data.GetProperty("nextCursor").GetString() is not { } next)
                return items;
            cursor = $"&cursor={next}";
        }
    }

    public Task<(int Status, JsonElement Body)> PostAsync(string address, object body) => SendAsync(HttpMethod.Post, address, JsonContent.Create(body));

    /// <summary>A POST that is named by its client.</summary>
    public async Task<(int Status, JsonElement Body, bool IsReplay)> PostOnceAsync(string address, string key, object body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/v1/{address}") { Content = JsonContent.Create(body), Headers = { { "Idempotency-Key", key } } };
        using var answer = await _client.SendAsync(request, Ended);
        return ((int)answer.StatusCode, await answer.Content.ReadFromJsonAsync<JsonElement>(Ended), answer.Headers.Contains("Idempotent-Replayed"));
    }

    public Task<(int Status, JsonElement Body)> PatchAsync(string address, object body) => SendAsync(HttpMethod.Patch, address, JsonContent.Create(body));

    public Task<(int Status, JsonElement Body)> DeleteAsync(string address) => SendAsync(HttpMethod.Delete, address, null);

    public async Task<(int Status, JsonElement Body)> SendAsync(HttpMethod method, string address, HttpContent? body)
    {
        using var request = new HttpRequestMessage(method, $"/api/v1/{address}") { Content = body };
        using var answer = await _client.SendAsync(request, Ended);
        var text = await answer.Content.ReadAsStringAsync(Ended);
        return ((int)answer.StatusCode, text.Length == 0 ? default : JsonSerializer.Deserialize<JsonElement>(text));
    }

    public void Dispose() => _client.Dispose();
}
