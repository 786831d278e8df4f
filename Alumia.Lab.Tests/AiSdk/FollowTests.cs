using System.Net;
using System.Text.Json;
using Alumia.Lab.Sessions;
using Alumia.Lab.Storage;
using Alumia.Lab.Tests.Harness;
using Alumia.Lab.Tests.Sessions;
using static Alumia.Lab.Tests.AiSdk.ChatClient;

namespace Alumia.Lab.Tests.AiSdk;

/// <summary>Following a turn again, repeats, and what waits.</summary>
public sealed class FollowTests(BothLabs labs) : IClassFixture<BothLabs>
{
    private const string Long = "[[long 60]] [[pace 10]]";

    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    [Theory, BothProviders]
    public async Task A_client_that_comes_back_after_any_part_misses_nothing(StorageProvider provider)
    {
        var bench = await labs.OnAsync(provider);
        using var client = await OfAsync(bench.Lab, bench.Scope);
        var (session, whole) = await client.AskAsync(new { messages = new[] { User("[[reasoning]] [[tool current_time {}]] [[long 20]]") } });
        for (var i = 0; i < whole.Count - 1; i++)
        {
            using var followed = await client.FollowAsync(session, whole[i].Place);
            Assert.Equal(HttpStatusCode.OK, followed.StatusCode);
            var rest = await ReadAsync(followed).ToListAsync(Ended);
            Assert.Equal(TextOf(whole.Skip(i + 1)), TextOf(rest));
            Assert.Equal(Words(whole.Skip(i + 1)), Words(rest));
        }
        using var all = await client.FollowAsync(session, whole[^1].Place);
        Assert.Equal(HttpStatusCode.NoContent, all.StatusCode);
        using var nothing = await client.FollowAsync(session);
        Assert.Equal(HttpStatusCode.NoContent, nothing.StatusCode);
        using var wrong = await client.FollowAsync(session, "not-a-place");
        Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);
    }

    [Theory, BothProviders]
    public async Task A_client_that_goes_away_cancels_nothing_and_comes_back_in_mid_answer(StorageProvider provider)
    {
        var bench = await labs.OnAsync(provider);
        using var client = await OfAsync(bench.Lab, bench.Scope);
        string session;
        var seen = new List<SentPart>();
        using (var answer = await client.PostAsync(new { messages = new[] { User(Long) } }))
        {
            session = SessionOf(answer);
            await foreach (var part in ReadAsync(answer))
            {
                seen.Add(part);
                if (TextOf(seen).Length > 40)
                    break;
            }
        }
        Assert.Equal(SessionStatus.Active, await bench.StatusAsync(session));
        using var again = await client.FollowAsync(session, seen[^1].Place);
        seen.AddRange(await ReadAsync(again).ToListAsync(Ended));
        Assert.Equal("finish", seen[^1].Type);
        Assert.Equal(await bench.TextAsync(session), TextOf(seen));
        Assert.Single(seen, part => part.Type == "text-start");
    }

    [Theory, BothProviders]
    public async Task A_repeat_attaches_while_its_turn_runs_and_replays_what_is_stored_after_it(StorageProvider provider)
    {
        var bench = await labs.OnAsync(provider);
        using var client = await OfAsync(bench.Lab, bench.Scope);
        var body = new { id = Guid.NewGuid().ToString("N"), messages = new[] { User(Long, "m1") } };
        using var first = await client.PostAsync(body);
        using var second = await client.PostAsync(body);
        var (one, two) = (await ReadAsync(first).ToListAsync(Ended), await ReadAsync(second).ToListAsync(Ended));
        var (_, three) = await client.AskAsync(body);
        Assert.NotEqual("", TextOf(one));
        Assert.Equal((TextOf(one), TextOf(one)), (TextOf(two), TextOf(three)));
        Assert.Equal((one[0]["messageId"], one[0]["messageId"]), (two[0]["messageId"], three[0]["messageId"]));
        Assert.Single(await bench.EventsAsync<TurnStarted>(SessionOf(first)));
        Assert.Single(await bench.EventsAsync<StepStarted>(SessionOf(first)));

        var (_, edited) = await client.AskAsync(new { body.id, messages = new[] { User("[[say Another]] Hi", "m1") } });
        var (_, regenerated) = await client.AskAsync(new { body.id, trigger = "regenerate-message", messages = new[] { User("[[say Another]] Hi", "m1") } });
        Assert.Equal(("Another", "Another"), (TextOf(edited), TextOf(regenerated)));
        Assert.Equal([1, 2, 3], (await bench.EventsAsync<TurnStarted>(SessionOf(first))).Select(turn => turn.Revision));
    }

    [Theory, BothProviders]
    public async Task A_message_to_a_session_at_work_waits_and_streams_its_own_answer(StorageProvider provider)
    {
        var bench = await labs.OnAsync(provider);
        using var client = await OfAsync(bench.Lab, bench.Scope);
        var id = Guid.NewGuid().ToString("N");
        using var first = await client.PostAsync(new { id, messages = new[] { User(Long, "m1") } });
        var (_, second) = await client.AskAsync(new { id, messages = new[] { User("[[say Mine]] Hi", "m2") } });
        Assert.Equal("Mine", TextOf(second));
        Assert.Equal("start", second[0].Type);
        Assert.NotEqual((await ReadAsync(first).ToListAsync(Ended))[0]["messageId"], second[0]["messageId"]);
    }

    [Theory, BothProviders]
    public async Task A_message_that_is_taken_out_of_the_queue_ends_its_stream(StorageProvider provider)
    {
        var bench = await labs.OnAsync(provider);
        using var client = await OfAsync(bench.Lab, bench.Scope);
        var id = Guid.NewGuid().ToString("N");
        using var first = await client.PostAsync(new { id, messages = new[] { User("[[long 4000]] [[pace 20]]", "m1") } });
        using var second = await client.PostAsync(new { id, messages = new[] { User("Hi", "m2") } });
        await bench.Conversations.UnqueueAsync(bench.Scope, SessionOf(first), "m2", Ended);
        var error = Assert.Single(await ReadAsync(second).ToListAsync(Ended));
        Assert.Equal("CONFLICT", JsonSerializer.Deserialize<JsonElement>(error["errorText"]!).GetProperty("error").GetProperty("code").GetString());
        (await client.DoAsync(id, "stop")).Dispose();
    }

    [Theory, BothProviders]
    public async Task What_was_said_elsewhere_is_known_to_the_agent_of_the_new_session(StorageProvider provider)
    {
        var bench = await labs.OnAsync(provider);
        using var client = await OfAsync(bench.Lab, bench.Scope);
        var id = Guid.NewGuid().ToString("N");
        object[] messages = [User("My cat is called Miezi.", "m1"), Assistant("A fine name."), User("And my dog Rex.", "m2"), Assistant("Noted."), User("[[say Yes]] Do you know them?", "m3")];
        var (session, parts) = await client.AskAsync(new { id, messages });
        Assert.Equal("Yes", TextOf(parts));
        Assert.Equal(["m1", "m2", "m3"], (await bench.EventsAsync<TurnStarted>(session)).Select(turn => turn.MessageId));
        Assert.Equal(["A fine name.", "Noted.", "Yes"], (await bench.EventsAsync<TextWritten>(session)).Select(text => text.Text));
        await bench.AssertOrderlyAsync(session);
        // Sent whole again with one more, only that one is new.
        var (_, next) = await client.AskAsync(new { id, messages = messages.Append(Assistant("Yes")).Append(User("[[say Sure]] Sure?", "m4")).ToArray() });
        Assert.Equal("Sure", TextOf(next));
        Assert.Equal(4, (await bench.EventsAsync<TurnStarted>(session)).Count);
        await bench.AssertOrderlyAsync(session);
    }

    [Theory, BothProviders]
    public async Task Asked_for_JSON_it_answers_once_with_the_whole_message(StorageProvider provider)
    {
        var bench = await labs.OnAsync(provider);
        using var client = await OfAsync(bench.Lab, bench.Scope);
        using var answer = await client.PostAsync(new { messages = new[] { User("[[tool wait {\"seconds\":0.1}]] Wait") } }, "application/json");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var whole = await JsonAsync(answer);
        Assert.True(whole.GetProperty("success").GetBoolean());
        var data = whole.GetProperty("data");
        Assert.Equal((SessionOf(answer), "idle", "stop"), (data.GetProperty("sessionId").GetString(), data.GetProperty("status").GetString(), data.GetProperty("finishReason").GetString()));
        var parts = data.GetProperty("message").GetProperty("parts").EnumerateArray().ToList();
        Assert.Equal(["step-start", "dynamic-tool", "step-start", "text"], parts.Select(part => part.GetProperty("type").GetString()));
        Assert.Equal(("output-available", "Waited 0.1 seconds."), (parts[1].GetProperty("state").GetString(), parts[1].GetProperty("output").GetString()));
        Assert.Equal(await bench.TextAsync(SessionOf(answer)), parts[3].GetProperty("text").GetString());
    }

    [Theory, BothProviders]
    public async Task A_turn_that_waits_for_its_provider_keeps_the_stream_and_answers_JSON_at_once(StorageProvider provider)
    {
        var bench = await labs.OnAsync(provider);
        using var client = await OfAsync(bench.Lab, bench.Scope);
        var message = User("[[status 429 2 x1]] [[say Back]] Hi", "m1");
        var id = Guid.NewGuid().ToString("N");
        using var stream = await client.PostAsync(new { id, messages = new[] { message } });
        using var json = await client.PostAsync(new { id, messages = new[] { message } }, "application/json");
        Assert.Equal((HttpStatusCode.OK, "awaiting_provider"), (json.StatusCode, (await JsonAsync(json)).GetProperty("data").GetProperty("status").GetString()));
        var parts = await ReadAsync(stream).ToListAsync(Ended);
        Assert.Equal(["awaiting_provider", "active"], parts.Where(part => part.Type == "data-status").Select(part => part.Body.GetProperty("data").GetProperty("status").GetString()));
        Assert.All(parts, part => ChunkKeys.AssertExact(part.Body));
        Assert.Equal("Back", TextOf(parts));
    }

    [Theory, BothProviders]
    public async Task Stop_cancels_the_turn_and_resume_is_refused_where_nothing_waits(StorageProvider provider)
    {
        var bench = await labs.OnAsync(provider);
        using var client = await OfAsync(bench.Lab, bench.Scope);
        using var answer = await client.PostAsync(new { messages = new[] { User("[[long 4000]] [[pace 20]]") } });
        var session = SessionOf(answer);
        using var stopped = await client.DoAsync(session, "stop");
        Assert.True((await JsonAsync(stopped)).GetProperty("data").GetProperty("stopped").GetBoolean());
        Assert.Equal(SessionStatus.Cancelled, await bench.StatusAsync(session));
        Assert.Equal("abort", (await ReadAsync(answer).ToListAsync(Ended))[^1].Type);
        using var again = await client.DoAsync(session, "stop");
        Assert.False((await JsonAsync(again)).GetProperty("data").GetProperty("stopped").GetBoolean());
        using var refused = await client.DoAsync(session, "resume");
        Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
    }

    [Fact]
    public async Task A_turn_that_waits_is_woken_by_resume()
    {
        var bench = await labs.OnAsync(StorageProvider.Sqlite);
        using var client = await OfAsync(bench.Lab, bench.Scope);
        using var answer = await client.PostAsync(new { messages = new[] { User("[[status 429 600 x1]] [[say Back]] Hi") } });
        await bench.UntilAsync(SessionOf(answer), SessionStatus.AwaitingProvider);
        using var resumed = await client.DoAsync(SessionOf(answer), "resume");
        Assert.Equal(HttpStatusCode.OK, resumed.StatusCode);
        Assert.Equal("Back", TextOf(await ReadAsync(answer).ToListAsync(Ended)));
    }

    [Fact]
    public async Task A_failed_turn_is_an_error_in_the_stream_and_in_JSON()
    {
        var bench = await labs.OnAsync(StorageProvider.Sqlite);
        using var client = await OfAsync(bench.Lab, bench.Scope);
        var (_, parts) = await client.AskAsync(new { messages = new[] { User("[[cut 3]] [[long 40]]") } });
        Assert.Equal(["error", "finish"], parts.TakeLast(2).Select(part => part.Type));
        Assert.Equal("SERVICE_UNAVAILABLE", JsonSerializer.Deserialize<JsonElement>(parts[^2]["errorText"]!).GetProperty("error").GetProperty("code").GetString());
        using var json = await client.PostAsync(new { messages = new[] { User("[[cut 3]] [[long 40]]") } }, "application/json");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, json.StatusCode);
        Assert.Equal("SERVICE_UNAVAILABLE", (await JsonAsync(json)).GetProperty("error").GetProperty("code").GetString());
        Assert.Equal(SessionStatus.Failed, await bench.StatusAsync(SessionOf(json)));
    }

    [Theory]
    [InlineData(3_900_000, HttpStatusCode.OK)]
    [InlineData(4_300_000, HttpStatusCode.RequestEntityTooLarge)]
    public async Task A_body_has_up_to_four_megabytes(int bytes, HttpStatusCode status)
    {
        var bench = await labs.OnAsync(StorageProvider.Sqlite);
        using var client = await OfAsync(bench.Lab, bench.Scope);
        using var answer = await client.PostAsync(new { ignored = new string('x', bytes), messages = new[] { User("[[say Small]] Hi") } });
        Assert.Equal(status, answer.StatusCode);
    }

    private static IEnumerable<string> Words(IEnumerable<SentPart> parts) => parts.Where(part => part.Type != "text-delta" && part.Type != "reasoning-delta").Select(part => $"{part.Place} {part.Type}");
}
