using Alumia.Lab.Offline.Models;
using Alumia.Lab.Sessions;
using Alumia.Lab.Storage;
using Alumia.Lab.Tests.Harness;

namespace Alumia.Lab.Tests.Sessions;

/// <summary>A turn's limits end it as failed, with all that it did; whoever lets it go on gives it as much again.</summary>
public sealed class LimitTests
{
    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    [Theory, BothProviders]
    public async Task The_limit_of_steps_fails_the_turn_and_keeps_everything(StorageProvider provider)
    {
        await using var bench = await Bench.StartAsync(provider, new() { ["Sessions:MaxSteps"] = "2" });
        var session = await bench.NewSessionAsync();
        await bench.SendAsync(session, "[[tool current_time {}]] [[tool current_time {}]] [[tool current_time {}]] [[say done]]");
        await bench.UntilAsync(session, SessionStatus.Failed);

        Assert.Equal("step_limit", Assert.Single(await bench.EventsAsync<TurnFailed>(session)).Code);
        Assert.Equal([ToolEnding.Ok, ToolEnding.Ok], (await bench.EventsAsync<ToolFinished>(session)).Select(finished => finished.Ending));
        Assert.Equal("step_limit", Assert.Single(await bench.TroublesAsync(session)).Kind);

        await bench.Conversations.ResumeAsync(bench.Scope, session, Ended);
        await bench.UntilAsync(session, SessionStatus.Idle);
        Assert.EndsWith("done", await bench.TextAsync(session), StringComparison.Ordinal);
        Assert.Equal([1, 2, 3, 4], (await bench.EventsAsync<StepStarted>(session)).Select(step => step.Step));
        Assert.Equal(3, (await bench.EventsAsync<ToolFinished>(session)).Count);
        await bench.AssertOrderlyAsync(session);
    }

    [Theory, BothProviders]
    public async Task The_time_limit_breaks_off_an_answer_and_a_tool_and_keeps_everything(StorageProvider provider)
    {
        await using var bench = await Bench.StartAsync(provider, new() { ["Sessions:MaxTurnMinutes"] = "0.1" });
        var (answer, tool) = (await bench.NewSessionAsync(), await bench.NewSessionAsync());
        await bench.SendAsync(answer, "[[long 2000]] [[pace 20]] about ships");
        await bench.SendAsync(tool, """[[tool wait {"seconds":300}]]""");
        await bench.UntilAsync(answer, SessionStatus.Failed);
        await bench.UntilAsync(tool, SessionStatus.Failed);

        Assert.Equal("time_limit", Assert.Single(await bench.EventsAsync<TurnFailed>(answer)).Code);
        var kept = await bench.TextAsync(answer);
        Assert.StartsWith(kept, Prose.AtLength("ships", 2000), StringComparison.Ordinal);
        Assert.NotEmpty(kept);
        Assert.Equal("time_limit", Assert.Single(await bench.EventsAsync<TurnFailed>(tool)).Code);
        Assert.NotEqual(ToolEnding.Ok, Assert.Single(await bench.EventsAsync<ToolFinished>(tool)).Ending);
        await bench.AssertOrderlyAsync(answer);
        await bench.AssertOrderlyAsync(tool);
    }
}
