using Alumia.Lab.Offline.Models;
using Alumia.Lab.Sessions;
using Alumia.Lab.Storage;
using Alumia.Lab.Tests.Harness;
using Microsoft.Extensions.DependencyInjection;

namespace Alumia.Lab.Tests.Sessions;

/// <summary>A cancel at any moment of an answer.</summary>
public sealed class StopTests
{
    [Theory, BothProviders]
    public async Task A_turn_that_is_cancelled_at_any_moment_keeps_its_text_and_leaves_nothing_in_the_next(StorageProvider provider)
    {
        await using var bench = await Bench.StartAsync(provider);
        var requests = bench.Lab.Services.GetRequiredService<ProviderRequests>();
        var session = await bench.NewSessionAsync();
        var random = new Random(7);
        var rounds = Soak.Count(10, 200);
        for (var round = 1; round <= rounds; round++)
        {
            var seen = requests.Recent().Count > 0 ? requests.Recent()[0].Number : 0;
            var sent = await bench.SendAsync(session, $"Message {round} [[long 3000]] [[pace 2]]");
            Assert.Equal(SendOutcome.Started, sent.Outcome);
            // The first is cancelled at once, the others when the provider has sent so much.
            var moment = round == 1 ? -1 : random.Next(60);
            await Eventually.True(() => moment < 0 || requests.Recent() is [var last, ..] && last.Number > seen && last.TokensSent >= moment, $"{moment} tokens were sent");

            Assert.True(await bench.Conversations.CancelAsync(bench.Scope, session, TestContext.Current.CancellationToken));

            Assert.Equal(SessionStatus.Cancelled, await bench.StatusAsync(session));
            if (requests.Recent() is [var request, ..] && request.Number > seen)
                await Eventually.Value(() => requests.Recent()[0].How, how => how is not null, "the provider's stream has ended");
            Assert.DoesNotContain(requests.Recent(), each => each.How != "client-closed");
        }
        var stored = (await bench.EventsAsync(session)).Count;
        await bench.SendAsync(session, "What did I say first?");
        await bench.UntilAsync(session, SessionStatus.Idle);

        var events = await bench.EventsAsync(session);
        AssertOneTurnAfterTheOther(events);
        Assert.Equal(rounds, events.Count(each => each.Data is TurnFailed { Code: "cancelled" }));
        var answer = string.Concat(events.Skip(stored).Select(each => each.Data).OfType<TextWritten>().Select(each => each.Text));
        Assert.Equal("The first thing you said was: “Message 1”.", answer);
    }

    [Fact]
    public async Task Cancelling_where_nothing_runs_changes_nothing()
    {
        await using var lab = await LabHost.StartAsync();
        var bench = await Bench.OfAsync(lab);
        var session = await bench.NewSessionAsync();
        await bench.AskAsync(session, "Hello");
        var before = await bench.EventsAsync(session);

        Assert.False(await bench.Conversations.CancelAsync(bench.Scope, session, TestContext.Current.CancellationToken));

        Assert.Equal(before.Count, (await bench.EventsAsync(session)).Count);
        Assert.Equal(SessionStatus.Idle, await bench.StatusAsync(session));
    }

    /// <summary>Numbers have no gap, and no event of a turn comes after another turn has begun.</summary>
    internal static void AssertOneTurnAfterTheOther(IReadOnlyList<SessionEvent> events)
    {
        Assert.Equal(Enumerable.Range(1, events.Count).Select(number => (long)number), events.Select(each => each.Sequence));
        var turns = events.Select(each => each.TurnId).ToList();
        var changes = turns.Where((turn, i) => i == 0 || turns[i - 1] != turn).ToList();
        Assert.Equal(changes.Distinct(), changes);
        foreach (var turn in events.GroupBy(each => each.TurnId))
            Assert.Single(turn, each => each.Data is TurnFinished or TurnFailed);
    }
}
