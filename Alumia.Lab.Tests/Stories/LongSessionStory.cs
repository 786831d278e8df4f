using System.Diagnostics;
using Alumia.Lab.Sessions;
using Alumia.Lab.Storage;
using Alumia.Lab.Tests.Harness;
using Alumia.Lab.Tests.Sessions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;

namespace Alumia.Lab.Tests.Stories;

/// <summary>A session of 2,000 messages opens at its end, and shows what was earlier page by page.</summary>
public sealed class LongSessionStory(Browsers browsers, SharedLab shared) : Story(browsers), IClassFixture<SharedLab>
{
    private const int Turns = 1_000;

    [Fact]
    public async Task A_session_of_2000_messages_opens_at_its_end_and_shows_earlier_ones_when_asked()
    {
        var bench = await Bench.OfAsync(shared.Lab);
        var session = await bench.NewSessionAsync();
        await FillAsync(bench, session);
        var page = await PageAsync(shared.Lab);
        await Demo.EnterSampleProjectAsync(page);
        await page.GetByTitle("Sessions").ClickAsync();
        var watch = Stopwatch.StartNew();
        await page.GetByRole(AriaRole.Group, new() { Name = "Sessions" }).GetByRole(AriaRole.Button, new() { Name = "A long one idle" }).ClickAsync();
        await Assertions.Expect(Demo.Chat(page).GetByText($"Answer {Turns}.")).ToBeInViewportAsync();
        Figures.Print($"{watch.ElapsedMilliseconds} ms from the click to the last message of {2 * Turns}");
        await Assertions.Expect(page.Locator("article")).ToHaveCountAsync(100);

        var firstShown = Demo.Chat(page).GetByText($"Answer {Turns - 49}.", new() { Exact = true });
        await Demo.Button(page, "Show earlier").ClickAsync();
        await Assertions.Expect(page.Locator("article")).ToHaveCountAsync(200);
        await Assertions.Expect(Demo.Chat(page).GetByText($"Answer {Turns - 99}.", new() { Exact = true })).ToBeAttachedAsync();
        // The reader stays where they were.
        await Assertions.Expect(firstShown).ToBeInViewportAsync();

        watch.Restart();
        await page.ReloadAsync();
        await Assertions.Expect(Demo.Chat(page).GetByText($"Answer {Turns}.")).ToBeInViewportAsync();
        Figures.Print($"{watch.ElapsedMilliseconds} ms from a reload to the last message");
        await Demo.SendAsync(page, "How many messages have I sent?");
        await Assertions.Expect(Demo.Answer(page)).ToContainTextAsync($"You have sent {Turns + 1:N0} messages".Replace(",", "", StringComparison.Ordinal));
    }

    private static async Task FillAsync(Bench bench, string session) => await bench.Lab.Services.GetRequiredService<Writer>().Write(tx =>
    {
        var sequence = 0L;
        for (var turn = 1; turn <= Turns; turn++)
        {
            var id = $"{session}-{turn}";
            var text = $"Message {turn}";
            SessionRows.InsertTurn(tx, new TurnRecord { Id = id, SessionId = session, MessageId = $"m{turn}", Revision = 1, TextHash = SessionRows.Hash(text), FirstSequence = sequence + 1 });
            SessionEventData[] events =
            [
                new TurnStarted($"m{turn}", 1, text, bench.Scope.UserId, bench.Ala.Id, bench.Ala.ModelId), new StatusChanged(SessionStatus.Idle, SessionStatus.Active),
                new StepStarted(1, bench.Ala.ModelId), new TextWritten(1, $"## About {turn}\n\n- one\n- `two`\n\nAnswer {turn}."),
                new UsageRecorded(1, bench.Ala.ModelId, "StandIn", 10, 0, 10, 0, false, 5, 50), new TurnFinished("stop"), new StatusChanged(SessionStatus.Active, SessionStatus.Idle),
            ];
            foreach (var data in events)
                SessionRows.Insert(tx, session, new SessionEvent(++sequence, id, tx.NowMs, data));
        }
        tx.Run("UPDATE session SET last_sequence = @last, turn_id = @turn, label = @label WHERE id = @id",
            ("last", sequence), ("turn", $"{session}-{Turns}"), ("label", "A long one"), ("id", session));
    }, TestContext.Current.CancellationToken);
}
