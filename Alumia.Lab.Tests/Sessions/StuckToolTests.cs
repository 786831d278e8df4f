using System.Runtime.CompilerServices;
using Alumia.Lab.Agents;
using Alumia.Lab.Sessions;
using Alumia.Lab.Storage;
using Alumia.Lab.Tests.Harness;
using Alumia.Lab.Tools;
using Alumia.Lab.Troubles;
using Microsoft.Extensions.DependencyInjection;

namespace Alumia.Lab.Tests.Sessions;

/// <summary>A slow tool is named with the facts, a tool that fails the same way twice too; their fixes do what they say.</summary>
public sealed class StuckToolTests
{
    private static readonly Dictionary<string, string?> _quick = new() { ["Sessions:QuietSeconds"] = "0.2" };

    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    [Theory, BothProviders]
    public async Task A_slow_call_is_named_with_the_facts_cancelled_alone_and_the_turn_goes_on(StorageProvider provider)
    {
        var tool = new SlowTool();
        await using var bench = await Bench.StartAsync(provider, _quick, services => services.AddSingleton<ITool>(tool));
        var session = await bench.NewSessionAsync();
        await bench.SendAsync(session, "[[tool slow {}]]");

        var trouble = await OpenAsync(bench, session, "slow_tool");
        Assert.Equal("slow is slow", trouble.Title);
        Assert.Equal("half of it", Fact(trouble, "Last printed"));
        Assert.Equal("Not known yet", Fact(trouble, "Usually takes"));
        Assert.Equal("on page 7", Fact(trouble, "Where it is"));
        Assert.Equal(["Cancel call", "Cancel session", "Cancel and edit prompt", "Disable tool"], trouble.Fixes.Select(fix => fix.Label));
        var wait = Assert.Single(await bench.Lab.Services.GetRequiredService<SessionWaits>().ListAsync(bench.Scope, Ended), wait => wait.Session.Id == session);
        Assert.Equal(("The tool slow runs.", ToolState.Running), (wait.On, wait.Call!.State));

        await ApplyAsync(bench, trouble, "Cancel call");

        await bench.UntilAsync(session, SessionStatus.Idle);
        var finished = Assert.Single(await bench.EventsAsync<ToolFinished>(session));
        Assert.Equal(ToolEnding.Cancelled, finished.Ending);
        Assert.Equal("This call was cancelled by the person. Its output up to then:\nhalf of it", finished.Result);
        Assert.Contains("This call was cancelled by the person.", await bench.TextAsync(session), StringComparison.Ordinal);
        Assert.Equal("slow was cancelled", (await bench.TroublesAsync(session)).Single().HealedBy);
        Assert.Equal(0, tool.Running);
        await bench.AssertOrderlyAsync(session);
    }

