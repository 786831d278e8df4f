using Alumia.Lab.Blocks;
using Alumia.Lab.Canvas;
using Alumia.Lab.Ledger;
using Alumia.Lab.Operations;
using Alumia.Lab.Organizations;
using Alumia.Lab.Peers;
using Alumia.Lab.Sandbox;
using Alumia.Lab.Sessions;
using Alumia.Lab.Storage;
using Alumia.Lab.Tests.Harness;
using Alumia.Lab.Tests.Sessions;
using Alumia.Lab.Troubles;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Alumia.Lab.Tests.Operations;

/// <summary>What is older than the operator wants to keep goes, whole; what anything still depends on stays.</summary>
public sealed class RetentionTests
{
    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    [Theory, BothProviders]
    public async Task A_session_untouched_for_so_long_is_gone_with_all_that_is_its_own_and_nothing_else_is(StorageProvider provider)
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var lab = await LabHost.StartAsync(new LabHostOptions { Settings = await Bench.SettingsAsync(provider, new() { ["Retention:Days"] = "30" }), Clock = clock });
        var bench = await Bench.OfAsync(lab);
        await bench.WriteAsync(tx => LedgerBook.Credit(tx, bench.Scope.OrgId, 5 * Money.Dollar, "deposit:1", "Deposit"));
        var old = (await bench.Conversations.CreateAsync(bench.Scope, bench.Project.Id, bench.Ala.Id, "openai/gpt-5.5", cancellation: Ended)).Id;
        await bench.AskAsync(old, "What does this cost?");
        var (parked, awaited, fresh) = (await bench.NewSessionAsync(), await bench.NewSessionAsync(), await bench.NewSessionAsync());
        var (shelf, board) = (lab.Services.GetRequiredService<BlockShelf>(), lab.Services.GetRequiredService<CanvasBoard>());
        var kept = await shelf.CreateAsync(bench.Scope, bench.Project.Id, BlockKind.Document, "Kept", "A work", Ended);
        var thrownAway = await shelf.CreateAsync(bench.Scope, bench.Project.Id, BlockKind.Document, "Thrown away", "A draft", Ended);
        await bench.WriteAsync(tx =>
        {
            tx.Run("UPDATE block SET session_id = @session WHERE id = @id", ("session", old), ("id", kept.Id));
            tx.Run("UPDATE session SET status = @status WHERE id = @id", ("status", SessionStatus.AwaitingPeer.Word()), ("id", parked));
            tx.Db.Add(new WakeCondition { SessionId = parked, OrgId = bench.Scope.OrgId, TurnId = "trn_none", Kind = WakeCondition.Time, DueAtMs = tx.NowMs + (long)TimeSpan.FromDays(900).TotalMilliseconds, Arguments = $"{{\"from\":\"{awaited}\"}}" });
            PeerMail.Send(tx, new Sender(bench.Scope.OrgId, bench.Project.Id, old, bench.Ala.Id), fresh, PeerMessageKind.Message, "Hello", null);
            tx.Run("UPDATE peer_message SET delivered_at_ms = sent_at_ms"); // Or it would be answered, and be a session of today.
            TroubleLog.Raise(tx, bench.Scope.OrgId, SessionTroubles.Interrupted, old, "Interrupted", "It stopped.", [], [], bench.Project.Id, old);
        });
        await lab.Services.GetRequiredService<SessionFiles>().SaveAsync(bench.Scope, old, "notes.txt", new MemoryStream("notes"u8.ToArray()), Ended);
        var folder = Path.Combine(lab.Folder, "sessions", old);
        Assert.True(Directory.Exists(folder));
        Assert.Contains(await board.ReadAsync(bench.Scope, bench.Project.Id, Ended), node => node.Id == old);
        await shelf.DeleteAsync(bench.Scope, [thrownAway.Id], Ended);
        var money = await lab.Services.GetRequiredService<Balances>().OfAsync(bench.Scope, Ended);
        clock.Advance(TimeSpan.FromDays(29));
        await bench.WriteAsync(tx => tx.Run("UPDATE session SET updated_at_ms = @now WHERE id = @id", ("now", tx.NowMs), ("id", fresh)));
        Assert.Equal(SessionStatus.Idle, await bench.StatusAsync(old));

        // Its folder is the last to go.
        await Eventually.True(() =>
        {
            clock.Advance(TimeSpan.FromHours(9));
            return !Directory.Exists(folder);
        }, "the old session is gone");

        foreach (var (table, column) in new[] { ("session", "id"), ("session_event", "session_id"), ("turn", "session_id"), ("peer_message", "from_session_id"), ("trouble", "session_id"), ("canvas_placement", "node_id"), ("block", "session_id") })
            Assert.Equal((table, 0L), (table, await CountAsync(bench, table, column, old)));
        foreach (var (table, column) in new[] { ("block", "id"), ("block_version", "block_id"), ("canvas_placement", "node_id") })
            Assert.Equal((table, 0L), (table, await CountAsync(bench, table, column, thrownAway.Id)));
        Assert.NotEqual(0, await CountAsync(bench, "metered_step", "session_id", old));
        foreach (var stays in new[] { parked, awaited, fresh })
            Assert.Equal(1, await CountAsync(bench, "session", "id", stays));
        Assert.Contains(await board.ReadAsync(bench.Scope, bench.Project.Id, Ended), node => node.Id == kept.Id);
        Assert.Equal("A work", (await shelf.GetAsync(bench.Scope, kept.Id, Ended)).Content);
        Assert.Equal(RefusalKind.NotFound, (await Assert.ThrowsAsync<Refusal>(() => bench.SendAsync(old, "Are you there?"))).Kind);
        await bench.AskAsync(fresh, "Are you there?");

        Assert.Equal(money, await lab.Services.GetRequiredService<Balances>().OfAsync(bench.Scope, Ended));
        var proof = await lab.Services.GetRequiredService<LedgerAudit>().RunAsync(Ended);
        Assert.True(proof.IsRight, string.Join('\n', proof.Faults));
        var told = (await lab.Services.GetRequiredService<Audit>().ListAsync(bench.Scope, cancellation: Ended)).Where(line => line.Action == "retention.deleted").ToList();
        Assert.Equal(["1 deleted block", "1 session"], told.Select(line => line.Subject).Order());
        Assert.All(told, line => Assert.Equal(("The lab", "untouched for 30 days"), (line.Actor, line.Detail)));
    }

    [Theory]
    [InlineData(null, 0)]
    [InlineData("0", 0)]
    [InlineData("7", 7)]
    [InlineData("365", 365)]
    [InlineData("6", null)]
    [InlineData("-1", null)]
    [InlineData("soon", null)]
    public void Nothing_is_deleted_unless_it_is_asked_for_in_days(string? written, int? days)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("Retention:Days", written)]).Build();
        if (days is { } read)
            Assert.Equal(read, RetentionOptions.Read(configuration));
        else
            Assert.Contains($"Retention:Days is {written}", Assert.Throws<StartupFault>(() => RetentionOptions.Read(configuration)).Message, StringComparison.Ordinal);
    }

    private static Task<long> CountAsync(Bench bench, string table, string column, string value) =>
        bench.Lab.Services.GetRequiredService<Writer>().Write(tx => tx.One($"SELECT count(*) FROM {table} WHERE {column} = @value", static row => row.GetInt64(0), ("value", value)), Ended);
}
