using System.Diagnostics;
using Alumia.Lab.Ledger;
using Alumia.Lab.Sessions;
using Alumia.Lab.Storage;
using Alumia.Lab.Tests.Harness;
using Alumia.Lab.Tests.Sessions;
using Alumia.Lab.Troubles;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Alumia.Lab.Tests.Cluster;

/// <summary>One of three copies dies, or stands still until it is declared dead and then goes on, while sessions stream on all of them.</summary>
public sealed class DeadCopyTests
{
    private const int Stop = 19, Continue = 18;
    private const int Sessions = 100;
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
        await using var copies = await Copies.StartAsync(3, chatsPerMinute: 10_000);
        var ids = new List<string>();
        foreach (var number in Enumerable.Range(0, Sessions))
        {
            var lab = copies.Labs[number % 3];
            ids.Add(await Copies.TextAsync(lab, "/driver/new"));
        }
        await Task.WhenAll(ids.Select((id, number) => Copies.SendAsync(copies.Labs[number % 3], id, "m1", Question)));
        await Task.Delay(TimeSpan.FromSeconds(1 + (random.NextDouble() * 5)), Ended);

        var dead = copies.Labs[random.Next(3)];
        var node = (await copies.SessionAsync(ids[copies.Labs.ToList().IndexOf(dead)])).Node;
        var watch = Stopwatch.StartNew();
        if (comesBack)
            dead.Signal(Stop);
        else
            await dead.KillAsync();
        var orphans = (await copies.SessionsAsync()).Where(session => session.Node == node && session.Status == SessionStatus.Active).Select(session => session.Id).ToList();
        Assert.NotEmpty(orphans);
        await Eventually.True(async () => await OfferedAsync(copies, orphans) == orphans.Count, "every orphan offers Resume", _untilDead);
        var offeredMs = watch.ElapsedMilliseconds;
        var before = new Dictionary<string, int>();
        foreach (var id in orphans)
            before[id] = (await copies.EventsAsync(id)).Count;
        if (comesBack)
        {
            dead.Signal(Continue);
            await Eventually.True(() => dead.HasEnded, "the copy that came back finds that it is dead, and ends", _untilDead);
            foreach (var id in orphans)
                Assert.Equal(before[id], (await copies.EventsAsync(id)).Count);
        }

        var living = copies.Labs.First(lab => lab != dead);
        foreach (var id in orphans)
            await Copies.TextAsync(living, $"/driver/resume?session={id}");
        await Eventually.True(async () => (await copies.SessionsAsync()).Where(session => ids.Contains(session.Id)).All(session => session.Status == SessionStatus.Idle), "all are answered", _untilDead);
        foreach (var id in ids)
        {
            var events = await copies.EventsAsync(id);
            Bench.Orderly(events);
            Assert.Single(events, each => each.Data is TurnStarted);
            Assert.Single(events, each => each.Data is TurnFinished);
            if (!orphans.Contains(id))
                Assert.DoesNotContain(events, each => each.Data is TurnResumed or TurnFailed);
        }
        using var contexts = new LabDbContexts(Options.Create(copies.Storage));
        using var audit = new LedgerAudit(contexts, TimeProvider.System, NullLogger<LedgerAudit>.Instance);
        Assert.Empty((await audit.RunAsync(Ended)).Faults);
        Figures.Print($"{(comesBack ? "SIGSTOP" : "SIGKILL")} of one copy of three (seed {seed}): {orphans.Count} of {Sessions} sessions orphaned, all offered Resume after {offeredMs / 1000.0:0.0} s, {Sessions - orphans.Count} undisturbed, none lost or doubled");
    }

    private static Task<int> OfferedAsync(Copies copies, List<string> orphans) => copies.ReadAsync(db => db.Set<Session>()
        .CountAsync(session => orphans.Contains(session.Id) && session.Status == SessionStatus.Interrupted
            && db.Set<Trouble>().Any(trouble => trouble.SessionId == session.Id && trouble.Kind == SessionTroubles.Interrupted && trouble.HealedAtMs == null), Ended));
}
