using System.Runtime.CompilerServices;
using System.Text.Json;
using Alumia.Lab.Agents;
using Alumia.Lab.Sessions;
using Alumia.Lab.Storage;
using Alumia.Lab.Tests.Harness;
using Alumia.Lab.Tools;
using Microsoft.Extensions.DependencyInjection;

namespace Alumia.Lab.Tests.Sessions;

/// <summary>Calls that are malformed, unknown, switched off, too slow, or fail.</summary>
public sealed class ToolCallTests(BothLabs labs) : IClassFixture<BothLabs>
{
    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    [Theory, BothProviders]
    public async Task A_malformed_call_is_told_to_the_model_with_the_facts_and_the_turn_goes_on(StorageProvider provider)
    {
        var bench = await labs.OnAsync(provider);
        foreach (var (spoil, path, expected) in new[] { ("broken-json", "", "a JSON object"), ("wrong-arguments", "/no_such_argument", ""), ("unknown-tool", "", "one of the tools offered") })
        {
            var session = await bench.NewSessionAsync();
            var text = await bench.AskAsync(session, $$"""[[{{spoil}} x2]] [[tool wait {"seconds":0.1}]]""");

            Assert.Equal([1, 2], (await bench.EventsAsync<ToolRejected>(session)).Select(rejected => rejected.Attempt));
            var rejected = (await bench.EventsAsync<ToolRejected>(session))[0];
            Assert.StartsWith(path, rejected.Path, StringComparison.Ordinal);
            Assert.StartsWith(expected, rejected.Expected, StringComparison.Ordinal);
            Assert.NotEmpty(rejected.Received);
            // What later requests repeat is well-formed, and the model heard what was wrong.
            Assert.All(await bench.EventsAsync<ToolRequested>(session), requested => Assert.Equal(JsonValueKind.Object, JsonElement.Parse(requested.Arguments).ValueKind));
            Assert.Contains("did not work: Error: the call was not run", text, StringComparison.Ordinal);
            Assert.Contains("Waited 0.1 seconds.", text, StringComparison.Ordinal);
            await bench.AssertOrderlyAsync(session);
        }
    }

    [Theory, BothProviders]
    public async Task The_third_malformed_call_in_a_row_fails_the_turn_and_a_retry_has_three_again(StorageProvider provider)
    {
        var bench = await labs.OnAsync(provider);
        var session = await bench.NewSessionAsync();
        await bench.SendAsync(session, """[[broken-json x5]] [[tool wait {"seconds":0.1}]]""");
        await bench.UntilAsync(session, SessionStatus.Failed);

        Assert.Equal("malformed_call", Assert.Single(await bench.EventsAsync<TurnFailed>(session)).Code);
        Assert.Equal(3, (await bench.EventsAsync<ToolRejected>(session)).Count);
        Assert.Equal("malformed_call", Assert.Single(await bench.TroublesAsync(session)).Kind);

        await bench.Conversations.ResumeAsync(bench.Scope, session, Ended);
        await bench.UntilAsync(session, SessionStatus.Idle);
        Assert.Equal(5, (await bench.EventsAsync<ToolRejected>(session)).Count);
        await bench.AssertOrderlyAsync(session);
    }

    [Theory, BothProviders]
    public async Task A_tool_that_is_off_for_the_agent_is_neither_offered_nor_run(StorageProvider provider)
    {
        var bench = await labs.OnAsync(provider);
        var agents = bench.Lab.Services.GetRequiredService<AgentDirectory>();
        await agents.SetToolAsync(bench.Scope, bench.Ala.Id, "wait", ToolRight.Off, Ended);
        try
        {
            var session = await bench.NewSessionAsync();
            await bench.SendAsync(session, """[[tool wait {"seconds":1}]]""");
            await bench.UntilAsync(session, SessionStatus.Idle);

            Assert.Contains("The tool wait is switched off for this agent.", Assert.Single(await bench.EventsAsync<ToolRejected>(session)).Message, StringComparison.Ordinal);
            Assert.Empty(await bench.EventsAsync<ToolStarted>(session));
        }
        finally
        {
            await agents.SetToolAsync(bench.Scope, bench.Ala.Id, "wait", null, Ended);
        }
    }

