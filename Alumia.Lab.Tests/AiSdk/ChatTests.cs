using System.Net;
using System.Text;
using Alumia.Lab.Sessions;
using Alumia.Lab.Storage;
using Alumia.Lab.Tests.Harness;
using Alumia.Lab.Tests.Sessions;
using Alumia.Lab.Tests.Stories;
using static Alumia.Lab.Tests.AiSdk.ChatClient;

namespace Alumia.Lab.Tests.AiSdk;

/// <summary><c>POST /api/v1/chat</c> through the whole lab.</summary>
public sealed class ChatTests(BothLabs labs) : IClassFixture<BothLabs>
{
    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    [Theory, BothProviders]
    public async Task A_message_streams_its_answer_and_the_next_one_goes_on_in_the_same_session(StorageProvider provider)
    {
        var bench = await labs.OnAsync(provider);
        using var client = await OfAsync(bench.Lab, bench.Scope);
        using var answer = await client.PostAsync(new { messages = new[] { User("[[say Hello there]] Hi", "m1") } });
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(("v1", "no-cache", "no"), (answer.Headers.GetValues("x-vercel-ai-ui-message-stream").Single(), answer.Headers.CacheControl?.ToString(), answer.Headers.GetValues("x-accel-buffering").Single()));
        var parts = await ReadAsync(answer).ToListAsync(Ended);
        var session = SessionOf(answer);
        Assert.Equal("Hello there", TextOf(parts));
        Assert.Equal(["start", "start-step", "text-start", "text-delta", "text-end", "finish-step", "finish"], parts.Select(part => part.Type).Distinct());
        Assert.Equal(session, parts[0].Body.GetProperty("messageMetadata").GetProperty("sessionId").GetString());
        Assert.Equal("stop", parts[^1]["finishReason"]);

        var (again, more) = await client.AskAsync(new { sessionId = session, messages = new[] { User("[[say And again]] Hi", "m2") } });
        Assert.Equal((session, "And again"), (again, TextOf(more)));
        Assert.Equal(["m1", "m2"], (await bench.EventsAsync<TurnStarted>(session)).Select(turn => turn.MessageId));
    }

    [Theory, BothProviders]
    public async Task The_clients_own_id_names_a_session_that_is_made_once(StorageProvider provider)
    {
        var bench = await labs.OnAsync(provider);
        using var client = await OfAsync(bench.Lab, bench.Scope);
        var name = $"chat-{Guid.NewGuid():N}";
        var all = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => client.AskAsync(new { id = name, trigger = "submit-message", messages = new[] { User("[[say One]] Hi", "m1") } })));
        Assert.Single(all.Select(each => each.SessionId).Distinct());
        Assert.All(all, each => Assert.Equal("One", TextOf(each.Parts)));
        Assert.Single(await bench.EventsAsync<TurnStarted>(all[0].SessionId));
        await bench.Conversations.DeleteAsync(bench.Scope, all[0].SessionId, Ended);
        var (fresh, _) = await client.AskAsync(new { id = name, messages = new[] { User("[[say Two]] Hi", "m1") } });
        Assert.NotEqual(all[0].SessionId, fresh);
    }

    [Fact]
    public async Task Another_orgs_session_is_not_found_by_any_of_the_calls()
    {
        var bench = await labs.OnAsync(StorageProvider.Sqlite);
        using var client = await OfAsync(bench.Lab, bench.Scope);
        var (session, _) = await client.AskAsync(new { messages = new[] { User("[[say Ours]] Hi") } });
        using var stranger = await OfAsync(bench.Lab, await People.FoundAsync(bench.Lab, "stranger"));
        foreach (var body in new object[] { new { sessionId = session, messages = new[] { User("Hi") } }, new { id = session, messages = new[] { User("Hi") } } })
        {
            using var refused = await stranger.PostAsync(body);
            Assert.Equal(HttpStatusCode.NotFound, refused.StatusCode);
        }
        using var followed = await stranger.FollowAsync(session);
        using var stopped = await stranger.DoAsync(session, "stop");
        using var resumed = await stranger.DoAsync(session, "resume");
        Assert.All([followed, stopped, resumed], answer => Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode));
        Assert.Single(await bench.EventsAsync<TurnStarted>(session));
    }

    [Theory]
    [InlineData("""{"messages":""", HttpStatusCode.BadRequest)]
    [InlineData("""null""", HttpStatusCode.BadRequest)]
    [InlineData("""{"messages":7}""", HttpStatusCode.BadRequest)]
    [InlineData("""{"messages":[{"role":"user","parts":[7]}]}""", HttpStatusCode.BadRequest)]
    [InlineData("""{}""", HttpStatusCode.UnprocessableEntity)]
    [InlineData("""{"messages":[]}""", HttpStatusCode.UnprocessableEntity)]
    [InlineData("""{"messages":[null]}""", HttpStatusCode.UnprocessableEntity)]
    [InlineData("""{"messages":[{"role":"assistant","content":"Hi"}]}""", HttpStatusCode.UnprocessableEntity)]
    [InlineData("""{"messages":[{"role":"user","parts":[]}]}""", HttpStatusCode.UnprocessableEntity)]
    [InlineData("""{"messages":[{"role":"user","content":"a\u0000b"}]}""", HttpStatusCode.UnprocessableEntity)]
    [InlineData("""{"messages":[{"role":"user","parts":[{"type":"file","url":"data:,"},{"type":"text","text":"Look"}]}]}""", HttpStatusCode.UnprocessableEntity)]
    [InlineData("""{"model":"no/such","messages":[{"role":"user","content":"Hi"}]}""", HttpStatusCode.UnprocessableEntity)]
    [InlineData("""{"agentId":"nobody","messages":[{"role":"user","content":"Hi"}]}""", HttpStatusCode.NotFound)]
    [InlineData("""{"projectId":"none","messages":[{"role":"user","content":"Hi"}]}""", HttpStatusCode.NotFound)]
    [InlineData("""{"sessionId":"none","messages":[{"role":"user","content":"Hi"}]}""", HttpStatusCode.NotFound)]
    public async Task What_cannot_be_sent_is_refused_before_anything_begins(string body, HttpStatusCode status)
    {
        var bench = await labs.OnAsync(StorageProvider.Sqlite);
        using var client = await OfAsync(bench.Lab, bench.Scope);
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var answer = await client.PostAsync(content);
        Assert.Equal(status, answer.StatusCode);
        var error = (await JsonAsync(answer)).GetProperty("error");
        Assert.NotEqual("", error.GetProperty("message").GetString());
    }
}
