using Alumia.Lab.Offline.Models;
using Alumia.Lab.Sessions;
using Alumia.Lab.Storage;
using Alumia.Lab.Tests.Harness;

namespace Alumia.Lab.Tests.Sessions;

/// <summary>The lab's process is killed in the middle of things, and started again on the same data.</summary>
public sealed class KillTests
{
    private const int KillsOfOneAnswer = 5;
    private const int Words = 500;
    private static readonly string _request = $"[[long {Words}]] [[pace 8]] about ships";
    private static readonly string _answer = Prose.AtLength("ships", Words);

    private readonly List<(int Characters, long Ms)> _losses = [];

    /// <summary>Twenty kills with SQLite and five with PostgreSQL, where a start takes longer.</summary>
    [Theory, BothProviders]
    public async Task Killed_again_and_again_in_mid_answer_the_lab_loses_no_message_and_goes_on_each_time(StorageProvider provider)
    {
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        Figures.Print($"seed of the kills on {provider}: {seed}");
        await using var lab = await LabProcess.StartAsync(await Bench.SettingsAsync(provider), isDriven: true);
        var session = await DrivenSession.NewAsync(lab);
        var messages = Soak.Count(provider == StorageProvider.Sqlite ? 20 : 5, 200) / KillsOfOneAnswer;
        for (var message = 1; message <= messages; message++)
        {
            var id = $"m{message}";
            Assert.Equal("Started", await session.SendAsync(id, _request));
            var seen = new DrivenSession.Seen();
            await session.WatchAsync(seen, line => line.Kind == "caught-up");
            var before = seen.Closed;
            for (var kill = 1; kill <= KillsOfOneAnswer; kill++)
            {
                if (kill > 1)
                    await session.ResumeAsync();
                await KillAsync(lab, session, seen, seen.Open.Length + random.Next(1, 450));
                await CheckAsync(session, seen, id, message, before);
            }
            Assert.Equal("Attached", await session.SendAsync(id, _request));
            await session.ResumeAsync();
            await session.UntilAsync(SessionStatus.Idle);
            Assert.Equal(_answer, DrivenSession.TextOf(await session.EventsAsync(), id));
        }
        var events = await session.EventsAsync();
        Bench.Orderly(events);
        Assert.Equal(Enumerable.Range(1, messages).Select(number => $"m{number}"), events.Select(each => each.Data).OfType<TurnStarted>().Select(turn => turn.MessageId));
        Figures.Print($"{_losses.Count} kills in mid-answer on {provider} lost at most {_losses.Max(loss => loss.Ms)} ms of streamed text ({string.Join(", ", _losses.Select(loss => loss.Ms).Order())})");
    }

    [Theory, BothProviders]
    public async Task Killed_while_a_tool_runs_the_call_is_closed_as_interrupted_and_the_turn_goes_on(StorageProvider provider)
    {
        await using var lab = await LabProcess.StartAsync(await Bench.SettingsAsync(provider), isDriven: true);
        var session = await DrivenSession.NewAsync(lab);
        await session.SendAsync("m1", """[[tool wait {"seconds":300}]]""");
        await session.WatchAsync(new DrivenSession.Seen(), line => line.Kind == nameof(ToolOutputWritten));

        await lab.KillAsync();
        await lab.RestartAsync();

        Assert.Equal(SessionStatus.Interrupted, await session.StatusAsync());
        var finished = Assert.Single((await session.EventsAsync()).Select(each => each.Data).OfType<ToolFinished>());
        Assert.Equal(("wait", ToolEnding.Interrupted), (finished.Tool, finished.Ending));
        await session.ResumeAsync();
        await session.UntilAsync(SessionStatus.Idle);
        var events = await session.EventsAsync();
        Bench.Orderly(events);
        Assert.StartsWith("`wait` did not work", DrivenSession.TextOf(events, "m1"), StringComparison.Ordinal);
    }

    [Theory, BothProviders]
    public async Task Messages_that_wait_outlive_a_kill_and_are_answered_once_in_order(StorageProvider provider)
    {
        await using var lab = await LabProcess.StartAsync(await Bench.SettingsAsync(provider), isDriven: true);
        var session = await DrivenSession.NewAsync(lab);
        await session.SendAsync("m1", _request);
        Assert.Equal("Queued", await session.SendAsync("m2", "[[say two]]"));
        Assert.Equal("Queued", await session.SendAsync("m3", "[[say three]]"));

        await lab.KillAsync();
        await lab.RestartAsync();
        Assert.Equal("Attached", await session.SendAsync("m3", "[[say three]]"));
        await session.ResumeAsync();

        await Eventually.Value(session.EventsAsync, events => events.Count(each => each.Data is TurnFinished) == 3, "all three are answered");
        var events = await session.EventsAsync();
        Bench.Orderly(events);
        Assert.Equal((_answer, "two", "three"), (DrivenSession.TextOf(events, "m1"), DrivenSession.TextOf(events, "m2"), DrivenSession.TextOf(events, "m3")));
    }

    /// <summary>Kills the lab once so much of the open step was seen, starts it again, and lets the watcher come back with its old cursor.</summary>
    private async Task KillAsync(LabProcess lab, DrivenSession session, DrivenSession.Seen seen, int characters)
    {
        await session.WatchAsync(seen, _ => seen.Open.Length >= characters);
        await lab.KillAsync();
        var (open, cuts) = (seen.Open, seen.Cuts);
        await lab.RestartAsync();

        Assert.Equal(SessionStatus.Interrupted, await session.StatusAsync());
        var events = await session.EventsAsync();
        var step = events.FindLast(each => each.Data is StepStarted)!.Sequence;
        var kept = string.Concat(events.Where(each => each.Sequence > step).Select(each => each.Data).OfType<TextWritten>().Select(text => text.Text));
        _losses.Add((Math.Max(0, open.Length - kept.Length), seen.LostMs(kept.Length)));
        await session.WatchAsync(seen, line => line.Kind == "caught-up");
        Assert.Equal(kept.Length < open.Length ? cuts + 1 : cuts, seen.Cuts);
    }

    private static async Task CheckAsync(DrivenSession session, DrivenSession.Seen seen, string messageId, int messages, string before)
    {
        var events = await session.EventsAsync();
        Bench.Orderly(events);
        Assert.Equal(messages, events.Count(each => each.Data is TurnStarted));
        var stored = DrivenSession.TextOf(events, messageId);
        Assert.StartsWith(stored, _answer, StringComparison.Ordinal);
        Assert.Equal(("", before + stored), (seen.Open, seen.Closed));
    }
}
