using System.Diagnostics;
using Alumia.Lab.Ledger;
using Alumia.Lab.Sessions;
using Alumia.Lab.Tests.Harness;
using Alumia.Lab.Tests.Sessions;
using Alumia.Lab.Troubles;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;

namespace Alumia.Lab.Tests.Cluster;

/// <summary>One of three copies dies, or stands still until it is declared dead and then goes on, while sessions stream on all of them.</summary>
[Collection(CopiesCollection.Name)]
public sealed class DeadCopyTests
{
    private const int Stop = 19, Continue = 18;
    private const int Sessions = 100;
    private const string Model = "openai/gpt-4.1";
    private const string Question = "[[pace 60]] [[long 350]]";
    private static readonly TimeSpan _untilDead = TimeSpan.FromSeconds(120);

    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_sessions_of_a_dead_copy_are_found_and_go_on_and_the_others_never_notice(bool comesBack)
    {
        for (var run = 1; run <= Soak.Count(1, 10); run++)
            await RunAsync(comesBack, run);
    }

    private static async Task RunAsync(bool comesBack, int run)
    {
        var seed = Environment.TickCount + run;
        var random = new Random(seed);
        await using var copies = await Copies.StartAsync(3, new() { ["Limits:ChatPerMinute"] = "10000" });
        await LabDriver.TextAsync(copies.Labs[0], "/driver/fund");
        // A hundred people, each with a session of their own on the copy that the balancer chose for them; a tenth watch in a second browser too.
        var people = Enumerable.Range(0, Sessions).Select(_ => copies.Balancer.Client()).ToList();
        var ids = new List<string>();
        foreach (var person in people)
            ids.Add(await LabDriver.TextAsync(person, $"/driver/new?model={Uri.EscapeDataString(Model)}"));
        await Task.WhenAll(people.Zip(ids, (person, id) => LabDriver.TextAsync(person, LabDriver.Send(id, "m1", Question))));
        var watchers = people.Zip(ids, (person, id) => new Watcher(person, id)).ToList();
        var beside = ids.Where((_, number) => number % 10 == 0).Select(id => new Watcher(copies.Balancer.Client(), id)).ToList();
        var (one, moment) = (watchers[random.Next(Sessions)], random.Next(30, 600));
        await Eventually.True(() => one.Seen.Length >= moment, $"somebody has {moment} characters of their answer");

        var dead = copies.Labs[random.Next(3)];
        var node = await LabDriver.TextAsync(dead, "/driver/node");
        var watch = Stopwatch.StartNew();
        if (comesBack)
            dead.Signal(Stop);
        else
            await dead.KillAsync();
        var orphans = (await copies.SessionsAsync()).Where(session => session.Node == node && session.Status == SessionStatus.Active).Select(session => session.Id).ToHashSet();
        Assert.NotEmpty(orphans);
        await Eventually.True(async () => await OfferedAsync(copies, orphans) == orphans.Count, "every orphan offers Resume", _untilDead);
        var offeredMs = watch.ElapsedMilliseconds;
        if (comesBack)
        {
            var before = await copies.CountsAsync(orphans);
            dead.Signal(Continue);
            await Eventually.True(() => dead.HasEnded, "the copy that came back finds that it is dead, and ends", _untilDead);
            Assert.Equal(before, await copies.CountsAsync(orphans));
        }

        // Those whose copy died come to another by the balancer, and press Resume there.
        foreach (var (person, id) in people.Zip(ids).Where(each => orphans.Contains(each.Second)))
            await LabDriver.TextAsync(person, $"/driver/resume?session={id}");
        await Eventually.True(() => watchers.Concat(beside).All(each => each.IsAnswered), "all have seen their answers to the end", _untilDead);
        foreach (var (watcher, id) in watchers.Zip(ids).Concat(beside.Zip(ids.Where((_, number) => number % 10 == 0))))
        {
            var events = await copies.EventsAsync(id);
            Bench.Orderly(events);
            Assert.Single(events, each => each.Data is TurnStarted);
            Assert.Single(events, each => each.Data is TurnFinished);
            if (!orphans.Contains(id))
                Assert.DoesNotContain(events, each => each.Data is TurnResumed or TurnFailed);
            Assert.Equal(string.Concat(events.Select(each => each.Data).OfType<TextWritten>().Select(each => each.Text)), watcher.Seen);
        }
        using var audit = new LedgerAudit(copies.Contexts, TimeProvider.System, NullLogger<LedgerAudit>.Instance);
        Assert.Empty((await audit.RunAsync(Ended)).Faults);
        var returned = watchers.Zip(ids).Count(each => each.First.Returns > 0 && !orphans.Contains(each.Second));
        Figures.Print($"{(comesBack ? "SIGSTOP" : "SIGKILL")} of one copy of three behind a balancer (seed {seed}): {orphans.Count} of {Sessions} sessions orphaned, all offered Resume after {offeredMs / 1000.0:0.0} s; "
            + $"{Sessions - orphans.Count} undisturbed, {returned} of whose watchers had to come again; no message lost or doubled, the ledger right");
        await Task.WhenAll(watchers.Concat(beside).Select(each => each.DisposeAsync().AsTask()));
        people.ForEach(person => person.Dispose());
    }

    private static Task<int> OfferedAsync(Copies copies, HashSet<string> orphans) => copies.ReadAsync(db => db.Set<Session>()
        .CountAsync(session => orphans.Contains(session.Id) && session.Status == SessionStatus.Interrupted
            && db.Set<Trouble>().Any(trouble => trouble.SessionId == session.Id && trouble.Kind == SessionTroubles.Interrupted && trouble.HealedAtMs == null), Ended));
}
