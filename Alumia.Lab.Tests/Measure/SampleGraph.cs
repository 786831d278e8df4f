namespace Alumia.Lab.Tests.Measure;

/// <summary>A node of the measured canvas, in pixels of the canvas. <c>Maker</c> is the number of the agent that made a document; an agent has none.</summary>
internal sealed record SampleNode(int Number, int? Maker, string Name, double X, double Y)
{
    public bool IsDocument => Maker is not null;

    public double Width => IsDocument ? 480 : 280;

    public double Height => IsDocument ? 360 : 116;
}

/// <summary>What both pages show: agents in pairs, each pair with a document that the first of them made, in rows like words on a page.</summary>
internal sealed class SampleGraph
{
    private const double GroupWidth = 860, GroupHeight = 420;

    private SampleGraph(IReadOnlyList<SampleNode> nodes)
    {
        Nodes = nodes;
        var (x, y) = (nodes.Max(node => node.X + node.Width) / 2, nodes.Max(node => node.Y + node.Height) / 2);
        Streaming = [.. nodes.Where(node => !node.IsDocument).OrderBy(node => Math.Pow(node.X + 140 - x, 2) + Math.Pow(node.Y + 58 - y, 2)).Take(10)];
    }

    /// <summary>What stands in every document, as Markdown.</summary>
    public static IReadOnlyList<string> Paragraphs { get; } =
    [
        "The report sums up what the agents found while they read the sources, **compared the figures** and asked each other.",
        "Each source was read twice: once for what it says, and once for what it leaves out. Where two sources differ, both are named.",
        "The figures of the last quarter stand beside those of the year before; a difference under one percent is not called one.",
        "What is still open is listed with a name and a day, so that the next who reads this knows whom to ask.",
        "The next step is a table of all sources, with the figure that each of them gives and the page on which it stands.",
    ];

    public IReadOnlyList<SampleNode> Nodes { get; }

    /// <summary>The agents whose text streams: those nearest to the middle, at most ten.</summary>
    public IReadOnlyList<SampleNode> Streaming { get; }

    public static SampleGraph Of(int count)
    {
        var columns = (int)Math.Ceiling(Math.Sqrt(count / 3.0 * 0.8));
        return new([.. Enumerable.Range(0, count).Select(number =>
        {
            var (x, y) = (number / 3 % columns * GroupWidth, number / 3 / columns * GroupHeight);
            return (number % 3) switch
            {
                0 => new SampleNode(number, null, $"Agent {number}", x, y),
                1 => new SampleNode(number, null, $"Agent {number}", x, y + 180),
                _ => new SampleNode(number, number - 2, $"Report {number}", x + 320, y),
            };
        })]);
    }
}
