using System.Text.Json;
using Alumia.Lab.Api;
using Alumia.Lab.Sessions;
using Alumia.Lab.Storage;
using Alumia.Lab.Tests.Harness;
using Alumia.Lab.Tests.Sessions;
using Alumia.Lab.Tools;
using Microsoft.Extensions.DependencyInjection;

namespace Alumia.Lab.Tests.AiSdk;

/// <summary>The AI SDK's own client (npm <c>ai</c>) against the lab: every chunk passes its schema, and has no key beyond it.</summary>
public sealed class AiSdkClientTests(BothLabs labs) : IClassFixture<BothLabs>
{
    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_talks_with_tool_calls_regenerates_and_edits()
    {
        var (bench, said) = await TellAsync("talk");
        var result = said.GetProperty("result");
        var first = result.GetProperty("first")[1];
        Assert.Equal(["step-start", "reasoning", "dynamic-tool", "step-start", "reasoning", "text"], Types(first));
        var tool = first.GetProperty("parts")[2];
        Assert.Equal(("wait", "output-available", "Waited 1.2 seconds."), (tool.GetProperty("toolName").GetString(), tool.GetProperty("state").GetString(), tool.GetProperty("output").GetString()));
        Assert.Equal(1.2, tool.GetProperty("input").GetProperty("seconds").GetDouble());
        Assert.False(tool.TryGetProperty("preliminary", out _), "the last output is no preliminary one");
        Assert.Contains(said.GetProperty("chunks").EnumerateArray(), chunk => chunk.TryGetProperty("preliminary", out _) && chunk.GetProperty("output").GetString() == "1 of 1.2 s\n");

        var second = result.GetProperty("second")[3].GetProperty("parts").EnumerateArray().Where(part => part.GetProperty("type").GetString() == "dynamic-tool").ToList();
        Assert.Equal(["output-error", "output-available"], second.Select(part => part.GetProperty("state").GetString()));
        Assert.Equal(4, result.GetProperty("regenerated").GetArrayLength());
        Assert.NotEqual(Id(result.GetProperty("second")[3]), Id(result.GetProperty("regenerated")[3]));
        Assert.Equal(2, result.GetProperty("edited").GetArrayLength());
        Assert.Equal("Edited", Text(result.GetProperty("edited")[1]));
        Assert.All(result.GetProperty("finished").EnumerateArray(), end => Assert.Equal("stop", end.GetProperty("finishReason").GetString()));

        var session = said.GetProperty("headers")[0].GetString()!;
        Assert.All(said.GetProperty("headers").EnumerateArray(), header => Assert.Equal(session, header.GetString()));
        var turns = await bench.EventsAsync<TurnStarted>(session);
        Assert.Equal([1, 1, 2, 2], turns.Select(turn => turn.Revision));
        Assert.Equal((turns[0].MessageId, turns[1].MessageId), (turns[3].MessageId, turns[2].MessageId));
    }

    [Theory]
    [InlineData("drop", true)]
    [InlineData("goOn", false)]
    public async Task A_line_that_breaks_is_taken_up_and_nothing_is_missed(string story, bool isReplay)
    {
        var (bench, said) = await TellAsync(story);
        var result = said.GetProperty("result");
        Assert.Equal("error", result.GetProperty("dropped").GetProperty("status").GetString());
        var dropped = result.GetProperty("dropped").GetProperty("text").GetString()!;
        Assert.Equal("ready", result.GetProperty("status").GetString());
        Assert.Equal(["POST 200", "GET 200"], said.GetProperty("requests").EnumerateArray().Select(request => request.GetString()));
        var session = said.GetProperty("headers")[0].GetString()!;
        var whole = await bench.TextAsync(session);
        Assert.InRange(dropped.Length, 61, whole.Length - 1);
        Assert.Equal(2, result.GetProperty("messages").GetArrayLength());
        Assert.Equal(whole, Text(result.GetProperty("messages")[1]));
        Assert.Equal(isReplay ? 2 : 1, said.GetProperty("chunks").EnumerateArray().Count(chunk => chunk.GetProperty("type").GetString() == "start"));
        Assert.Single(await bench.EventsAsync<TurnStarted>(session));
    }

    [Fact]
    public async Task When_the_client_leaves_the_turn_goes_on_to_its_end()
    {
        var (bench, said) = await TellAsync("leave");
        Assert.True(said.GetProperty("result").GetProperty("finished")[0].GetProperty("isAbort").GetBoolean());
        var session = said.GetProperty("headers")[0].GetString()!;
        await bench.UntilAsync(session, SessionStatus.Idle);
        Assert.True((await bench.TextAsync(session)).Length > Text(said.GetProperty("result").GetProperty("messages")[1]).Length);
    }

