using System.Diagnostics;
using Alumia.Lab.Browser;
using Alumia.Lab.Sessions;
using Alumia.Lab.Storage;
using Alumia.Lab.Tests.Browser;
using Alumia.Lab.Tests.Harness;
using Alumia.Lab.Tests.Sandbox;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Alumia.Lab.Tests.Sessions;

/// <summary>A cancel at a random moment reaches the whole tree of whatever tool runs: processes, pages, connections, waits.</summary>
public sealed class AnyToolCancelTests(ITestOutputHelper output)
{
    private const string Mark = "31415926";

    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Cancelled_at_random_moments_no_tool_leaves_a_process_a_page_or_a_connection_behind()
    {
        Namespaces.Need();
        var open = 0;
        await using var site = await TestSite.StartAsync(async context =>
        {
            Interlocked.Increment(ref open);
            try
            {
                context.Response.ContentType = "text/html; charset=utf-8";
                await context.Response.WriteAsync("<!doctype html><title>Slow</title><p>It never ends.");
                await context.Response.Body.FlushAsync();
                await TestSite.UntilGoneAsync(context);
            }
            finally
            {
                Interlocked.Decrement(ref open);
            }
        });
        await using var bench = await Bench.StartAsync(StorageProvider.Sqlite, new(BrowserBench.Settings(site.Place)) { ["Limits:ChatPerMinute"] = "100000", ["Tools:Browser:LoadSeconds"] = "600" });
        // Somebody to wait for, who is busy all the while.
        var peer = await bench.NewSessionAsync();
        await bench.SendAsync(peer, """[[tool wait {"seconds":600}]]""");
        await bench.UntilAsync(peer, SessionStatus.Active);
        string[] calls =
        [
            // Children of children in sessions of their own, which print for ever.
            $$"""[[tool run_command {"command":"for n in 1 2; do (setsid sh -c 'while true; do echo {{Mark}}; sleep 0.02; done' &) ; done; sleep {{Mark}}"}]]""",
            $$"""[[tool browser_open {"url":"{{site.Address}}page"}]]""",
            $$"""[[tool web_fetch {"url":"{{site.Address}}text"}]]""",
            """[[tool wait {"seconds":600}]]""",
            $$"""[[tool check_messages {"from":"{{peer}}","seconds":600}]]""",
        ];
        var seed = Environment.TickCount;
        output.WriteLine($"Figure: seed of the cancels over all tools: {seed}");
        var random = new Random(seed);
        var session = await bench.NewSessionAsync();
        var (longest, times) = (TimeSpan.Zero, Soak.Count(10, 50));
        for (var round = 0; round < times * calls.Length; round++)
        {
            var text = $"Round {round} {calls[round % calls.Length]}";
            await bench.SendAsync(session, text);
            await MomentAsync(bench, session, random.Next(4), () => Volatile.Read(ref open));

            await bench.Conversations.CancelAsync(bench.Scope, session, Ended);
            var since = Stopwatch.StartNew();
            Assert.Equal(SessionStatus.Cancelled, await bench.StatusAsync(session));
            await Eventually.True(() => HostProcesses.With(Mark) == 0 && Volatile.Read(ref open) == 0 && bench.Lab.Services.GetRequiredService<BrowserSessions>().Count == 0, $"nothing of it is left: {text}");
            longest = since.Elapsed > longest ? since.Elapsed : longest;
        }
        output.WriteLine($"Figure: {times * calls.Length} cancels over {calls.Length} tools left nothing; the slowest was gone {longest.TotalMilliseconds:0} ms after the cancel was answered");

        var events = await bench.EventsAsync(session);
        await bench.AskAsync(session, "[[say clean]]");
        var after = await bench.EventsAsync(session);
        StopTests.AssertOneTurnAfterTheOther(after);
        Assert.Equal(events.Select(each => each.Sequence), after.Take(events.Count).Select(each => each.Sequence));
        Assert.Equal("clean", await bench.TextAsync(session));
        // What was printed is kept, and told to the model with the end.
        var printed = events.Where(each => each.Data is ToolOutputWritten).ToLookup(each => each.TurnId, each => ((ToolOutputWritten)each.Data).Text);
        Assert.All(events.Where(each => each.Data is ToolFinished && printed[each.TurnId].Any()), each => Assert.Contains(printed[each.TurnId].Last().Trim(), ((ToolFinished)each.Data).Result, StringComparison.Ordinal));
    }

    /// <summary>At once, when the call runs, when it has printed, or when the other side has been reached.</summary>
    private static Task MomentAsync(Bench bench, string session, int moment, Func<int> open) => moment switch
    {
        0 => Task.CompletedTask,
        1 => Eventually.True(async () => await IsAtWorkAsync(bench, session) || await LastAsync(bench, session) is ToolStarted, "the call runs"),
        2 => Eventually.True(async () => open() > 0 || await IsAtWorkAsync(bench, session), "the call has printed, or waits"),
        _ => Eventually.True(async () => open() > 0 || HostProcesses.With(Mark) > 3 || await IsAtWorkAsync(bench, session), "the other side is reached"),
    };

    private static async Task<bool> IsAtWorkAsync(Bench bench, string session) =>
        await LastAsync(bench, session) is ToolOutputWritten || await bench.StatusAsync(session) == SessionStatus.AwaitingPeer;

    private static async Task<SessionEventData> LastAsync(Bench bench, string session) => (await bench.EventsAsync(session))[^1].Data;
}
