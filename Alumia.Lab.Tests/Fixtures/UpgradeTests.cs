using Alumia.Lab.Blocks;
using Alumia.Lab.Sessions;
using Alumia.Lab.Storage;
using Alumia.Lab.Tests.Harness;
using Alumia.Lab.Tests.Sessions;
using Alumia.Lab.Troubles;
using Microsoft.Extensions.DependencyInjection;

namespace Alumia.Lab.Tests.Fixtures;

/// <summary>A lab of today starts on the database of an earlier one and loses nothing.</summary>
public sealed class UpgradeTests
{
    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    [Theory, BothProviders]
    public async Task A_lab_starts_on_the_database_of_the_first_slice_and_loses_nothing(StorageProvider provider)
    {
        using var folder = new TempFolder();
        await using var lab = await LabHost.StartAsync(new() { Settings = await FixtureLab.CopyAsync(provider, 1, folder.Path) });
        var bench = await Bench.OfAsync(lab);
        var sessions = (await bench.Conversations.ListAsync(bench.Scope, bench.Project.Id, Ended)).ToDictionary(session => session.Label);

        Assert.Equal(4, sessions.Count);
        var answered = sessions[FixtureLab.Question];
        Assert.Equal(SessionStatus.Idle, answered.Status);
        Assert.NotEmpty(await bench.EventsAsync<TextWritten>(answered.Id));
        var document = Assert.Single(await bench.EventsAsync<ToolFinished>(answered.Id));
        Assert.Contains("tides", (await lab.Services.GetRequiredService<BlockShelf>().GetAsync(bench.Scope, document.BlockId!, Ended)).Content, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(SessionStatus.Cancelled, sessions[FixtureLab.Cancelled].Status);
        var failed = sessions[FixtureLab.Failing];
        Assert.Equal(SessionStatus.Failed, failed.Status);
        Assert.Contains(await lab.Services.GetRequiredService<TroubleLog>().OfSessionAsync(bench.Scope, [bench.Project.Id], failed.Id, Ended), trouble => trouble.HealedAtMs is null && trouble.Fixes.Count > 0);

        // The time that was waited for comes: the turn goes on by itself, and what was queued behind it too.
        var waiting = sessions[FixtureLab.Waiting];
        using var desk = lab.Client();
        await FixtureLab.TurnAsync(desk, "clock", 60 * 30);
        await Eventually.Value(() => bench.EventsAsync<TurnFinished>(waiting.Id), finished => finished.Count == 2, "both messages are answered");
        Assert.Equal([FixtureLab.Waiting, FixtureLab.Queued], (await bench.EventsAsync<TurnStarted>(waiting.Id)).Select(turn => turn.Text));
    }

    /// <summary>Makes the fixture of a new number; run by hand, and only when the lab of that number is finished.</summary>
    [Theory(Explicit = true), BothProviders]
    public async Task A_fixture_is_made(StorageProvider provider)
    {
        using var folder = new TempFolder();
        var database = provider == StorageProvider.Postgres ? await (await PostgresServer.CurrentAsync()).NewDatabaseAsync() : "";
        var settings = provider == StorageProvider.Postgres ? FixtureLab.Postgres(database) : new() { ["Storage:Directory"] = folder.Path };
        await using (var lab = await LabHost.StartAsync(new() { Settings = settings }))
        {
            var bench = await Bench.OfAsync(lab);
            await FixtureLab.TellAsync(bench);
        }
        await FixtureLab.KeepAsync(provider, 1, provider == StorageProvider.Postgres ? database : folder.Path);
    }
}
