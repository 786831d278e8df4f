using DiffPlex;

namespace Alumia.Lab.Blocks;

/// <summary>
/// A three-way merge by lines, on DiffPlex's two-way differences: its own three-way merge (1.9.0) drops one side of some changes that overlap.
/// </summary>
internal static class LineMerge
{
    /// <summary>The difference costs the product of its lines at worst, and the writer waits for it.</summary>
    private const int MaxLines = 2_000;

    /// <summary>Both changes of the old text; null where they overlap or begin at the same line, or the texts are too long to compare.</summary>
    public static string? Merge(string old, string mine, string theirs)
    {
        if (new[] { old, mine, theirs }.Any(text => text.AsSpan().Count('\n') >= MaxLines))
            return null;
        var merged = new List<string>();
        var lines = old.Length == 0 ? [] : old.Split('\n'); // To DiffPlex an empty text has no line.
        var place = 0;
        Change? last = null;
        // Of two that begin at the same line the one that takes nothing away comes first.
        foreach (var change in Changes(old, mine).Concat(Changes(old, theirs)).OrderBy(change => change.Start).ThenBy(change => change.End))
        {
            if (last is not null && change.Same(last))
                continue;
            if (last is not null && (change.Start < last.End || change.Start == last.Start))
                return null;
            merged.AddRange(lines[place..change.Start]);
            merged.AddRange(change.Lines);
            place = change.End;
            last = change;
        }
        merged.AddRange(lines[place..]);
        return string.Join('\n', merged);
    }

    private static IEnumerable<Change> Changes(string from, string to)
    {
        var difference = Differ.Instance.CreateDiffs(from, to, ignoreWhiteSpace: false, ignoreCase: false, new Lines());
        return difference.DiffBlocks.Select(block => new Change(block.DeleteStartA, block.DeleteStartA + block.DeleteCountA,
            [.. difference.PiecesNew.Skip(block.InsertStartB).Take(block.InsertCountB)]));
    }

    /// <summary>Lines of the old text from start to before end, and what takes their place.</summary>
    private sealed record Change(int Start, int End, string[] Lines)
    {
        public bool Same(Change other) => Start == other.Start && End == other.End && Lines.SequenceEqual(other.Lines, StringComparer.Ordinal);
    }

    private sealed class Lines : IChunker
    {
        public IReadOnlyList<string> Chunk(string text) => text.Split('\n');
    }
}
