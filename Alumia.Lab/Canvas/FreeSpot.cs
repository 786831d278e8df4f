namespace Alumia.Lab.Canvas;

/// <summary>Finds room for new nodes: where people would look for them, and over nothing.</summary>
public static class FreeSpot
{
    /// <summary>Between two nodes.</summary>
    public const double Gap = 40;

    /// <summary>A session with two columns of blocks at its right.</summary>
    public const double Stride = 1_480;

    private const double Columns = 3;

    /// <summary>For an agent: the highest free place in one of a few wide columns.</summary>
    public static Box ForAgent(Box size, IReadOnlyList<Box> taken)
    {
        var left = taken.Count == 0 ? 0 : taken.Min(box => box.X);
        var top = taken.Count == 0 ? 0 : taken.Min(box => box.Y);
        // Its blocks want room as well: what stands to the right of it counts.
        var wide = size with { Width = Stride - (2 * Gap) };
        var spots = Enumerable.Range(0, (int)Columns).Select(column => Below(wide with { X = left + (column * Stride), Y = top }, taken));
        var best = spots.MinBy(spot => spot.Y + ((spot.X - left) * 0.7));
        return size with { X = best.X, Y = best.Y };
    }

    /// <summary>For a block: beside the node that made it, in two columns at its right.</summary>
    public static Box ForBlock(Box size, Box? maker, IReadOnlyList<Box> taken)
    {
        if (maker is not { } from)
            return ForAgent(size, taken);
        var spots = Enumerable.Range(0, 2).Select(column => Below(size with { X = from.Right + (2 * Gap) + (column * (size.Width + Gap)), Y = from.Y }, taken));
        return spots.MinBy(spot => spot.Y - from.Y + ((spot.X - from.Right) * 0.5));
    }

    /// <summary>The first free place from here downwards.</summary>
    private static Box Below(Box spot, IReadOnlyList<Box> taken)
    {
        var inTheWay = taken.Where(box => box.X < spot.Right + Gap && spot.X < box.Right + Gap && box.Bottom + Gap > spot.Y).OrderBy(box => box.Y);
        foreach (var box in inTheWay)
        {
            if (box.IsWithin(spot, Gap))
                spot = spot with { Y = box.Bottom + Gap };
        }
        return spot;
    }
}
