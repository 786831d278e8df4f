using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Alumia.Lab.Agents;
using Alumia.Lab.Api;
using Alumia.Lab.Organizations;
using Alumia.Lab.Projects;
using Alumia.Lab.Sessions;
using Alumia.Lab.Tests.Harness;
using Alumia.Lab.Tests.Stories;
using Alumia.Lab.Troubles;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Alumia.Lab.Tests.Api;

/// <summary>The section "429 TOO_MANY_REQUESTS" of the document on the chat endpoint: 60 requests a minute for each person, and not one more or less.</summary>
public sealed class ChatLimitTests(ChatLimitTests.TimedLab shared) : IClassFixture<ChatLimitTests.TimedLab>
{
    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    private LabHost Lab => shared.Lab;

    [Fact]
    public async Task Sixty_pass_in_a_minute_the_next_is_refused_and_who_waits_as_told_passes()
    {
        using var caller = await CallerAsync("paula");
        for (var i = 0; i < 60; i++)
        {
            using var passed = await SayAsync(caller, $"m{i}");
            Assert.Equal((i, HttpStatusCode.OK), (i, passed.StatusCode));
            Assert.Equal("\"chat\";q=60;w=60", passed.Headers.GetValues("RateLimit-Policy").Single());
            Assert.StartsWith($"\"chat\";r={59 - i};t=", passed.Headers.GetValues("RateLimit").Single(), StringComparison.Ordinal);
            shared.Clock.Advance(TimeSpan.FromMilliseconds(37));
        }
        var wait = await RefusedAsync(caller, "m60");
        Assert.Equal(60_000 - (60 * 37), wait);

        shared.Clock.Advance(TimeSpan.FromMilliseconds(wait - 50));
        Assert.Equal(50, await RefusedAsync(caller, "m60"));
        shared.Clock.Advance(TimeSpan.FromMilliseconds(50));
        using (var late = await SayAsync(caller, "m60"))
            Assert.Equal(HttpStatusCode.OK, late.StatusCode);
        Assert.Equal(37, await RefusedAsync(caller, "m61"));
    }

    [Fact]
    public async Task Two_people_do_not_share_a_budget_and_two_keys_of_one_person_do_and_so_does_the_panel()
    {
        var owner = await People.FoundAsync(Lab, "petra");
        var other = await People.JoinAsync(Lab, owner, "peter", OrgRole.Member);
        using var first = await CallerAsync(owner);
        using var second = await CallerAsync(owner);
        using var theirs = await CallerAsync(other);
        var chats = Lab.Services.GetRequiredService<Conversations>();
        var project = await Lab.Services.GetRequiredService<ProjectDirectory>().CreateAsync(owner, new ProjectEdit("Panel"), Ended);
        var session = await chats.CreateAsync(owner, project.Id, (await Lab.Services.GetRequiredService<AgentDirectory>().FindAsync(owner, Agent.AlaSlug, Ended)).Id, cancellation: Ended);
        for (var i = 0; i < 20; i++)
        {
            (await SayAsync(first, $"a{i}")).Dispose();
            (await SayAsync(second, $"b{i}")).Dispose();
            await chats.SendAsync(owner, session.Id, new NewMessage($"c{i}", "[[pace 0]] Hello"), Ended);
        }
        await RefusedAsync(first, "a20");
        await RefusedAsync(second, "b20");
        var refusal = await Assert.ThrowsAsync<Refusal>(() => chats.SendAsync(owner, session.Id, new NewMessage("c20", "Hello"), Ended));
        Assert.Equal(RefusalKind.TooMany, refusal.Kind);
        using var passed = await SayAsync(theirs, "d0");
        Assert.Equal(HttpStatusCode.OK, passed.StatusCode);

        var troubles = Lab.Services.GetRequiredService<TroubleLog>();
        var trouble = Assert.Single(await troubles.OpenAsync(owner, [], Ended), trouble => trouble.Kind == "too_many_requests");
        Assert.Contains("petra", trouble.Cause, StringComparison.OrdinalIgnoreCase);
        shared.Clock.Advance(TimeSpan.FromMinutes(1));
        await Eventually.Value(() => troubles.HealedAsync(owner, [], 5, Ended), healed => healed.Any(each => each.Id == trouble.Id), "the trouble heals by itself");
    }

    [Fact]
    public async Task Of_five_hundred_at_once_exactly_sixty_pass()
    {
        using var caller = await CallerAsync("pablo");
        var answers = await Task.WhenAll(Enumerable.Range(0, 500).Select(async i =>
        {
            using var answer = await SayAsync(caller, $"m{i}");
            return answer.StatusCode;
        }));
        Assert.Equal(60, answers.Count(status => status == HttpStatusCode.OK));
        Assert.Equal(440, answers.Count(status => status == HttpStatusCode.TooManyRequests));
    }

