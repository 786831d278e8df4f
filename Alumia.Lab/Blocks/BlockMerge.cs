namespace Alumia.Lab.Blocks;

/// <summary>Joins two changes of one text, where they do not overlap.</summary>
internal static class BlockMerge
{
    /// <summary>The merged text; null where the changes overlap.</summary>
    public static BlockText? Merge(BlockKind kind, BlockText old, BlockText mine, BlockText theirs) =>
        Pick(old.Title, mine.Title, theirs.Title) is { } title && Pick(old.Content, mine.Content, theirs.Content) is { } content
            ? new(title, content)
            : null;

    /// <summary>The one that changed; null where both did, differently.</summary>
    private static string? Pick(string old, string mine, string theirs) =>
        mine == old || mine == theirs ? theirs : theirs == old ? mine : null;
}
