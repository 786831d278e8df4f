using System.Collections.Concurrent;
using System.Text.Json;
using Alumia.Lab.Sessions;
using Alumia.Lab.Storage;
using Alumia.Lab.Tests.Harness;
using Alumia.Lab.Tools;
using Microsoft.Extensions.DependencyInjection;

namespace Alumia.Lab.Tests.Sessions;

/// <summary>A tool that waits for something outside: its turn parks, and the same call is run again.</summary>
public sealed class ParkTests
{
    private const string Ask = """[[tool wait {"seconds":0}]] [[tool door {}]] [[say in]]""";

    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    [Theory, BothProviders]
    public async Task A_call_that_waits_parks_its_turn_and_is_run_again_until_what_it_waits_for_has_come_or_its_wait_is_over(StorageProvider provider)
    {
        var door = new Door();
        await using var bench = await StartAsync(provider, door);
        var session = await bench.NewSessionAsync();
        await bench.SendAsync(session, Ask);
        await bench.UntilAsync(session, SessionStatus.AwaitingPeer);
        Assert.DoesNotContain(await bench.EventsAsync<ToolFinished>(session), finished => finished.Tool == "door");

        // A key that rings for nothing wakes nobody; a person who wakes it by hand lets the call look, and it waits on.
        await bench.WriteAsync(tx => tx.Changed(Door.Key));
        await bench.Conversations.ResumeAsync(bench.Scope, session, Ended);
        await Eventually.True(() => door.Runs.Count == 2, "the call was run again");
        await bench.UntilAsync(session, SessionStatus.AwaitingPeer);
        door.IsOpen = true;
        await bench.WriteAsync(tx => tx.Changed(Door.Key));
        await bench.UntilAsync(session, SessionStatus.Idle);

        Assert.Equal("open", (await bench.EventsAsync<ToolFinished>(session)).Single(finished => finished.Tool == "door").Result);
        Assert.Equal(["wait", "door"], (await bench.EventsAsync<ToolStarted>(session)).Select(started => started.Tool));
        Assert.Equal(3, door.Runs.Count);
        Assert.Single(door.Runs.Distinct());
        Assert.Equal("Somebody must open", (await bench.EventsAsync<StatusChanged>(session)).First(moved => moved.To == SessionStatus.AwaitingPeer).Why);
        await bench.AssertOrderlyAsync(session);
        door.IsOpen = false;
        await A_wait_is_over_in_its_time_by_a_cancel_and_by_what_the_tool_refuses(bench, door);
    }

    private static async Task A_wait_is_over_in_its_time_by_a_cancel_and_by_what_the_tool_refuses(Bench bench, Door door)
    {
        var (timed, cancelled, refused) = (await bench.NewSessionAsync(), await bench.NewSessionAsync(), await bench.NewSessionAsync());
        await bench.SendAsync(timed, """[[tool door {"ms":50}]] [[say in]]""");
        await bench.UntilAsync(timed, SessionStatus.Idle);
        await bench.SendAsync(cancelled, Ask);
        await bench.UntilAsync(cancelled, SessionStatus.AwaitingPeer);
        Assert.True(await bench.Conversations.CancelAsync(bench.Scope, cancelled, Ended));
        await bench.SendAsync(refused, """[[tool door {"refuse":true}]] [[say in]]""");
        await bench.UntilAsync(refused, SessionStatus.Idle);

        Assert.Equal((ToolEnding.Error, "Nobody opened."), Last(await bench.EventsAsync<ToolFinished>(timed)));
        Assert.Equal(ToolEnding.Cancelled, Last(await bench.EventsAsync<ToolFinished>(cancelled)).Ending);
        Assert.Equal((ToolEnding.Error, "The door is locked."), Last(await bench.EventsAsync<ToolFinished>(refused)));
        door.IsOpen = true;
        await bench.WriteAsync(tx => tx.Changed(Door.Key));
        Assert.Equal("again", await bench.AskAsync(cancelled, "[[say again]]"));
        foreach (var session in new[] { timed, cancelled, refused })
            await bench.AssertOrderlyAsync(session);

        static (ToolEnding Ending, string Result) Last(List<ToolFinished> finished) => (finished[^1].Ending, finished[^1].Result);
    }

    [Fact]
    public async Task A_wait_goes_on_after_a_restart_of_the_lab()
    {
        using var folder = new TempFolder();
        var settings = await Bench.SettingsAsync(StorageProvider.Sqlite, new() { ["Storage:Directory"] = folder.Path });
        var door = new Door();
        string session;
        await using (var before = await StartAsync(door, settings))
        {
            session = await before.NewSessionAsync();
            await before.SendAsync(session, Ask);
            await before.UntilAsync(session, SessionStatus.AwaitingPeer);
        }

        await using var after = await StartAsync(door, settings);
        Assert.Equal(SessionStatus.AwaitingPeer, await after.StatusAsync(session));
        door.IsOpen = true;
        await after.WriteAsync(tx => tx.Changed(Door.Key));
        await after.UntilAsync(session, SessionStatus.Idle);

        Assert.EndsWith("in", await after.TextAsync(session), StringComparison.Ordinal);
        Assert.Single(door.Runs.Distinct());
        await after.AssertOrderlyAsync(session);
    }

    private static async Task<Bench> StartAsync(StorageProvider provider, Door door) => await StartAsync(door, await Bench.SettingsAsync(provider));

    private static async Task<Bench> StartAsync(Door door, Dictionary<string, string?> settings) =>
        await Bench.OfAsync(await LabHost.StartAsync(new LabHostOptions { Settings = settings, Services = services => services.AddSingleton<ITool>(door).AddSingleton<IWakeChecker>(door) }));

    /// <summary>Waits until it is opened, or for so many ms.</summary>
    private sealed class Door : ITool, IWakeChecker
    {
        public const string Key = "test-door";

        public volatile bool IsOpen;

        /// <summary>The times since when each run knew itself to run.</summary>
        public ConcurrentQueue<long> Runs { get; } = [];

        public string Name => "door";

        public string Description => "A door of the tests.";

        public JsonElement Schema { get; } = JsonElement.Parse("""{"type":"object"}""");

        public ToolRisk Risk => ToolRisk.Reads;

        public TimeSpan TimeLimit => TimeSpan.FromMinutes(1);

        public string Kind => "test_door";

        public async IAsyncEnumerable<ToolOutput> RunAsync(ToolCall call, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
        {
            await Task.CompletedTask;
            Runs.Enqueue(call.SinceMs);
            var dueAtMs = call.SinceMs + (long?)call.Number("ms");
            yield return new ToolOutput.Decided(tx =>
                call.Arguments.TryGetProperty("refuse", out _) ? throw Refusal.Conflict("The door is locked.")
                : IsOpen ? new ToolOutput.Result("open")
                : tx.NowMs >= dueAtMs ? new ToolOutput.Error("Nobody opened.")
                : new ToolOutput.Park(Awaited.Peer, Kind, "Somebody must open", Key, dueAtMs));
        }

        public Task<bool> IsTrueAsync(WakeCondition condition, CancellationToken cancellation) => Task.FromResult(IsOpen);
    }
}
