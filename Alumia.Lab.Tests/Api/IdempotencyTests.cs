using System.Text.Json;
using Alumia.Lab.Organizations;
using Alumia.Lab.Storage;
using Alumia.Lab.Tests.Harness;
using Alumia.Lab.Tests.Sessions;
using Alumia.Lab.Tests.Stories;
using Microsoft.Extensions.Time.Testing;

namespace Alumia.Lab.Tests.Api;

/// <summary>A POST with an Idempotency-Key is done once, and answered the same again.</summary>
public sealed class IdempotencyTests(BothLabs labs) : IClassFixture<BothLabs>
{
    [Theory, BothProviders]
    public async Task The_same_call_again_gets_the_same_answer_and_does_nothing(StorageProvider provider)
    {
        var lab = (await labs.OnAsync(provider)).Lab;
        using var client = await ApiClient.OfAsync(lab, await People.FoundAsync(lab, "ida"));
        var first = await client.PostOnceAsync("projects", "order 1", new { name = "Once" });
        Assert.Equal((200, false), (first.Status, first.IsReplay));
        var again = await client.PostOnceAsync("projects", "order 1", new { name = "Once" });
        Assert.Equal((200, true, first.Body.GetRawText()), (again.Status, again.IsReplay, again.Body.GetRawText()));
        Assert.Single(await NamedAsync(client, "Once"));
        var other = await client.PostOnceAsync("projects", "order 1", new { name = "Another" });
        Assert.Equal((422, "VALIDATION_ERROR"), (other.Status, CodeOf(other.Body)));
        Assert.Equal(422, (await client.PostOnceAsync("agents", "order 1", new { name = "Once" })).Status);
        Assert.Equal(200, (await client.PostOnceAsync("projects", "order 2", new { name = "Once" })).Status);
        Assert.Equal(2, (await NamedAsync(client, "Once")).Count);
        Assert.Equal(422, (await client.PostOnceAsync("projects", new string('k', 256), new { name = "Once" })).Status);
    }

    [Theory, BothProviders]
    public async Task Of_many_at_once_one_is_done_and_the_others_are_told_so(StorageProvider provider)
    {
        var lab = (await labs.OnAsync(provider)).Lab;
        using var client = await ApiClient.OfAsync(lab, await People.FoundAsync(lab, "igor"));
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => client.PostOnceAsync("projects", "burst", new { name = "Burst" })));
        Assert.Single(answers, answer => answer is { Status: 200, IsReplay: false });
        Assert.All(answers, answer => Assert.True(answer.Status == 200 || (answer.Status == 409 && CodeOf(answer.Body) == "CONFLICT"), answer.Body.GetRawText()));
        Assert.Single(answers.Where(answer => answer.Status == 200).Select(answer => answer.Body.GetRawText()).Distinct());
        Assert.Single(await NamedAsync(client, "Burst"));
    }

    [Theory, BothProviders]
    public async Task A_call_that_was_refused_is_not_kept_and_a_key_is_of_one_person(StorageProvider provider)
    {
        var lab = (await labs.OnAsync(provider)).Lab;
        var owner = await People.FoundAsync(lab, "iris");
        using var client = await ApiClient.OfAsync(lab, owner);
        Assert.Equal(422, (await client.PostOnceAsync("projects", "mended", new { name = "" })).Status);
        Assert.Equal(200, (await client.PostOnceAsync("projects", "mended", new { name = "Mended" })).Status);
        using var other = await ApiClient.OfAsync(lab, await People.JoinAsync(lab, owner, "ivan", OrgRole.Member));
        var (status, _, isReplay) = await other.PostOnceAsync("projects", "mended", new { name = "Mended" });
        Assert.Equal((200, false), (status, isReplay));
    }

    [Fact]
    public async Task After_a_day_a_key_is_free_again()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.FromUnixTimeMilliseconds(1_795_000_000_000));
        await using var lab = await LabHost.StartAsync(new LabHostOptions { Clock = clock });
        using var client = await ApiClient.OfAsync(lab, await People.FoundAsync(lab, "inga"));
        await client.PostOnceAsync("projects", "daily", new { name = "Daily" });
        clock.Advance(TimeSpan.FromHours(24));
        Assert.True((await client.PostOnceAsync("projects", "daily", new { name = "Daily" })).IsReplay);
        clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.False((await client.PostOnceAsync("projects", "daily", new { name = "Daily" })).IsReplay);
        Assert.Equal(2, (await NamedAsync(client, "Daily")).Count);
    }

    private static async Task<List<JsonElement>> NamedAsync(ApiClient client, string name) =>
        [.. (await client.AllAsync("projects", 50)).Where(project => project.GetProperty("name").GetString() == name)];

    private static string CodeOf(JsonElement body) => body.GetProperty("error").GetProperty("code").GetString()!;
}
