using System.Text.Json;
using Alumia.Lab.Sessions;
using Alumia.Lab.Storage;
using Alumia.Lab.Tests.Harness;
using CsCheck;

namespace Alumia.Lab.Tests.Sessions;

/// <summary>A watcher that goes away at any place and comes back with its cursor.</summary>
public sealed class WatchTests(BothLabs labs) : IClassFixture<BothLabs>
{
    private const string Request = "[[reasoning]] [[tool current_time {}]] [[long 150]] [[pace 4]]";

    /// <summary>For each watcher, after how many frames it leaves each time, and how many characters of the next delta it still gets.</summary>
    private static readonly Gen<(int Frames, int Characters)[][]> _leavings = Gen.Select(Gen.Int[0, 12], Gen.Int[0, 9]).Array[1, 20].Array[12];

    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    [Theory, BothProviders]
    public async Task A_watcher_that_leaves_anywhere_and_comes_back_gets_exactly_what_it_lacks(StorageProvider provider)
    {
        var bench = await labs.OnAsync(provider);
        await _leavings.SampleAsync(async leavings =>
        {
            var session = await bench.NewSessionAsync();
            await bench.SendAsync(session, Request);
            var copies = await Task.WhenAll(leavings.Select(each => WatchAsync(bench, session, new Copy(), each, IsAnswered)));
            await AssertWholeAsync(bench, session, copies);
            Assert.Contains(copies, copy => copy.Deltas > 3);
        }, iter: Soak.Count(5, 100), threads: 2);
    }

    [Theory, BothProviders]
    public async Task A_watcher_that_was_away_while_the_lab_stopped_and_started_gets_exactly_what_it_lacks(StorageProvider provider)
    {
        using var folder = new TempFolder();
        var settings = await Bench.SettingsAsync(provider, new() { ["Storage:Directory"] = folder.Path });
        await _leavings.SampleAsync(async leavings =>
        {
            Copy[] copies;
            string session;
            await using (var before = await Bench.OfAsync(await LabHost.StartAsync(new LabHostOptions { Settings = settings })))
            {
                session = await before.NewSessionAsync();
                await before.SendAsync(session, "[[reasoning]] [[tool current_time {}]] [[long 400]] [[pace 10]]");
                copies = await Task.WhenAll(leavings.Select(each => WatchAsync(before, session, new Copy(), each, copy => copy.Events.Exists(one => one.Data is ToolFinished) && copy.Open.Length > each[0].Frames * 40)));
            }
            await using var after = await Bench.OfAsync(await LabHost.StartAsync(new LabHostOptions { Settings = settings }));
            Assert.Equal(SessionStatus.Interrupted, await after.StatusAsync(session));
            await after.Conversations.ResumeAsync(after.Scope, session, Ended);
            await Task.WhenAll(leavings.Zip(copies, (each, copy) => WatchAsync(after, session, copy, each, IsAnswered)));
            await AssertWholeAsync(after, session, copies);
            Assert.DoesNotContain(copies, copy => copy.Cuts > 0);
        }, iter: Soak.Count(1, 10), threads: 1);
    }

    [Theory, BothProviders]
    public async Task Who_comes_when_all_is_over_gets_all_of_it(StorageProvider provider)
    {
        var bench = await labs.OnAsync(provider);
        var session = await bench.NewSessionAsync();
        await bench.AskAsync(session, "What time is it?");

        var copy = await WatchAsync(bench, session, new Copy(), [], IsAnswered);

        await AssertWholeAsync(bench, session, [copy]);
        Assert.Equal(0, copy.Deltas);
    }

    private static bool IsAnswered(Copy copy) => copy.Events is [.., { Data: StatusChanged { To: SessionStatus.Idle } }];

    private static async Task<Copy> WatchAsync(Bench bench, string session, Copy copy, (int Frames, int Characters)[] leavings, Func<Copy, bool> isDone)
    {
        for (var visit = 0; !isDone(copy); visit++)
        {
            var (left, characters) = visit < leavings.Length ? leavings[visit] : (int.MaxValue, 0);
            await foreach (var frame in FramesAsync(bench, session, copy.Cursor))
            {
                if (left-- > 0)
                    copy.Take(frame);
                else if (frame is DeltaFrame delta && characters > 0)
                    copy.TakePart(delta, Math.Min(characters, delta.Text.Length));
                if (left < 0 || isDone(copy))
                    break;
            }
        }
        return copy;
    }

    private static async IAsyncEnumerable<Frame> FramesAsync(Bench bench, string session, Cursor from)
    {
        await foreach (var frames in bench.Conversations.WatchAsync(bench.Scope, session, from, Ended))
        {
            foreach (var frame in frames)
                yield return frame;
        }
    }

    private static async Task AssertWholeAsync(Bench bench, string session, Copy[] copies)
    {
        var stored = (await bench.EventsAsync(session)).Select(each => JsonSerializer.Serialize(each)).ToList();
        Assert.All(copies, copy => Assert.Equal(stored, copy.Events.Select(each => JsonSerializer.Serialize(each))));
    }
}
