using System.Net;
using System.Text.Json;
using Alumia.Lab.Api;
using Alumia.Lab.Organizations;
using Alumia.Lab.Tests.Harness;
using Alumia.Lab.Tests.Stories;
using Alumia.Lab.Troubles;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Alumia.Lab.Tests.Api;

/// <summary>The section "401 UNAUTHORIZED on the API" of the document, to the letter: both headers, and which of its causes it is.</summary>
public sealed class DoorTests(DoorTests.TimedLab shared) : IClassFixture<DoorTests.TimedLab>
{
    private static readonly string[] _everywhere = ["/api/v1/api-keys", "/api/v1/none", "/api/v1"];

    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    private LabHost Lab => shared.Lab;

    private ApiKeys Keys => Lab.Services.GetRequiredService<ApiKeys>();

    [Fact]
    public async Task Both_headers_and_a_good_key_open_the_door()
    {
        var (owner, key) = await MakeAsync("dora");
        using var answer = await CallAsync(key.Secret, "dora");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var data = await JsonAsync(answer);
        Assert.True(data.GetProperty("success").GetBoolean());
        var listed = data.GetProperty("data").GetProperty("items").EnumerateArray().Single();
        Assert.Equal(key.Key.Prefix, listed.GetProperty("prefix").GetString());
        Assert.DoesNotContain(key.Secret, data.GetRawText(), StringComparison.Ordinal);
        Assert.NotNull((await Keys.ListAsync(owner, Ended)).Single().Key.LastUsedAtMs);
    }

    [Fact]
    public async Task Every_cause_of_the_document_is_401_with_its_own_words()
    {
        var (owner, key) = await MakeAsync("derek");
        await MakeAsync("other-org");
        await AssertRefusedAsync(null, "derek", "Authorization header is missing");
        await AssertRefusedAsync(key.Secret, null, "X-Alumia-Org header is missing");
        await AssertRefusedAsync(null, null, "Authorization header is missing", "X-Alumia-Org header is missing");
        await AssertRefusedAsync("alm_test_nonsense", "derek", "not good for this organization");
        await AssertRefusedAsync(key.Secret, "other-org", "not good for this organization");
        await AssertRefusedAsync(key.Secret, "no-such-org", "not good for this organization");
        await Keys.RevokeAsync(owner, key.Key.Id, Ended);
        await AssertRefusedAsync(key.Secret, "derek", "was revoked on");
    }

