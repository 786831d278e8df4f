using Alumia.Lab.Blocks;
using Alumia.Lab.Canvas;
using CsCheck;

namespace Alumia.Lab.Tests.Canvas;

/// <summary>Where nodes come to stand when nobody has placed them, and when all are put in order.</summary>
public sealed class PlacingTests
{
    private static readonly Gen<Box> _box = Gen.Select(Gen.Double[-3_000, 3_000], Gen.Double[-3_000, 3_000], Gen.Double[200, 900], Gen.Double[34, 900], (x, y, width, height) => new Box(x, y, width, height));

    /// <summary>A canvas: some agents, blocks of theirs and blocks of nobody's, anywhere, over each other too.</summary>
    private static readonly Gen<IReadOnlyList<CanvasNode>> _canvas =
        Gen.Select(Gen.Int[0, 8], Gen.Select(_box, Gen.Int[-1, 7], Gen.Bool, (box, of, folded) => (box, of, folded)).Array[0, 25], (agents, blocks) => (IReadOnlyList<CanvasNode>)
        [
            .. Enumerable.Range(0, agents).Select(i => Nodes.Agent($"ses_{i}", NodeSizes.Agent)),
            .. blocks.Select((block, i) => Nodes.Block($"blk_{i}", block.of >= 0 && block.of < agents ? $"ses_{block.of}" : null, block.box, block.folded)),
        ]);

    [Fact]
    public void A_new_node_stands_over_nothing() => Gen.Select(_box.Array[0, 60], _box).Sample((taken, maker) =>
    {
        foreach (var spot in new[] { FreeSpot.ForAgent(NodeSizes.Agent, taken), FreeSpot.ForBlock(NodeSizes.Of(BlockKind.Table), maker, taken), FreeSpot.ForBlock(NodeSizes.Of(BlockKind.Code), null, taken) })
            Assert.DoesNotContain(taken, box => box.IsWithin(spot, FreeSpot.Gap - 0.001));
    });

    [Fact]
    public void A_block_stands_at_the_right_of_the_node_that_made_it()
    {
        var maker = NodeSizes.Agent with { X = 500, Y = 300 };
        var first = FreeSpot.ForBlock(NodeSizes.Of(BlockKind.Document), maker, [maker]);
        Assert.Equal((maker.Right + (2 * FreeSpot.Gap), maker.Y), (first.X, first.Y));
        Assert.True(FreeSpot.ForBlock(NodeSizes.Of(BlockKind.Document), maker, [maker, first]).X > maker.Right);
    }

    [Fact]
    public void A_tidy_canvas_has_nothing_over_anything_else_and_all_of_it() => _canvas.Sample(nodes =>
    {
        var boxes = Tidy.Arrange(nodes);
        Assert.Equal(nodes.Count, boxes.Count);
        var shown = nodes.Zip(boxes, (node, box) => box with { Height = node.IsCollapsed ? NodeSizes.TitleRow : box.Height }).ToList();
        for (var i = 0; i < shown.Count; i++)
        {
            Assert.Equal((nodes[i].Box.Width, nodes[i].Box.Height), (boxes[i].Width, boxes[i].Height));
            for (var j = 0; j < i; j++)
                Assert.False(shown[i].IsWithin(shown[j], 0), $"{shown[i]} lies over {shown[j]}");
        }
    });

    [Fact]
    public void Tidying_twice_moves_nothing_more() => _canvas.Sample(nodes =>
    {
        var once = nodes.Zip(Tidy.Arrange(nodes), Nodes.At).ToList();
        Assert.Equal(once.Select(node => node.Box), Tidy.Arrange(once));
    });

    [Fact]
    public void Blocks_stand_beside_their_agent_when_tidied() => _canvas.Sample(nodes =>
    {
        var tidy = nodes.Zip(Tidy.Arrange(nodes), Nodes.At).ToDictionary(node => node.Id);
        foreach (var node in tidy.Values.Where(node => node.JoinedTo is { } to && tidy.ContainsKey(to)))
            Assert.True(node.Box.X > tidy[node.JoinedTo!].Box.Right);
    });
}
