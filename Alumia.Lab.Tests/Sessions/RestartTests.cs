using System.Diagnostics;
using Alumia.Lab.Offline.Models;
using Alumia.Lab.Sessions;
using Alumia.Lab.Storage;
using Alumia.Lab.Tests.Harness;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Alumia.Lab.Tests.Sessions;

/// <summary>The lab ends in order, and begins again.</summary>
public sealed class RestartTests
{
    private const string Request = "[[long 200]] [[pace 20]] about ships";
    private static readonly string[] _complaints = ["fail:", "crit:", "Unhandled", "Exception"];

    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_lab_that_is_stopped_in_mid_answer_keeps_all_that_streamed_and_offers_to_go_on()
    {
        await using var lab = await LabProcess.StartAsync(isDriven: true);
        var session = await DrivenSession.NewAsync(lab);
        await session.SendAsync("m1", Request);
        var seen = new DrivenSession.Seen();
        await session.WatchAsync(seen, _ => seen.Open.Length > 300);

        var watch = Stopwatch.StartNew();
        Assert.Equal(0, await lab.StopAsync());
        Figures.Print($"a lab with an answer under way stopped in {watch.ElapsedMilliseconds} ms");

        Assert.All(_complaints, complaint => Assert.DoesNotContain(complaint, lab.Output, StringComparison.Ordinal));
        Assert.Equal(SessionStatus.Interrupted, await session.StatusAsync());
        var events = await session.EventsAsync();
        Bench.Orderly(events);
        Assert.StartsWith(seen.Open, DrivenSession.TextOf(events, "m1"), StringComparison.Ordinal);
        await lab.RestartAsync();
        await session.ResumeAsync();
        await session.UntilAsync(SessionStatus.Idle);
        Assert.Equal(Prose.AtLength("ships", 200), DrivenSession.TextOf(await session.EventsAsync(), "m1"));
    }

    [Theory, BothProviders]
    public async Task A_lab_that_stops_closes_its_turns_holds_their_queues_and_knows_its_messages_again(StorageProvider provider)
    {
        using var folder = new TempFolder();
        var settings = await Bench.SettingsAsync(provider, new() { ["Storage:Directory"] = folder.Path });
        string[] sessions;
        await using (var before = await Bench.OfAsync(await LabHost.StartAsync(new LabHostOptions { Settings = settings })))
        {
            sessions = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => before.NewSessionAsync()));
            await before.SendAsync(sessions[0], Request, "m1");
            await before.SendAsync(sessions[0], "[[say two]]", "m2");
            await before.SendAsync(sessions[1], """[[tool wait {"seconds":300}]]""", "m1");
            await before.SendAsync(sessions[2], "[[status 429 2 x1]] [[say waited]]", "m1");
            await before.UntilStreamedAsync(sessions[0], 200);
            await Eventually.Value(() => before.EventsAsync<ToolOutputWritten>(sessions[1]), written => written.Count > 0, "the tool runs");
            await before.UntilAsync(sessions[2], SessionStatus.AwaitingProvider);
        }

        await using var after = await Bench.OfAsync(await LabHost.StartAsync(new LabHostOptions { Settings = settings }));
        Assert.Equal((SessionStatus.Interrupted, SessionStatus.Interrupted), (await after.StatusAsync(sessions[0]), await after.StatusAsync(sessions[1])));
        Assert.Equal(ToolEnding.Interrupted, Assert.Single(await after.EventsAsync<ToolFinished>(sessions[1])).Ending);
        Assert.Equal(SendOutcome.Attached, (await after.SendAsync(sessions[0], Request, "m1")).Outcome);
        Assert.Equal(SendOutcome.Attached, (await after.SendAsync(sessions[0], "[[say two]]", "m2")).Outcome);
        Assert.Single(await after.Conversations.QueueAsync(after.Scope, sessions[0], Ended));
        await after.Conversations.ResumeAsync(after.Scope, sessions[0], Ended);
        await Eventually.Value(() => after.EventsAsync<TurnFinished>(sessions[0]), finished => finished.Count == 2, "both messages are answered");
        // What was parked stayed parked, and woke by itself once the lab could reach the provider.
        await after.UntilAsync(sessions[2], SessionStatus.Idle);
        Assert.Equal(("waited", 1), (await after.TextAsync(sessions[2]), (await after.EventsAsync<StepStarted>(sessions[2])).Count));
        foreach (var session in sessions)
            await after.AssertOrderlyAsync(session);
    }

    [Theory, BothProviders]
    public async Task A_message_that_waits_behind_nothing_is_begun_when_the_lab_starts(StorageProvider provider)
    {
        using var folder = new TempFolder();
        var settings = await Bench.SettingsAsync(provider, new() { ["Storage:Directory"] = folder.Path });
        string session;
        await using (var before = await Bench.OfAsync(await LabHost.StartAsync(new LabHostOptions { Settings = settings })))
        {
            session = await before.NewSessionAsync();
            await before.AskAsync(session, "[[say one]]");
            // As a process leaves it that dies between the end of a turn and the beginning of the next.
            await before.WriteAsync(tx => tx.Db.Add(new QueuedMessageRecord { SessionId = session, MessageId = "m2", Position = 1, Text = "[[say two]]", UserId = before.Scope.UserId, ByProgram = false, AtMs = 1 }));
        }

        await using var after = await Bench.OfAsync(await LabHost.StartAsync(new LabHostOptions { Settings = settings }));

        await Eventually.Value(() => after.EventsAsync<TurnFinished>(session), finished => finished.Count == 2, "the message is answered");
        Assert.Equal("two", await after.TextAsync(session));
    }

    [Fact]
    public async Task Two_labs_cannot_have_one_folder()
    {
        await using var lab = await LabHost.StartAsync();

        var fault = await Assert.ThrowsAsync<InvalidOperationException>(() => LabProcess.StartAsync(new Dictionary<string, string?> { ["Storage:Directory"] = lab.Folder }));

        Assert.Contains("Another lab runs on the data folder", fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_migration_whose_process_was_killed_does_not_lock_the_database_for_ever()
    {
        using var folder = new TempFolder();
        var settings = new Dictionary<string, string?> { ["Storage:Directory"] = folder.Path };
        await using (await LabHost.StartAsync(new LabHostOptions { Settings = settings }))
        {
        }
        await using (var db = new LabDbContexts(Options.Create(new StorageOptions { Directory = folder.Path })).Create(SaveRule.Directly))
            await db.Database.ExecuteSqlRawAsync("INSERT INTO __EFMigrationsLock (Id, Timestamp) VALUES (1, '2026-01-01')", Ended);
        SqliteConnection.ClearAllPools();

        await using var lab = await LabHost.StartAsync(new LabHostOptions { Settings = settings });

        var bench = await Bench.OfAsync(lab);
        Assert.Equal(SessionStatus.Idle, await bench.StatusAsync(await bench.NewSessionAsync()));
    }
}