    [Fact]
    public async Task A_key_ends_when_it_expires_and_when_its_maker_leaves()
    {
        var owner = await People.FoundAsync(Lab, "dina");
        var member = await People.JoinAsync(Lab, owner, "dino", OrgRole.Member);
        var expiring = await Keys.CreateAsync(member, "short", KeyScopes.All, shared.Clock.GetUtcNow().AddDays(1).ToUnixTimeMilliseconds(), Ended);
        var lasting = await Keys.CreateAsync(member, "long", KeyScopes.All, null, Ended);
        using (var before = await CallAsync(expiring.Secret, "dina"))
            Assert.Equal(HttpStatusCode.OK, before.StatusCode);
        shared.Clock.Advance(TimeSpan.FromDays(1));
        await AssertRefusedAsync(expiring.Secret, "dina", "expired on");
        await Lab.Services.GetRequiredService<Members>().RemoveAsync(owner, member.UserId, Ended);
        await AssertRefusedAsync(lasting.Secret, "dina", "not good for this organization");
        Assert.Contains(await Keys.ListAsync(owner, Ended), line => line.Key.Id == lasting.Key.Id && line.State == KeyState.Orphaned);
        Assert.Contains(await Keys.RefusalsAsync(owner, Ended), refusal => refusal.Cause.Contains("no member any more", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_orgs_owner_is_told_why_a_client_fails_and_nobody_else_is()
    {
        var (owner, key) = await MakeAsync("dagmar");
        var stranger = await People.FoundAsync(Lab, "stranger");
        for (var i = 0; i < 3; i++)
            await AssertRefusedAsync(key.Secret, "stranger", "not good");
        await AssertRefusedAsync(key.Secret, null, "missing");
        var told = await Keys.RefusalsAsync(owner, Ended);
        Assert.Equal(2, told.Count);
        Assert.All(told, refusal => Assert.Equal(key.Key.Prefix, refusal.Prefix));
        Assert.Contains(told, refusal => refusal.Cause.Contains("another organization", StringComparison.Ordinal));
        Assert.Contains(told, refusal => refusal.Cause.Contains("was missing", StringComparison.Ordinal));
        Assert.Empty(await Keys.RefusalsAsync(stranger, Ended));
        var troubles = Lab.Services.GetRequiredService<TroubleLog>();
        Assert.Contains(await troubles.OpenAsync(owner, [], Ended), trouble => trouble.Kind == "api_key_refused" && trouble.Cause.Contains("X-Alumia-Org was missing", StringComparison.Ordinal));
        Assert.Empty(await troubles.OpenAsync(stranger, [], Ended));
        using (var good = await CallAsync(key.Secret, "dagmar"))
            Assert.Equal(HttpStatusCode.OK, good.StatusCode);
        Assert.Equal("A call with this key passed", (await troubles.HealedAsync(owner, [], 1, Ended)).Single().HealedBy);
    }

    [Fact]
    public async Task Every_address_of_the_API_asks_for_both_headers_before_it_says_anything_else()
    {
        var (_, key) = await MakeAsync("debora");
        foreach (var address in _everywhere)
        {
            using var answer = await CallAsync(null, null, address);
            Assert.Equal((address, HttpStatusCode.Unauthorized), (address, answer.StatusCode));
        }
        using var none = await CallAsync(key.Secret, "debora", "/api/v1/none");
        Assert.Equal(HttpStatusCode.NotFound, none.StatusCode);
        Assert.Equal("NOT_FOUND", (await JsonAsync(none)).GetProperty("error").GetProperty("code").GetString());
    }

    [Fact]
    public async Task A_key_without_the_scope_is_refused_with_403()
    {
        var owner = await People.FoundAsync(Lab, "dylan");
        var key = await Keys.CreateAsync(owner, "chat only", KeyScopes.Chat, null, Ended);
        using var answer = await CallAsync(key.Secret, "dylan");
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        var error = (await JsonAsync(answer)).GetProperty("error");
        Assert.Equal("FORBIDDEN", error.GetProperty("code").GetString());
        Assert.Contains("read", error.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_signed_in_browser_reads_with_its_cookie_and_the_orgs_slug_in_its_own_org_alone()
    {
        await People.FoundAsync(Lab, "doris");
        using var browser = await People.BrowseAsync(Lab, "doris");
        browser.DefaultRequestHeaders.Add("X-Alumia-Org", "doris");
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/api/v1/api-keys", Ended)).StatusCode);
        browser.DefaultRequestHeaders.Remove("X-Alumia-Org");
        Assert.Equal(HttpStatusCode.Unauthorized, (await browser.GetAsync("/api/v1/api-keys", Ended)).StatusCode);
        await People.FoundAsync(Lab, "dorothy");
        browser.DefaultRequestHeaders.Add("X-Alumia-Org", "dorothy");
        Assert.Equal(HttpStatusCode.Unauthorized, (await browser.GetAsync("/api/v1/api-keys", Ended)).StatusCode);
    }

    private async Task<(OrgScope Owner, NewApiKey Key)> MakeAsync(string name)
    {
        var owner = await People.FoundAsync(Lab, name);
        return (owner, await Keys.CreateAsync(owner, "key", KeyScopes.All, null, Ended));
    }

    private async Task<HttpResponseMessage> CallAsync(string? key, string? org, string address = "/api/v1/api-keys")
    {
        using var client = Lab.Client();
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        if (key is not null)
            request.Headers.Authorization = new("Bearer", key);
        if (org is not null)
            request.Headers.Add("X-Alumia-Org", org);
        return await client.SendAsync(request, Ended);
    }

    private async Task AssertRefusedAsync(string? key, string? org, params string[] words)
    {
        using var answer = await CallAsync(key, org);
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Equal("application/json", answer.Content.Headers.ContentType?.MediaType);
        var body = await JsonAsync(answer);
        Assert.Equal(["error"], body.EnumerateObject().Select(property => property.Name));
        Assert.Equal(["code", "message"], body.GetProperty("error").EnumerateObject().Select(property => property.Name));
        Assert.Equal("UNAUTHORIZED", body.GetProperty("error").GetProperty("code").GetString());
        Assert.All(words, word => Assert.Contains(word, body.GetProperty("error").GetProperty("message").GetString(), StringComparison.Ordinal));
    }

    private static async Task<JsonElement> JsonAsync(HttpResponseMessage answer) =>
        JsonSerializer.Deserialize<JsonElement>(await answer.Content.ReadAsStringAsync(Ended));

    /// <summary>A lab whose clock the test moves.</summary>
    public sealed class TimedLab : SharedLab
    {
        public FakeTimeProvider Clock { get; } = new(DateTimeOffset.FromUnixTimeMilliseconds(1_795_000_000_000));

        protected override LabHostOptions Options => new() { Clock = Clock };
    }
}
