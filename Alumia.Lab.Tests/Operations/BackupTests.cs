using Alumia.Lab.Canvas;
using Alumia.Lab.Ledger;
using Alumia.Lab.Operations;
using Alumia.Lab.Sessions;
using Alumia.Lab.Storage;
using Alumia.Lab.Tests.Fixtures;
using Alumia.Lab.Tests.Harness;
using Alumia.Lab.Tests.Sessions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Alumia.Lab.Tests.Operations;

/// <summary>A backup is made while the lab works, and what comes out of it is a lab.</summary>
public sealed class BackupTests
{
    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    [Theory, BothProviders]
    public async Task A_backup_under_load_restored_elsewhere_is_the_same_lab_and_its_ledger_is_right(StorageProvider provider)
    {
        await using var bench = await Bench.StartAsync(provider);
        await FixtureLab.TellAsync(bench);
        var board = bench.Lab.Services.GetRequiredService<CanvasBoard>();
        var nodes = await board.ReadAsync(bench.Scope, bench.Project.Id, Ended);
        await board.MoveAsync(bench.Scope, bench.Project.Id, [new NodeMove(nodes[0].Id, 1234, 567)], Ended);
        nodes = await board.ReadAsync(bench.Scope, bench.Project.Id, Ended);
        await bench.WriteAsync(tx => LedgerBook.Credit(tx, bench.Scope.OrgId, 5 * Money.Dollar, "deposit:1", "Deposit"));
        await bench.AskAsync((await bench.Conversations.CreateAsync(bench.Scope, bench.Project.Id, bench.Ala.Id, "openai/gpt-5.5", cancellation: Ended)).Id, "What does this cost?");
        var balance = await bench.Lab.Services.GetRequiredService<Balances>().OfAsync(bench.Scope, Ended);
        Assert.InRange(balance.Wallet, Money.Cent, (5 * Money.Dollar) - 1);

        var storage = bench.Lab.Services.GetRequiredService<IOptions<StorageOptions>>().Value;
        var talking = await Task.WhenAll(Enumerable.Range(0, 8).Select(async _ =>
        {
            var session = await bench.NewSessionAsync();
            await bench.SendAsync(session, "Talk to me [[pace 5]] [[long 4000]]");
            await bench.UntilStreamedAsync(session, 200);
            return session;
        }));
        using var place = new TempFolder();
        var file = Path.Combine(place.Path, "lab.tar.gz");
        var written = await Backup.WriteAsync(storage, file, Ended);
        foreach (var session in talking)
            Assert.Equal(SessionStatus.Active, await bench.StatusAsync(session));

        var elsewhere = new StorageOptions { Provider = provider, Directory = Path.Combine(place.Path, "data") };
        if (provider == StorageProvider.Postgres)
            elsewhere.ConnectionString = await (await PostgresServer.CurrentAsync()).NewDatabaseAsync();
        Assert.Equal(written, await Restore.ReadAsync(elsewhere, file, Ended));

        await using var restored = await LabHost.StartAsync(new()
        {
            Settings = new Dictionary<string, string?>
            {
                ["Storage:Provider"] = provider.ToString(),
                ["Storage:Directory"] = elsewhere.Directory,
                ["Storage:ConnectionString"] = elsewhere.ConnectionString,
            },
        });
        var again = await Bench.OfAsync(restored);
        Assert.Equal(bench.Project.Id, again.Project.Id);
        var seen = (await restored.Services.GetRequiredService<CanvasBoard>().ReadAsync(again.Scope, again.Project.Id, Ended)).ToDictionary(node => node.Id);
        Assert.All(nodes, node => Assert.Equal((node.Title, node.Box, node.IsCollapsed, node.JoinedTo), (seen[node.Id].Title, seen[node.Id].Box, seen[node.Id].IsCollapsed, seen[node.Id].JoinedTo)));
        Assert.All(nodes.OfType<AgentNode>(), node => Assert.Equal(Rows(bench, node.Id), Rows(again, node.Id)));
        Assert.Equal(balance, await restored.Services.GetRequiredService<Balances>().OfAsync(again.Scope, Ended));
        foreach (var session in talking)
            Assert.Equal(SessionStatus.Interrupted, await again.StatusAsync(session));
        var audit = await restored.Services.GetRequiredService<LedgerAudit>().RunAsync(Ended);
        Assert.True(audit.IsRight, string.Join('\n', audit.Faults));
        foreach (var session in talking)
            await bench.Conversations.CancelAsync(bench.Scope, session, Ended);
    }

    private static List<(long, string, long, string)> Rows(Bench bench, string sessionId)
    {
        using var db = bench.Lab.Services.GetRequiredService<IDbContextFactory<LabDbContext>>().CreateDbContext();
        return [.. db.Set<SessionEventRecord>().Where(row => row.SessionId == sessionId).OrderBy(row => row.Sequence).AsEnumerable().Select(row => (row.Sequence, row.TurnId, row.AtMs, row.Data))];
    }

    [Fact]
    public async Task A_place_that_is_not_empty_is_left_as_it_is()
    {
        await using var bench = await Bench.StartAsync(StorageProvider.Sqlite);
        var storage = bench.Lab.Services.GetRequiredService<IOptions<StorageOptions>>().Value;
        using var place = new TempFolder();
        var file = Path.Combine(place.Path, "lab.tar.gz");
        await Backup.WriteAsync(storage, file, Ended);

        var fault = await Assert.ThrowsAsync<StartupFault>(() => Restore.ReadAsync(storage, file, Ended));
        Assert.Contains("is not empty", fault.Message, StringComparison.Ordinal);
        fault = await Assert.ThrowsAsync<StartupFault>(() => Restore.ReadAsync(new StorageOptions { Directory = Path.Combine(place.Path, "new") }, Path.Combine(place.Path, "absent"), Ended));
        Assert.Contains("is no backup", fault.Message, StringComparison.Ordinal);
        await bench.AskAsync(await bench.NewSessionAsync(), "Are you there?");
    }

    [Fact]
    public async Task What_is_no_command_is_told_and_the_lab_does_not_start()
    {
        Assert.Null(await Commands.RunAsync([], Ended));
        Assert.Null(await Commands.RunAsync(["--urls", "http://127.0.0.1:0"], Ended));
        Assert.Contains("backup <file>", (await Assert.ThrowsAsync<StartupFault>(() => Commands.RunAsync(["bakup"], Ended))).Message, StringComparison.Ordinal);
        Assert.Contains("backup <file>", (await Assert.ThrowsAsync<StartupFault>(() => Commands.RunAsync(["restore"], Ended))).Message, StringComparison.Ordinal);
    }
}
