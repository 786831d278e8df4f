using System.Text.Json;
using Alumia.Lab.Sessions;
using Alumia.Lab.Storage;
using Alumia.Lab.Tests.AiSdk;
using Alumia.Lab.Tests.Harness;
using Alumia.Lab.Tests.Sessions;
using Alumia.Lab.Tools;
using Microsoft.Extensions.DependencyInjection;

namespace Alumia.Lab.Tests.Api;

/// <summary>Rights to tools, approvals and single calls, by programs.</summary>
public sealed class ApprovalCallTests
{
    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_program_chooses_rights_sees_what_asks_and_answers_it()
    {
        await using var bench = await Bench.StartAsync(StorageProvider.Sqlite, services: services => services.AddSingleton<ITool>(ApprovalTests.Mail()));
        using var client = await ApiClient.OfAsync(bench.Lab, bench.Scope);
        using var chat = await ChatClient.OfAsync(bench.Lab, bench.Scope);

        var (status, agent) = await client.PatchAsync("agents/ala", new { tools = new { current_time = "off", wait = "ask" } });
        Assert.Equal((200, """{"current_time":"off","wait":"ask"}"""), (status, agent.GetProperty("data").GetProperty("tools").GetRawText()));
        foreach (var wrong in new object[] { new { tools = new { wait = "perhaps" } }, new { tools = new Dictionary<string, string> { ["no tool!"] = "ask" } } })
            Assert.Equal(422, (await client.PatchAsync("agents/ala", wrong)).Status);

        // Asked for JSON, the answer does not wait for a person.
        using var answer = await chat.PostAsync(new { messages = new[] { ChatClient.User("""[[together]] [[tool send_mail {"to":"a"}]] [[tool wait {"seconds":0}]]""", "m1") } }, "application/json");
        var data = (await ChatClient.JsonAsync(answer)).GetProperty("data");
        Assert.Equal(("awaiting_approval", "tool-calls"), (data.GetProperty("status").GetString(), data.GetProperty("finishReason").GetString()));
        Assert.All(data.GetProperty("message").GetProperty("parts").EnumerateArray().Where(part => part.GetProperty("type").GetString() == "dynamic-tool"),
            part => Assert.Equal("approval-requested", part.GetProperty("state").GetString()));
        var session = data.GetProperty("sessionId").GetString()!;
        var asked = await client.AllAsync($"sessions/{session}/approvals", 50);
        Assert.Equal([("send_mail", """{"to":"a"}"""), ("wait", """{"seconds":0}""")], asked.Select(each => (Text(each, "tool"), JsonSerializer.Serialize(JsonElement.Parse(Text(each, "arguments"))))));

        var (mail, wait) = ($"sessions/{session}/approvals/{Text(asked[0], "callId")}", $"sessions/{session}/approvals/{Text(asked[1], "callId")}");
        Assert.Equal(422, (await client.PostAsync(mail, new { answer = "maybe" })).Status);
        Assert.Equal(200, (await client.PostAsync(mail, new { answer = "approve" })).Status);
        Assert.Contains((await client.PostAsync(mail, new { answer = "approve" })).Status, new[] { 404, 409 });
        Assert.Equal(200, (await client.PostAsync(wait, new { answer = "deny", reason = "No time" })).Status);
        await bench.UntilAsync(session, SessionStatus.Idle);
        Assert.Contains("They said: No time", await bench.TextAsync(session), StringComparison.Ordinal);
        Assert.Empty(await client.AllAsync($"sessions/{session}/approvals", 50));

        // A client of the AI SDK that answers late or again: the same answer is nothing new, another one is a conflict.
        var call = Text(asked[1], "callId");
        using var again = await chat.PostAsync(Answered(session, call, false));
        Assert.Equal(200, (int)again.StatusCode);
        Assert.Contains("tool-output-denied", (await ChatClient.ReadAsync(again).ToListAsync(Ended)).Select(part => part.Type));
        using var other = await chat.PostAsync(Answered(session, call, true));
        Assert.Contains((int)other.StatusCode, new[] { 404, 409 });
    }

    [Fact]
    public async Task A_program_cancels_one_call_and_its_turn_goes_on()
    {
        await using var bench = await Bench.StartAsync(StorageProvider.Sqlite);
        using var client = await ApiClient.OfAsync(bench.Lab, bench.Scope);
        var session = await bench.NewSessionAsync();
        await bench.SendAsync(session, """[[tool wait {"seconds":500}]]""");
        var started = (await Eventually.Value(() => bench.EventsAsync<ToolStarted>(session), all => all.Count > 0, "the tool runs"))[0];

        // It is asked for until it is there: the event stands a moment before the call.
        var (_, body) = await Eventually.Value(() => client.PostAsync($"sessions/{session}/calls/{started.CallId}/cancel", new { }), answer => answer.Body.GetProperty("data").GetProperty("cancelled").GetBoolean(), "it is cancelled");

        Assert.Equal(started.CallId, body.GetProperty("data").GetProperty("callId").GetString());
        await bench.UntilAsync(session, SessionStatus.Idle);
        Assert.Contains("cancelled by the person", await bench.TextAsync(session), StringComparison.Ordinal);

        // A stop of the turn says what it did.
        await bench.SendAsync(session, """[[tool wait {"seconds":500}]]""");
        await Eventually.Value(() => bench.EventsAsync<ToolStarted>(session), all => all.Count == 2, "the tool runs again");
        var (_, stopped) = await client.PostAsync($"chat/{session}/stop", new { });
        Assert.Equal("wait", Assert.Single(stopped.GetProperty("data").GetProperty("report").GetProperty("stopped").EnumerateArray()).GetString());
    }

    private static string Text(JsonElement each, string name) => each.GetProperty(name).GetString()!;

    private static object Answered(string session, string call, bool approved) => new
    {
        sessionId = session,
        messages = new object[]
        {
            ChatClient.User("first", "m1"),
            new { id = "a1", role = "assistant", parts = new object[] { new { type = "dynamic-tool", toolName = "wait", toolCallId = call, state = "approval-responded", input = new { seconds = 0 }, approval = new { id = call, approved } } } },
        },
    };
}
