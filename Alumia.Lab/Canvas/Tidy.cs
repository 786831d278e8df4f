namespace Alumia.Lab.Canvas;

/// <summary>Puts a canvas in order: each agent with its blocks beside it, group under group, in columns of about one height.</summary>
public static class Tidy
{
    private const double Gap = FreeSpot.Gap;
    private const double GroupGap = 80;

    /// <summary>The new places of all nodes, in the order given; sizes stay.</summary>
    public static IReadOnlyList<Box> Arrange(IReadOnlyList<CanvasNode> nodes)
    {
        var placed = new Dictionary<string, Box>();
        var groups = Groups(nodes).Select(group => Group(group, placed)).ToList();
        var area = groups.Sum(group => (group.Size.Width + GroupGap) * (group.Size.Height + GroupGap));
        // A little wider than high, as screens are.
        var tallest = Math.Max(groups.Select(group => group.Size.Height).DefaultIfEmpty().Max(), Math.Sqrt(area / 1.4));
        double x = 0, y = 0, width = 0;
        foreach (var (members, size) in groups)
        {
            if (y > 0 && y + size.Height > tallest)
                (x, y, width) = (x + width + GroupGap, 0, 0);
            foreach (var id in members)
                placed[id] = placed[id] with { X = placed[id].X + x, Y = placed[id].Y + y };
            (y, width) = (y + size.Height + GroupGap, Math.Max(width, size.Width));
        }
        return [.. nodes.Select(node => placed[node.Id])];
    }

    /// <summary>Each agent and what is joined to it; each other node by itself.</summary>
    private static IEnumerable<List<CanvasNode>> Groups(IReadOnlyList<CanvasNode> nodes)
    {
        var ids = nodes.Select(node => node.Id).ToHashSet();
        var joined = nodes.Where(node => node.JoinedTo is { } to && ids.Contains(to)).ToLookup(node => node.JoinedTo);
        return nodes.Where(node => node.JoinedTo is not { } to || !ids.Contains(to)).Select(head => new List<CanvasNode> { head }.Concat(joined[head.Id]).ToList());
    }

    /// <summary>The head at the left, the others in at most three columns, each under the shortest.</summary>
    private static (IReadOnlyList<string> Members, Box Size) Group(List<CanvasNode> group, Dictionary<string, Box> placed)
    {
        var head = group[0].Shown;
        placed[group[0].Id] = group[0].Box with { X = 0, Y = 0 };
        var others = group.Skip(1).ToList();
        var columns = new double[Math.Clamp((int)Math.Ceiling(Math.Sqrt(others.Count)), 1, 3)];
        var columnWidth = others.Select(node => node.Shown.Width).DefaultIfEmpty().Max() + Gap;
        var left = head.Width + (2 * Gap);
        foreach (var node in others)
        {
            var column = Array.IndexOf(columns, columns.Min());
            placed[node.Id] = node.Box with { X = left + (column * columnWidth), Y = columns[column] };
            columns[column] += node.Shown.Height + Gap;
        }
        var used = columns.Count(height => height > 0);
        var width = used == 0 ? head.Width : left + (used * columnWidth) - Gap;
        return ([.. group.Select(node => node.Id)], new Box(0, 0, width, Math.Max(head.Height, columns.Max() - Gap)));
    }
}
