using Alumia.Lab.Blocks;
using Alumia.Lab.Canvas;
using Alumia.Lab.Projects;
using Alumia.Lab.Sessions;
using Alumia.Lab.Storage;
using Alumia.Lab.Tests.Harness;
using Alumia.Lab.Tests.Sessions;
using Microsoft.Extensions.DependencyInjection;

namespace Alumia.Lab.Tests.Canvas;

/// <summary>What stands on a canvas and where, on both databases.</summary>
public sealed class CanvasBoardTests(BothLabs labs) : IClassFixture<BothLabs>
{
    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    [Theory, BothProviders]
    public async Task New_nodes_get_their_place_once_for_everybody_and_over_nothing(StorageProvider provider)
    {
        var (bench, board, project) = await OpenAsync(provider);
        await AddAsync(bench, project, 12);
        var readings = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => board.ReadAsync(bench.Scope, project.Id, Ended)));
        Assert.All(readings, reading => Assert.Equal(readings[0].Select(node => (node.Id, node.Box)), reading.Select(node => (node.Id, node.Box))));
        var boxes = readings[0].Select(node => node.Box).ToList();
        for (var i = 0; i < boxes.Count; i++)
            Assert.DoesNotContain(boxes.Take(i), other => other.IsWithin(boxes[i], 1));
    }

    [Theory, BothProviders]
    public async Task Moves_sizes_and_collapsing_are_stored_and_told(StorageProvider provider)
    {
        var (bench, board, project) = await OpenAsync(provider);
        var (block, other) = (await AddAsync(bench, project, 1), await AddAsync(bench, project, 1));
        await board.ReadAsync(bench.Scope, project.Id, Ended);
        var told = 0;
        using var subscription = bench.Lab.Services.GetRequiredService<ChangeFeed>().Subscribe(CanvasBoard.Key(project.Id), () => Interlocked.Increment(ref told));
        await board.MoveAsync(bench.Scope, project.Id, [new NodeMove(block, -120.5, 64), new NodeMove(other, 5, 6), new NodeMove("blk_none", 1, 1)], Ended);
        await board.ResizeAsync(bench.Scope, project.Id, block, 10, 9_999, Ended);
        await board.CollapseAsync(bench.Scope, project.Id, block, true, Ended);
        var nodes = (await board.ReadAsync(bench.Scope, project.Id, Ended)).ToDictionary(node => node.Id);
        Assert.Equal(new Box(-120.5, 64, 200, 2_000), nodes[block].Box);
        Assert.Equal(NodeSizes.TitleRow, nodes[block].Shown.Height);
        Assert.Equal((5, 6), (nodes[other].Box.X, nodes[other].Box.Y));
        await Eventually.True(() => Volatile.Read(ref told) >= 3, "each change is told");
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(2e6)]
    public async Task A_place_that_is_none_is_refused_and_nothing_moves(double x)
    {
        var (bench, board, project) = await OpenAsync(StorageProvider.Sqlite);
        var block = await AddAsync(bench, project, 1);
        var before = await board.ReadAsync(bench.Scope, project.Id, Ended);
        var refusal = await Assert.ThrowsAsync<Refusal>(() => board.MoveAsync(bench.Scope, project.Id, [new NodeMove(block, 1, 1), new NodeMove("other", x, 0)], Ended));
        Assert.Equal(RefusalKind.Invalid, refusal.Kind);
        Assert.Equal(before.Select(node => node.Box), (await board.ReadAsync(bench.Scope, project.Id, Ended)).Select(node => node.Box));
    }

    [Theory, BothProviders]
    public async Task A_deleted_node_comes_back_to_its_place(StorageProvider provider)
    {
        var (bench, board, project) = await OpenAsync(provider);
        var session = await bench.Conversations.CreateAsync(bench.Scope, project.Id, bench.Ala.Id, label: "Rivers", cancellation: Ended);
        await board.ReadAsync(bench.Scope, project.Id, Ended);
        await board.MoveAsync(bench.Scope, project.Id, [new NodeMove(session.Id, 777, 88)], Ended);
        await bench.Conversations.DeleteAsync(bench.Scope, session.Id, Ended);
        Assert.Empty(await board.ReadAsync(bench.Scope, project.Id, Ended));
        await bench.Conversations.RestoreAsync(bench.Scope, session.Id, Ended);
        var node = Assert.Single(await board.ReadAsync(bench.Scope, project.Id, Ended));
        Assert.Equal((777, 88, "Rivers"), (node.Box.X, node.Box.Y, node.Title));
    }

    [Theory, BothProviders]
    public async Task A_glance_at_many_sessions_reads_the_last_turn_of_each(StorageProvider provider)
    {
        var (bench, _, project) = await OpenAsync(provider);
        var ids = new List<string>();
        for (var i = 0; i < 3; i++)
        {
            var session = await bench.Conversations.CreateAsync(bench.Scope, project.Id, bench.Ala.Id, cancellation: Ended);
            ids.Add(session.Id);
            foreach (var text in new[] { "First", $"Second of {i}" }.Take(i))
            {
                await bench.Conversations.SendAsync(bench.Scope, session.Id, new NewMessage(text, text), Ended);
                await Eventually.Value(() => bench.Conversations.FindAsync(bench.Scope, session.Id, Ended), now => now.Status == SessionStatus.Idle && now.LastSequence > 0, "the answer is there");
            }
        }
        var pages = await bench.Conversations.LastTurnsAsync(bench.Scope, ids, Ended);
        Assert.Equal(ids.Skip(1).Order(), pages.Keys.Order());
        Assert.Equal("First", pages[ids[1]].Events.Select(stored => stored.Data).OfType<TurnStarted>().Single().Text);
        Assert.Equal("Second of 2", pages[ids[2]].Events.Select(stored => stored.Data).OfType<TurnStarted>().Single().Text);
        Assert.All(pages.Values, page => Assert.Equal(page.Events[^1].Sequence, page.End.Sequence));
    }

    private async Task<(Bench, CanvasBoard, Project)> OpenAsync(StorageProvider provider)
    {
        var bench = await labs.OnAsync(provider);
        var project = await bench.Lab.Services.GetRequiredService<ProjectDirectory>().CreateAsync(bench.Scope, new ProjectEdit("Board"), Ended);
        return (bench, bench.Lab.Services.GetRequiredService<CanvasBoard>(), project);
    }

    private static async Task<string> AddAsync(Bench bench, Project project, int count)
    {
        var id = "";
        for (var i = 0; i < count; i++)
            id = (await bench.Lab.Services.GetRequiredService<BlockShelf>().CreateAsync(bench.Scope, project.Id, (BlockKind)(i % 2), $"Block {i}", i % 2 == 0 ? "text" : """{"language":"sql","code":"select 1"}""", Ended)).Id;
        return id;
    }
}