    [Theory, BothProviders]
    public async Task Its_usual_time_counts_once_it_is_known_and_a_slow_tool_can_be_disabled_from_the_card(StorageProvider provider)
    {
        var tool = new SlowTool();
        await using var bench = await Bench.StartAsync(provider, _quick, services => services.AddSingleton<ITool>(tool));
        var session = await bench.NewSessionAsync();
        await bench.WriteAsync(tx =>
        {
            for (var call = 0; call < 4; call++)
                ToolTimes.Record(tx, bench.Scope.OrgId, "slow", 100);
        });
        await bench.SendAsync(session, "[[tool slow {}]]");
        var trouble = await OpenAsync(bench, session, "slow_tool");
        Assert.Equal("0.1 s, from 4 calls", Fact(trouble, "Usually takes"));
        Assert.Matches(@"^It has run for .* and usually takes 0\.1 s\.", trouble.Cause);

        await ApplyAsync(bench, trouble, "Disable tool");

        await bench.UntilAsync(session, SessionStatus.Idle);
        Assert.Equal(ToolEnding.Cancelled, Assert.Single(await bench.EventsAsync<ToolFinished>(session)).Ending);
        var ala = await bench.Lab.Services.GetRequiredService<AgentDirectory>().FindAsync(bench.Scope, Agent.AlaSlug, Ended);
        Assert.Equal(ToolRight.Off, ala.Chosen("slow"));
        // Called all the same, the model is told so.
        Assert.Contains("The tool slow is switched off", await bench.AskAsync(session, "[[tool slow {}]]"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cancel_and_edit_prompt_cancels_and_leads_to_the_message_and_a_slow_time_is_never_told_for_a_tool_that_usually_is()
    {
        var tool = new SlowTool();
        await using var bench = await Bench.StartAsync(StorageProvider.Sqlite, _quick, services => services.AddSingleton<ITool>(tool));
        var (slow, usual) = (await bench.NewSessionAsync(), await bench.NewSessionAsync());
        await bench.WriteAsync(tx =>
        {
            for (var call = 0; call < 3; call++)
                ToolTimes.Record(tx, bench.Scope.OrgId, "wait", 600_000);
        });
        await bench.SendAsync(usual, """[[tool wait {"seconds":500}]]""");
        await bench.SendAsync(slow, "[[tool slow {}]]");
        var trouble = await OpenAsync(bench, slow, "slow_tool");

        var outcome = await ApplyAsync(bench, trouble, "Cancel and edit prompt");

        Assert.Equal($"/{bench.Scope.OrgSlug}/lab/{bench.Project.Id}?session={slow}&edit=last", outcome.GoTo);
        Assert.Equal(SessionStatus.Cancelled, await bench.StatusAsync(slow));
        Assert.All(await bench.TroublesAsync(slow), healed => Assert.NotNull(healed.HealedAtMs));
        Assert.Empty(await bench.TroublesAsync(usual));
    }

    [Theory, BothProviders]
    public async Task The_same_failure_twice_is_shown_told_to_the_model_and_the_tool_is_disabled_tried_and_switched_on_again(StorageProvider provider)
    {
        var broken = true;
        var count = 0;
        await using var bench = await Bench.StartAsync(provider, services: services => services.AddSingleton<ITool>(new TestTool("printer",
            _ => new ToolOutput[] { broken ? new ToolOutput.Error($"Tray {++count} of '/dev/lp{count}' is jammed.") : new ToolOutput.Result("printed") }.ToAsyncEnumerable())));
        var agents = bench.Lab.Services.GetRequiredService<AgentDirectory>();
        await agents.SetToolAsync(bench.Scope, bench.Ala.Id, "printer", ToolRight.Allow, Ended);
        var session = await bench.NewSessionAsync();

        await bench.AskAsync(session, """[[tool printer {"pages":1}]]""");
        await bench.AskAsync(session, """[[tool printer {"text":"other arguments"}]]""");
        Assert.Empty(await bench.TroublesAsync(session));
        await bench.AskAsync(session, """[[tool printer {"pages":2}]]""");

        Assert.EndsWith(RepeatedFailure.Advice, (await bench.EventsAsync<ToolFinished>(session))[^1].Result, StringComparison.Ordinal);
        var trouble = await OpenAsync(bench, session, "repeated_failure");
        Assert.Equal(("Tray 1 of '/dev/lp1' is jammed.", "Tray 3 of '/dev/lp3' is jammed."), Both(trouble, "What it said"));
        Assert.Equal(("""{"pages":1}""", """{"pages":2}"""), Both(trouble, "Arguments"));

        await ApplyAsync(bench, trouble, "Disable tool");
        Assert.Equal(ToolRight.Off, await RightAsync());
        trouble = await OpenAsync(bench, session, "repeated_failure");
        Assert.Equal(["Try it now", "Switch on again"], trouble.Fixes.Select(fix => fix.Label));
        Assert.StartsWith("It failed again: Tray 4", (await ApplyAsync(bench, trouble, "Try it now")).Message, StringComparison.Ordinal);
        broken = false;
        Assert.Equal("It worked: printed", (await ApplyAsync(bench, trouble, "Try it now")).Message);
        await ApplyAsync(bench, trouble, "Switch on again");

        Assert.Equal(ToolRight.Allow, await RightAsync());
        Assert.Equal("printer was switched on again", (await bench.TroublesAsync(session)).Single().HealedBy);
        Assert.Contains("printed", await bench.AskAsync(session, """[[tool printer {"pages":3}]]"""), StringComparison.Ordinal);

        async Task<ToolRight?> RightAsync() => (await agents.FindAsync(bench.Scope, Agent.AlaSlug, Ended)).Chosen("printer");
    }

    [Fact]
    public async Task Two_calls_of_one_step_that_fail_the_same_way_count_and_a_switch_in_the_settings_heals_too()
    {
        await using var bench = await Bench.StartAsync(StorageProvider.Sqlite, services: services => services.AddSingleton<ITool>(new TestTool("printer", _ => new ToolOutput[] { new ToolOutput.Error("Jammed.") }.ToAsyncEnumerable())));
        var agents = bench.Lab.Services.GetRequiredService<AgentDirectory>();
        var session = await bench.NewSessionAsync();
        await bench.AskAsync(session, """[[together]] [[tool printer {"pages":1}]] [[tool printer {"pages":2}]]""");
        await ApplyAsync(bench, await OpenAsync(bench, session, "repeated_failure"), "Disable tool");

        await agents.SetToolAsync(bench.Scope, bench.Ala.Id, "printer", ToolRight.Ask, Ended);

        Assert.Equal("printer was switched on again", (await bench.TroublesAsync(session)).Single().HealedBy);
    }

    [Fact]
    public void Errors_that_differ_in_names_and_numbers_are_the_same_way_to_fail_and_others_are_not()
    {
        Assert.Equal(RepeatedFailure.Normal("No file \"a.txt\" in /home/x after 12 s"), RepeatedFailure.Normal("No file \"b/c.txt\" in /tmp/y/z after 3.5 s"));
        Assert.NotEqual(RepeatedFailure.Normal("No file"), RepeatedFailure.Normal("No right to the file"));
        Assert.Equal(RepeatedFailure.Shape("""{"b":[1,2],"a":"x"}"""), RepeatedFailure.Shape("""{"a":"y","b":[3]}"""));
        Assert.NotEqual(RepeatedFailure.Shape("""{"a":1}"""), RepeatedFailure.Shape("""{"a":"1"}"""));
    }

    private static (string, string?) Both(Trouble trouble, string label) => trouble.Evidence.Where(fact => fact.Label == label).Select(fact => (fact.Value, fact.Again)).Single();

    private static string Fact(Trouble trouble, string label) => trouble.Evidence.Single(fact => fact.Label == label).Value;

    private static async Task<Trouble> OpenAsync(Bench bench, string session, string kind) =>
        (await Eventually.Value(() => bench.TroublesAsync(session), troubles => troubles.Any(trouble => trouble.Kind == kind && trouble.HealedAtMs is null), $"{kind} is raised")).Single(trouble => trouble.Kind == kind);

    private static Task<FixOutcome> ApplyAsync(Bench bench, Trouble trouble, string label) =>
        bench.Lab.Services.GetRequiredService<TroubleLog>().ApplyAsync(bench.Scope, trouble.Id, label, Ended);

    /// <summary>Prints a little, and then nothing until it is cancelled; it can tell where it is.</summary>
    private sealed class SlowTool : ITool, IToolProbe
    {
        private int _running;

        public int Running => _running;

        public string Name => "slow";

        public string Description => "A tool of the tests.";

        public System.Text.Json.JsonElement Schema { get; } = Arguments.Schema("""{"type":"object"}""");

        public ToolRisk Risk => ToolRisk.Reads;

        public TimeSpan TimeLimit => TimeSpan.FromMinutes(5);

        public async IAsyncEnumerable<ToolOutput> RunAsync(ToolCall call, [EnumeratorCancellation] CancellationToken cancellation)
        {
            Interlocked.Increment(ref _running);
            try
            {
                yield return new ToolOutput.Partial("half of it");
                await new TaskCompletionSource().Task.WaitAsync(cancellation);
            }
            finally
            {
                Interlocked.Decrement(ref _running);
            }
        }

        public ValueTask<IReadOnlyList<ToolFact>> LookAsync(ToolCall call, CancellationToken cancellation) => ValueTask.FromResult<IReadOnlyList<ToolFact>>([new("Where it is", "on page 7")]);
    }
}
