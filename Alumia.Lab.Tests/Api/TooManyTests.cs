using System.Globalization;
using System.Net;
using System.Text.Json;
using Alumia.Lab.Api;
using Alumia.Lab.Tests.Harness;
using Alumia.Lab.Tests.Stories;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Alumia.Lab.Tests.Api;

/// <summary>The section "429 TOO_MANY_REQUESTS" of the document: its status, its body, its header, and that both are honest.</summary>
public sealed class TooManyTests
{
    private static readonly DateTimeOffset _start = DateTimeOffset.FromUnixTimeMilliseconds(1_795_000_000_000);

    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Over_the_limit_the_answer_is_the_documents_and_who_waits_as_told_passes()
    {
        var clock = new FakeTimeProvider(_start);
        await using var lab = await LabHost.StartAsync(new LabHostOptions { Clock = clock, Settings = new Dictionary<string, string?> { ["Limits:ApiPerMinute"] = "5" } });
        var owner = await People.FoundAsync(lab, "max");
        var keys = lab.Services.GetRequiredService<ApiKeys>();
        var (one, two) = (await keys.CreateAsync(owner, "one", KeyScopes.All, null, Ended), await keys.CreateAsync(owner, "two", KeyScopes.All, null, Ended));
        for (var i = 0; i < 5; i++)
        {
            using var passed = await CallAsync(lab, i % 2 == 0 ? one.Secret : two.Secret);
            Assert.Equal(HttpStatusCode.OK, passed.StatusCode);
            Assert.Equal("\"api\";q=5;w=60", passed.Headers.GetValues("RateLimit-Policy").Single());
            Assert.StartsWith($"\"api\";r={4 - i};t=", passed.Headers.GetValues("RateLimit").Single(), StringComparison.Ordinal);
            clock.Advance(TimeSpan.FromMilliseconds(1_300));
        }
        using var refused = await CallAsync(lab, two.Secret);
        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        var body = JsonSerializer.Deserialize<JsonElement>(await refused.Content.ReadAsStringAsync(Ended));
        Assert.Equal(["error", "retryAfterMs"], body.EnumerateObject().Select(property => property.Name));
        Assert.Equal("Too many requests", body.GetProperty("error").GetString());
        var wait = body.GetProperty("retryAfterMs").GetInt64();
        Assert.Equal(60_000 - (5 * 1_300), wait);
        Assert.Equal(((wait + 999) / 1000).ToString(CultureInfo.InvariantCulture), refused.Headers.GetValues("Retry-After").Single());

        clock.Advance(TimeSpan.FromMilliseconds(wait - 1));
        using (var early = await CallAsync(lab, one.Secret))
            Assert.Equal(HttpStatusCode.TooManyRequests, early.StatusCode);
        clock.Advance(TimeSpan.FromMilliseconds(1));
        using var late = await CallAsync(lab, one.Secret);
        Assert.Equal(HttpStatusCode.OK, late.StatusCode);
    }

    [Fact]
    public async Task Calls_without_a_good_key_are_counted_by_their_address_and_cost_nobody_else_anything()
    {
        var clock = new FakeTimeProvider(_start);
        await using var lab = await LabHost.StartAsync(new LabHostOptions { Clock = clock, Settings = new Dictionary<string, string?> { ["Limits:RefusedPerMinute"] = "3" } });
        var owner = await People.FoundAsync(lab, "mona");
        var good = await lab.Services.GetRequiredService<ApiKeys>().CreateAsync(owner, "good", KeyScopes.All, null, Ended);
        for (var i = 0; i < 3; i++)
        {
            using var wrong = await CallAsync(lab, "alm_test_wrong", "mona");
            Assert.Equal(HttpStatusCode.Unauthorized, wrong.StatusCode);
        }
        using (var tooMany = await CallAsync(lab, "alm_test_wrong", "mona"))
            Assert.Equal(HttpStatusCode.TooManyRequests, tooMany.StatusCode);
        using var other = await CallAsync(lab, good.Secret, "mona");
        Assert.Equal(HttpStatusCode.OK, other.StatusCode);
    }

    private static async Task<HttpResponseMessage> CallAsync(LabHost lab, string key, string org = "max")
    {
        using var client = lab.Client();
        client.DefaultRequestHeaders.Authorization = new("Bearer", key);
        client.DefaultRequestHeaders.Add("X-Alumia-Org", org);
        return await client.GetAsync("/api/v1/api-keys", Ended);
    }
}
