using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Alumia.Lab.Organizations;
using Alumia.Lab.Tests.Api;
using Alumia.Lab.Tests.Harness;
using Alumia.Lab.Tests.Stories;

namespace Alumia.Lab.Tests.Models;

/// <summary>Provider keys over the API: a key reads them, a signed-in browser adds and removes them.</summary>
public sealed partial class ProviderKeyEndpointTests(SharedLab shared) : IClassFixture<SharedLab>
{
    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_browser_adds_and_removes_a_key_and_an_api_key_only_reads()
    {
        var owner = await People.FoundAsync(shared.Lab, "byoka");
        using var api = await ApiClient.OfAsync(shared.Lab, owner);
        using var browser = await BrowserAsync("byoka", "byoka");

        Assert.Equal(403, (await api.PostAsync("billing/byok-keys", new { provider = "openai", key = "offline-good-key-1" })).Status);
        var (status, body) = await SendAsync(browser, HttpMethod.Post, "billing/byok-keys", new { provider = "openai", key = "offline-good-key-1" });
        Assert.Equal((200, true), (status, body.GetProperty("success").GetBoolean()));
        var added = body.GetProperty("data");
        Assert.Equal(("openai", "offlin…", "good", "byoka"), (Text(added, "provider"), Text(added, "prefix"), Text(added, "status"), Text(added, "addedBy")));
        Assert.DoesNotContain("offline-good", body.GetRawText(), StringComparison.Ordinal);

        var listed = (await api.GetAsync("billing/byok-keys")).Body.GetProperty("data").GetProperty("items");
        Assert.Equal(added.GetRawText(), Assert.Single(listed.EnumerateArray()).GetRawText());

        var id = Text(added, "id");
        Assert.Equal(403, (await api.DeleteAsync($"billing/byok-keys/{id}")).Status);
        Assert.Equal(200, (await SendAsync(browser, HttpMethod.Delete, $"billing/byok-keys/{id}", null)).Status);
        Assert.Equal(404, (await SendAsync(browser, HttpMethod.Delete, $"billing/byok-keys/{id}", null)).Status);
        Assert.Empty(await api.AllAsync("billing/byok-keys", 10));
    }

    [Fact]
    public async Task What_is_no_good_key_answers_422_with_what_the_provider_said()
    {
        await People.FoundAsync(shared.Lab, "byokb");
        using var browser = await BrowserAsync("byokb", "byokb");
        var (status, body) = await SendAsync(browser, HttpMethod.Post, "billing/byok-keys", new { provider = "anthropic", key = "offline-bad-key-1" });
        Assert.Equal((422, "VALIDATION_ERROR"), (status, Text(body.GetProperty("error"), "code")));
        Assert.Contains("Anthropic answered 401", Text(body.GetProperty("error"), "message"), StringComparison.Ordinal);
        Assert.DoesNotContain("offline-bad-key", body.GetRawText(), StringComparison.Ordinal);
        foreach (var wrong in new object[] { new { provider = "nobody", key = "offline-good-1" }, new { provider = "openai", key = "x" }, new { provider = "openai", key = new string('k', 501) }, new { provider = "openai" } })
            Assert.Equal((wrong.ToString(), 422), (wrong.ToString(), (await SendAsync(browser, HttpMethod.Post, "billing/byok-keys", wrong)).Status));
    }

    [Fact]
    public async Task A_member_and_another_orgs_owner_change_nothing()
    {
        var owner = await People.FoundAsync(shared.Lab, "byokc");
        await People.JoinAsync(shared.Lab, owner, "byokc-member", OrgRole.Member);
        await People.FoundAsync(shared.Lab, "byokd");
        using var mine = await BrowserAsync("byokc", "byokc");
        var id = Text((await SendAsync(mine, HttpMethod.Post, "billing/byok-keys", new { provider = "openai", key = "offline-good-key-1" })).Body.GetProperty("data"), "id");

        using var member = await BrowserAsync("byokc-member", "byokc");
        Assert.Equal(403, (await SendAsync(member, HttpMethod.Post, "billing/byok-keys", new { provider = "openai", key = "offline-good-key-2" })).Status);
        Assert.Equal(403, (await SendAsync(member, HttpMethod.Delete, $"billing/byok-keys/{id}", null)).Status);
        using var other = await BrowserAsync("byokd", "byokd");
        Assert.Equal(404, (await SendAsync(other, HttpMethod.Delete, $"billing/byok-keys/{id}", null)).Status);

        using var api = await ApiClient.OfAsync(shared.Lab, owner);
        Assert.Equal(id, Text(Assert.Single(await api.AllAsync("billing/byok-keys", 10)), "id"));
    }

    private async Task<HttpClient> BrowserAsync(string person, string org)
    {
        var browser = await People.BrowseAsync(shared.Lab, person);
        browser.DefaultRequestHeaders.Add("X-Alumia-Org", org);
        browser.DefaultRequestHeaders.Add("RequestVerificationToken", Token().Match(await browser.GetStringAsync("/account", Ended)).Groups["token"].Value);
        return browser;
    }

    private static async Task<(int Status, JsonElement Body)> SendAsync(HttpClient browser, HttpMethod method, string address, object? body)
    {
        using var request = new HttpRequestMessage(method, $"/api/v1/{address}") { Content = body is null ? null : JsonContent.Create(body) };
        using var answer = await browser.SendAsync(request, Ended);
        return ((int)answer.StatusCode, await answer.Content.ReadFromJsonAsync<JsonElement>(Ended));
    }

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;

    [GeneratedRegex("name=\"__RequestVerificationToken\" value=\"(?<token>[^\"]+)\"")]
    private static partial Regex Token();
}