    [Fact]
    public async Task A_stop_ends_the_turn_as_cancelled_and_the_stream_with_abort()
    {
        var (bench, said) = await TellAsync("stop");
        var session = said.GetProperty("headers")[0].GetString()!;
        var stopped = said.GetProperty("result").GetProperty("stopped").GetProperty("data");
        Assert.Equal((session, "cancelled", true), (stopped.GetProperty("sessionId").GetString(), stopped.GetProperty("status").GetString(), stopped.GetProperty("stopped").GetBoolean()));
        Assert.Equal(SessionStatus.Cancelled, await bench.StatusAsync(session));
        Assert.Equal("abort", said.GetProperty("chunks").EnumerateArray().Last().GetProperty("type").GetString());
        Assert.Equal(await bench.TextAsync(session), Text(said.GetProperty("result").GetProperty("messages")[1]));
    }

    [Fact]
    public async Task A_turn_that_fails_is_an_error_with_the_envelope_as_its_text()
    {
        var (_, said) = await TellAsync("fail");
        var error = JsonSerializer.Deserialize<JsonElement>(said.GetProperty("result").GetProperty("error").GetString()!).GetProperty("error");
        Assert.Equal("SERVICE_UNAVAILABLE", error.GetProperty("code").GetString());
        Assert.NotEqual("", error.GetProperty("message").GetString());
        Assert.Equal(["error", "finish"], said.GetProperty("chunks").EnumerateArray().Select(chunk => chunk.GetProperty("type").GetString()!).TakeLast(2));
    }

    [Fact]
    public async Task Where_nothing_is_live_there_is_nothing_to_resume()
    {
        var (_, said) = await TellAsync("nothingLive");
        Assert.Equal(["POST 200", "GET 204"], said.GetProperty("requests").EnumerateArray().Select(request => request.GetString()));
        Assert.Equal("Done", Text(said.GetProperty("result").GetProperty("messages")[1]));
    }

    [Fact]
    public async Task It_approves_one_call_of_a_batch_and_denies_another()
    {
        await using var bench = await Bench.StartAsync(StorageProvider.Sqlite, services: services => services.AddSingleton<ITool>(ApprovalTests.Mail()));
        var said = await TellAsync("approve", bench);
        var result = said.GetProperty("result");
        Assert.Equal(["output-available", "approval-requested", "approval-requested"], States(result.GetProperty("asked")));
        Assert.Equal(1, result.GetProperty("half").GetInt32()); // Not before both are answered.
        Assert.Equal("ready", result.GetProperty("status").GetString());
        Assert.Equal(["POST 200", "POST 200"], said.GetProperty("requests").EnumerateArray().Select(request => request.GetString()));
        Assert.Equal(["tool-calls", "stop"], result.GetProperty("finished").EnumerateArray().Select(end => end.GetProperty("finishReason").GetString()!));
        // One message, which goes on where it stood.
        Assert.Equal(2, result.GetProperty("messages").GetArrayLength());
        var answer = result.GetProperty("messages")[1];
        Assert.Equal(["output-available", "output-available", "output-denied"], States(answer));
        Assert.Contains("It answered: sent", Text(answer), StringComparison.Ordinal);
        Assert.Contains("They said: Not to b", Text(answer), StringComparison.Ordinal);
        var session = said.GetProperty("headers")[0].GetString()!;
        Assert.Single(await bench.EventsAsync<TurnStarted>(session));
        Assert.Equal(Text(answer), await bench.TextAsync(session));
    }

    private static List<string> States(JsonElement message) =>
        [.. message.GetProperty("parts").EnumerateArray().Where(part => part.GetProperty("type").GetString() == "dynamic-tool").Select(part => part.GetProperty("state").GetString()!)];

    private async Task<(Bench Bench, JsonElement Said)> TellAsync(string story)
    {
        var bench = await labs.OnAsync(StorageProvider.Sqlite);
        return (bench, await TellAsync(story, bench));
    }

    private static async Task<JsonElement> TellAsync(string story, Bench bench)
    {
        var node = Parts.Need(Part.Node);
        var script = Path.Combine(Repository.Root, "Alumia.Lab.Tests", "AiSdk", "chat.mjs");
        var key = await bench.Lab.Services.GetRequiredService<ApiKeys>().CreateAsync(bench.Scope, story, KeyScopes.All, null, Ended);
        await using var child = await ChildProcess.StartAsync(node, [script, story, bench.Lab.Address.ToString(), key.Secret, bench.Scope.OrgSlug]);
        Assert.True(await child.Exited.WaitAsync(TimeSpan.FromSeconds(60), Ended) == 0, child.Output);
        await Eventually.True(() => child.Output.EndsWith("}\n", StringComparison.Ordinal), "all of its output is here");
        var said = JsonSerializer.Deserialize<JsonElement>(child.Output);
        Assert.Empty(said.GetProperty("wrong").EnumerateArray());
        Assert.All(said.GetProperty("chunks").EnumerateArray(), ChunkKeys.AssertExact);
        return said;
    }

    private static List<string> Types(JsonElement message) => [.. message.GetProperty("parts").EnumerateArray().Select(part => part.GetProperty("type").GetString()!)];

    private static string Text(JsonElement message) =>
        string.Concat(message.GetProperty("parts").EnumerateArray().Where(part => part.GetProperty("type").GetString() == "text").Select(part => part.GetProperty("text").GetString()));

    private static string Id(JsonElement message) => message.GetProperty("id").GetString()!;
}