    [Theory, BothProviders]
    public async Task A_tool_that_fails_in_whatever_way_is_told_to_the_model_and_the_turn_goes_on(StorageProvider provider)
    {
        await using var bench = await Bench.StartAsync(provider, services: services =>
        {
            services.AddSingleton<ITool>(new TestTool("too_slow", ForeverAsync, TimeSpan.FromMilliseconds(300)));
            services.AddSingleton<ITool>(new TestTool("says_no", _ => new[] { new ToolOutput.Error("The door is locked.") }.ToAsyncEnumerable()));
            services.AddSingleton<ITool>(new TestTool("throws", _ => throw new InvalidOperationException("secret path")));
            // As an HTTP client does that ran out of its own time.
            services.AddSingleton<ITool>(new TestTool("gives_up", _ => throw new TaskCanceledException()));
            services.AddSingleton<ITool>(new TestTool("says_nothing", _ => AsyncEnumerable.Empty<ToolOutput>()));
            services.AddSingleton<ITool>(new TestTool("talks", _ => new[] { new ToolOutput.Result(new string('x', 200_000)) }.ToAsyncEnumerable()));
        });
        var session = await bench.NewSessionAsync();

        var text = await bench.AskAsync(session, "[[tool too_slow {}]] [[tool says_no {}]] [[tool throws {}]] [[tool gives_up {}]] [[tool says_nothing {}]] [[tool talks {}]]");

        var finished = await bench.EventsAsync<ToolFinished>(session);
        Assert.Equal([ToolEnding.TimedOut, ToolEnding.Error, ToolEnding.Error, ToolEnding.Error, ToolEnding.Error, ToolEnding.Ok], finished.Select(each => each.Ending));
        Assert.Contains("`too_slow` did not work: Error: The tool did not end within", text, StringComparison.Ordinal);
        Assert.Contains("The door is locked.", text, StringComparison.Ordinal);
        Assert.DoesNotContain("secret path", text, StringComparison.Ordinal);
        Assert.InRange(finished[^1].Result.Length, 100_000, 100_100);
        await bench.AssertOrderlyAsync(session);
    }

    [Theory, BothProviders]
    public async Task A_tool_that_heeds_no_cancellation_holds_up_neither_its_turn_nor_a_stop(StorageProvider provider)
    {
        await using var bench = await Bench.StartAsync(provider, new() { ["Sessions:ToolGraceMs"] = "100" }, services =>
        {
            services.AddSingleton<ITool>(new TestTool("deaf", _ => DeafAsync(), TimeSpan.FromMilliseconds(300)));
            services.AddSingleton<ITool>(new TestTool("deaf_and_patient", _ => DeafAsync()));
        });
        var (timedOut, stopped) = (await bench.NewSessionAsync(), await bench.NewSessionAsync());

        Assert.Contains("did not end within", await bench.AskAsync(timedOut, "[[tool deaf {}]]"), StringComparison.Ordinal);
        await bench.SendAsync(stopped, "[[tool deaf_and_patient {}]]");
        await Eventually.Value(() => bench.EventsAsync<ToolOutputWritten>(stopped), written => written.Count > 0, "the tool runs");
        Assert.True(await bench.Conversations.CancelAsync(bench.Scope, stopped, Ended));

        Assert.Equal(ToolEnding.TimedOut, Assert.Single(await bench.EventsAsync<ToolFinished>(timedOut)).Ending);
        Assert.Equal(ToolEnding.Cancelled, Assert.Single(await bench.EventsAsync<ToolFinished>(stopped)).Ending);
    }

    private static async IAsyncEnumerable<ToolOutput> DeafAsync()
    {
        yield return new ToolOutput.Partial("begun");
        await new TaskCompletionSource().Task;
    }

    private static async IAsyncEnumerable<ToolOutput> ForeverAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        yield return new ToolOutput.Partial("begun");
        await new TaskCompletionSource().Task.WaitAsync(cancellation);
    }
}
