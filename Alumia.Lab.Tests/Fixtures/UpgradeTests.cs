using System.Globalization;
using Alumia.Lab.Blocks;
using Alumia.Lab.Ledger;
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
    public Task A_lab_starts_on_the_database_of_the_first_slice_and_loses_nothing(StorageProvider provider) =>
        StartsAsync(provider, FixtureLab.Committed(1));

    /// <summary>With <c>KEEP_FIXTURE=2</c> what is made stays beside the others, as the fixture of that number: for the day on which a slice is finished.</summary>
    [Theory, BothProviders]
    public async Task A_lab_of_today_is_kept_and_started_again_and_loses_nothing(StorageProvider provider)
    {
        using var folder = new TempFolder();
        using var kept = new TempFolder();
        var database = provider == StorageProvider.Postgres ? await (await PostgresServer.CurrentAsync()).NewDatabaseAsync() : "";
        var settings = provider == StorageProvider.Postgres ? FixtureLab.Postgres(database) : new() { ["Storage:Directory"] = folder.Path };
        await using (var lab = await LabHost.StartAsync(new() { Settings = settings }))
            await FixtureLab.TellAsync(await Bench.OfAsync(lab));
        var fixture = Environment.GetEnvironmentVariable("KEEP_FIXTURE") is { } number ? FixtureLab.Committed(int.Parse(number, CultureInfo.InvariantCulture)) : Path.Combine(kept.Path, "lab");
        await FixtureLab.KeepAsync(provider, fixture, provider == StorageProvider.Postgres ? database : folder.Path);
        await StartsAsync(provider, fixture);
    }

    private static async Task StartsAsync(StorageProvider provider, string fixture)
    {
        using var folder = new TempFolder();
        await using var lab = await LabHost.StartAsync(new() { Settings = await FixtureLab.CopyAsync(provider, fixture, folder.Path) });
        var bench = await Bench.OfAsync(lab);
        var sessions = (await bench.Conversations.ListAsync(bench.Scope, bench.Project.Id, Ended)).ToDictionary(session => session.Label);

        Assert.Equal(4, sessions.Count);
        Assert.Equal(new OrgBalance(0, 0, 0, 0), await lab.Services.GetRequiredService<Balances>().OfAsync(bench.Scope, Ended));
        var answered = sessions[FixtureLab.Question];
        Assert.Equal(SessionStatus.Idle, answered.Status);
        Assert.NotEmpty(await bench.EventsAsync<TextWritten>(answered.Id));
        var document = Assert.Single(await bench.EventsAsync<ToolFinished>(answered.Id));
        var shelf = lab.Services.GetRequiredService<BlockShelf>();
        var view = await shelf.GetAsync(bench.Scope, document.BlockId!, Ended);
        Assert.Contains("tides", view.Content, StringComparison.OrdinalIgnoreCase);
        Assert.All(await shelf.VersionsAsync(bench.Scope, document.BlockId!, Ended), version => Assert.Equal((view.Block.Title, false), (version.Title, version.IsClash)));
        Assert.Equal(SessionStatus.Cancelled, sessions[FixtureLab.Cancelled].Status);
        var failed = sessions[FixtureLab.Failing];
        Assert.Equal(SessionStatus.Failed, failed.Status);
        Assert.Contains(await lab.Services.GetRequiredService<TroubleLog>().OfSessionAsync(bench.Scope, [bench.Project.Id], failed.Id, Ended), trouble => trouble.HealedAtMs is null && trouble.Fixes.Count > 0);

        // The time that was waited for comes: the turn goes on by itself, and what was queued behind it too.
        var waiting = sessions[FixtureLab.Waiting];
        using var desk = lab.Client();
        // A fixture ages: where its time has come by now, the turn goes on at the start, and a clock that jumped would be its time limit.
        var due = (await lab.Services.GetRequiredService<TroubleLog>().OfSessionAsync(bench.Scope, [bench.Project.Id], waiting.Id, Ended)).SelectMany(trouble => trouble.Evidence).Max(evidence => evidence.AtMs);
        if (due > TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds())
            await FixtureLab.TurnAsync(desk, "clock", 60 * 30);
        await Eventually.Value(() => bench.EventsAsync<TurnFinished>(waiting.Id), finished => finished.Count == 2, "both messages are answered");
        Assert.Equal([FixtureLab.Waiting, FixtureLab.Queued], (await bench.EventsAsync<TurnStarted>(waiting.Id)).Select(turn => turn.Text));
    }
}