    [Fact]
    public async Task A_replay_costs_nothing_and_passes_where_nothing_else_does()
    {
        using var caller = await CallerAsync("pia");
        using (var first = await SayAsync(caller, "first", "pia-chat"))
            Assert.Contains("r=59;", first.Headers.GetValues("RateLimit").Single(), StringComparison.Ordinal);
        for (var i = 0; i < 5; i++)
        {
            using var replay = await SayAsync(caller, "first", "pia-chat");
            Assert.Equal(HttpStatusCode.OK, replay.StatusCode);
            Assert.Contains("r=59;", replay.Headers.GetValues("RateLimit").Single(), StringComparison.Ordinal);
        }
        for (var i = 1; i < 60; i++)
            (await SayAsync(caller, $"m{i}")).Dispose();
        await RefusedAsync(caller, "m60");
        using var again = await SayAsync(caller, "first", "pia-chat");
        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
    }

    [Fact]
    public async Task A_conversation_of_twenty_messages_sent_whole_costs_one_request()
    {
        using var caller = await CallerAsync("pam");
        var messages = Enumerable.Range(0, 19).Select(i => Message($"m{i}", i % 2 == 0 ? "user" : "assistant", $"This is number {i}.")).Append(Message("m19", "user", "[[pace 0]] What did I say first?"));
        using var answer = await caller.PostAsJsonAsync("/api/v1/chat", new { id = "twenty", messages }, Ended);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Contains("r=59;", answer.Headers.GetValues("RateLimit").Single(), StringComparison.Ordinal);
        Assert.Contains("This is number 0.", await answer.Content.ReadAsStringAsync(Ended), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sixty_calls_without_a_good_key_are_401_and_the_next_is_429()
    {
        await using var lab = await LabHost.StartAsync(new LabHostOptions { Clock = new FakeTimeProvider(shared.Clock.GetUtcNow()) });
        using var caller = lab.Client();
        caller.DefaultRequestHeaders.Authorization = new("Bearer", "alm_test_nobody");
        caller.DefaultRequestHeaders.Add("X-Alumia-Org", "nobody");
        for (var i = 0; i < 60; i++)
        {
            using var refused = await SayAsync(caller, $"m{i}");
            Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        }
        Assert.Equal(60_000, await RefusedAsync(caller, "m60"));
    }

    private static object Message(string id, string role, string text) => new { id, role, parts = new[] { new { type = "text", text } } };

    private static Task<HttpResponseMessage> SayAsync(HttpClient caller, string messageId, string? chat = null) =>
        caller.PostAsJsonAsync("/api/v1/chat", new { id = chat, messages = new[] { Message(messageId, "user", "[[pace 0]] Hello") } }, Ended);

    /// <summary>To the letter; returns the wait in ms.</summary>
    private static async Task<long> RefusedAsync(HttpClient caller, string messageId)
    {
        using var refused = await SayAsync(caller, messageId);
        Assert.Equal(429, (int)refused.StatusCode);
        Assert.Equal("application/json", refused.Content.Headers.ContentType?.MediaType);
        var text = await refused.Content.ReadAsStringAsync(Ended);
        var wait = JsonSerializer.Deserialize<JsonElement>(text).GetProperty("retryAfterMs").GetInt64();
        Assert.Equal(FormattableString.Invariant($"{{\"error\":\"Too many requests\",\"retryAfterMs\":{wait}}}"), text);
        Assert.Equal(((wait + 999) / 1000).ToString(CultureInfo.InvariantCulture), refused.Headers.GetValues("Retry-After").Single());
        Assert.Contains("r=0;", refused.Headers.GetValues("RateLimit").Single(), StringComparison.Ordinal);
        return wait;
    }

    private async Task<HttpClient> CallerAsync(string name) => await CallerAsync(await People.FoundAsync(Lab, name));

    private async Task<HttpClient> CallerAsync(OrgScope person)
    {
        var key = await Lab.Services.GetRequiredService<ApiKeys>().CreateAsync(person, "key", KeyScopes.All, null, Ended);
        var client = Lab.Client();
        client.DefaultRequestHeaders.Authorization = new("Bearer", key.Secret);
        client.DefaultRequestHeaders.Add("X-Alumia-Org", person.OrgSlug);
        client.DefaultRequestHeaders.Accept.Add(new("application/json"));
        return client;
    }

    /// <summary>A lab whose clock the test moves.</summary>
    public sealed class TimedLab : SharedLab
    {
        public FakeTimeProvider Clock { get; } = new(DateTimeOffset.FromUnixTimeMilliseconds(1_795_000_000_000));

        protected override LabHostOptions Options => new() { Clock = Clock };
    }
}
