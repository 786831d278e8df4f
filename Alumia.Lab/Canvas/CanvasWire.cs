namespace Alumia.Lab.Canvas;

/// <summary>A node as the browser knows it: where it stands, and how it looks from afar. Its tone is a status light (<c>active</c>, <c>waiting</c>,
/// <c>bad</c>, <c>idle</c>) or <c>block</c>.</summary>
internal sealed record WireNode(string Id, double X, double Y, double W, double H, string Tone, string Label)
{
    public static WireNode Of(CanvasNode node) => new(
        node.Id, node.Box.X, node.Box.Y, node.Shown.Width, node.Shown.Height,
        node is AgentNode agent ? Chat.Words.Light(agent.Session.Status) : "block",
        node.Title);
}

/// <summary>What changed on the canvas since the browser was told last. Where nodes came or went, the order has all ids as they are read, and the
/// edges are all there are, as pairs of ids; else both are null.</summary>
internal sealed record WireChange(IReadOnlyList<WireNode> Nodes, IReadOnlyList<string> Gone, IReadOnlyList<string>? Order, IReadOnlyList<string[]>? Edges)
{
    public static WireChange All(IReadOnlyList<CanvasNode> nodes) =>
        new([.. nodes.Select(WireNode.Of)], [], [.. nodes.Select(node => node.Id)], EdgesOf(nodes));

    public static IReadOnlyList<string[]> EdgesOf(IReadOnlyList<CanvasNode> nodes)
    {
        var ids = nodes.Select(node => node.Id).ToHashSet();
        return [.. nodes.Where(node => node.JoinedTo is { } to && ids.Contains(to)).Select(node => new[] { node.JoinedTo!, node.Id })];
    }
}

/// <summary>What of the canvas is on screen: the pan in pixels of the screen, the zoom, and the screen's size.</summary>
internal sealed record WireView(double X, double Y, double Zoom, double Width, double Height)
{
    /// <summary>The most nodes that are drawn whole when they are too small to read; of more, the browser paints the shapes.</summary>
    public const int MostSmall = 400;
    private const double Readable = 0.3;

    public bool IsSound => double.IsFinite(X) && double.IsFinite(Y) && Zoom is > 0 and < 100 && Width is >= 0 and < 20_000 && Height is >= 0 and < 20_000;

    /// <summary>The nodes to draw: those in view and half a screen around it; none where they are many and too small to read.</summary>
    public HashSet<string> Drawn(IEnumerable<CanvasNode> nodes)
    {
        var inView = nodes.Where(node => Sees(node.Shown, 0)).Take(MostSmall + 1).Count();
        return Zoom < Readable && inView > MostSmall ? [] : [.. nodes.Where(node => Sees(node.Shown, 0.5)).Select(node => node.Id)];
    }

    private bool Sees(Box box, double margin) =>
        (box.Right * Zoom) + X > -margin * Width && (box.X * Zoom) + X < (1 + margin) * Width &&
        (box.Bottom * Zoom) + Y > -margin * Height && (box.Y * Zoom) + Y < (1 + margin) * Height;
}
