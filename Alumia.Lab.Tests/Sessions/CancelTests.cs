using System.Runtime.CompilerServices;
using Alumia.Lab.Agents;
using Alumia.Lab.Ledger;
using Alumia.Lab.Sessions;
using Alumia.Lab.Storage;
using Alumia.Lab.Tests.Harness;
using Alumia.Lab.Tools;
using Microsoft.Extensions.DependencyInjection;

namespace Alumia.Lab.Tests.Sessions;

/// <summary>A cancel at random moments of a tool: it ends, its output stays, nothing of it comes later, and the person is told what was done.</summary>
public sealed class CancelTests
{
    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    [Theory, BothProviders]
    public async Task A_cancel_at_a_random_moment_ends_the_tool_keeps_its_output_and_leaves_nothing_for_the_next_turn(StorageProvider provider)
    {
        var counter = new CountingTool();
        await using var bench = await Bench.StartAsync(provider, new() { ["Limits:ChatPerMinute"] = "100000" }, services => services.AddSingleton<ITool>(counter));
        var (random, session) = (new Random(11), await bench.NewSessionAsync());
        var rounds = Soak.Count(12, 50);
        for (var round = 1; round <= rounds; round++)
        {
            var call = round % 3 == 0 ? """[[tool wait {"seconds":500}]]""" : "[[tool count {}]]";
            await bench.SendAsync(session, $"Round {round} {call}");
            // The first is cancelled at once; the others when so much has been printed, or when it runs.
            var moment = round == 1 ? 0 : random.Next(40);
            await Eventually.Value(() => bench.EventsAsync<ToolStarted>(session), started => moment == 0 || started.Count >= round - 1, "the tool runs");
            if (round % 3 != 0 && moment > 0)
                await Eventually.True(() => counter.Printed >= moment || counter.Running == 0, $"{moment} lines were printed");
            counter.Printed = 0;

            await bench.Conversations.CancelAsync(bench.Scope, session, Ended);

            Assert.Equal(SessionStatus.Cancelled, await bench.StatusAsync(session));
            Assert.Equal(0, counter.Running);
            Assert.Empty(bench.Lab.Services.GetRequiredService<LiveCalls>().All);
        }
        var events = await bench.EventsAsync(session);
        await bench.AskAsync(session, "[[say clean]]");

        StopTests.AssertOneTurnAfterTheOther(await bench.EventsAsync(session));
        Assert.Equal(events.Count, (await bench.EventsAsync(session)).Count(each => each.Sequence <= events.Count));
        var written = events.Where(each => each.Data is ToolOutputWritten).ToLookup(each => each.TurnId, each => ((ToolOutputWritten)each.Data).Text);
        foreach (var finished in events.Where(each => each.Data is ToolFinished))
        {
            // Its end tells the model what there was.
            var output = string.Concat(written[finished.TurnId]);
            Assert.EndsWith(output.Length > 200 ? output[^200..] : output, ((ToolFinished)finished.Data).Result, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task The_stop_says_what_it_ended_what_could_not_be_undone_and_what_money_came_back()
    {
        await using var bench = await Bench.StartAsync(StorageProvider.Sqlite, services: services =>
        {
            services.AddSingleton<ITool>(ApprovalTests.Mail());
            services.AddSingleton<ITool>(new CountingTool());
        });
        await bench.Lab.Services.GetRequiredService<AgentDirectory>().SetToolAsync(bench.Scope, bench.Ala.Id, "send_mail", ToolRight.Allow, Ended);
        var session = await bench.NewSessionAsync();
        await bench.SendAsync(session, """[[tool send_mail {"to":"a"}]] [[tool send_mail {"to":"b"}]] [[tool count {}]]""");
        await Eventually.Value(() => bench.EventsAsync<ToolOutputWritten>(session), written => written.Count > 0, "the last tool runs");
        await bench.Conversations.CancelAsync(bench.Scope, session, Ended);

        var stop = Assert.Single(await bench.EventsAsync<TurnFailed>(session)).Stop!;
        Assert.Equal(["count"], stop.Stopped);
        Assert.Equal(["send_mail", "send_mail"], stop.NotUndone);
        Assert.Equal("Stopped here. Ended with it: count. Done before, and could not be undone: send_mail (2 times).", Lab.Chat.Words.Stopped(stop));

        // A paid answer that is stopped gives back what was held and not used.
        var model = bench.Lab.Services.GetRequiredService<Lab.Models.ModelCatalogue>().Models.First(model => !model.IsFree).Id;
        await bench.WriteAsync(tx => LedgerBook.Credit(tx, bench.Scope.OrgId, 10 * Money.Dollar, "deposit:test", "test"));
        var paid = (await bench.Conversations.CreateAsync(bench.Scope, bench.Project.Id, bench.Ala.Id, model, cancellation: Ended)).Id;
        await bench.SendAsync(paid, "[[long 2000]] [[pace 5]]");
        await bench.UntilStreamedAsync(paid, 50);
        await bench.Conversations.CancelAsync(bench.Scope, paid, Ended);
        var used = Assert.Single(await bench.EventsAsync<UsageRecorded>(paid)).Money!;
        Assert.True(used.Released > 0, "nothing was held");
        Assert.Equal(used.Released, Assert.Single(await bench.EventsAsync<TurnFailed>(paid)).Stop!.Released);
    }

    [Fact]
    public void An_imported_approval_for_the_session_approves_nothing_here()
    {
        var answered = new ApprovalAnswered("call_1", "run_command", ApprovalAnswer.ApprovedForSession, null, "usr_other");
        CopiedEvent[] events = [new(1, 1, new TurnStarted("m1", 1, "Hi", null, "ala", "groq/small")), new(1, 2, new ToolRequested(1, "call_1", "run_command", "{}")), new(1, 3, answered)];
        var copy = new SessionCopy("ses_1", "Copied", "ala", null, SessionStatus.Idle, 1, 1, events);

        var stored = SessionCopies.Stored(copy, new Dictionary<string, string>(), _ => new Agent { Id = "agt_1", OrgId = "org", Slug = "ala", Name = "Ala", Colour = "#3d4ed8", ModelId = "groq/small", CreatedAtMs = 1 }, 1);

        Assert.Equal((ApprovalAnswer.Approved, null), stored.Select(each => each.Data).OfType<ApprovalAnswered>().Select(each => (each.Answer, each.UserId)).Single());
    }

    /// <summary>Prints a line after the other until it is cancelled.</summary>
    private sealed class CountingTool : ITool
    {
        private int _running;

        public int Printed { get; set; }

        public int Running => Volatile.Read(ref _running);

        public string Name => "count";

        public string Description => "A tool of the tests.";

        public System.Text.Json.JsonElement Schema { get; } = Arguments.Schema("""{"type":"object"}""");

        public ToolRisk Risk => ToolRisk.Reads;

        public TimeSpan TimeLimit => TimeSpan.FromMinutes(5);

        public async IAsyncEnumerable<ToolOutput> RunAsync(ToolCall call, [EnumeratorCancellation] CancellationToken cancellation)
        {
            Interlocked.Increment(ref _running);
            try
            {
                for (var line = 1; ; line++)
                {
                    cancellation.ThrowIfCancellationRequested();
                    yield return new ToolOutput.Partial($"line {line}\n");
                    Printed++;
                }
            }
            finally
            {
                Interlocked.Decrement(ref _running);
            }
        }
    }
}
