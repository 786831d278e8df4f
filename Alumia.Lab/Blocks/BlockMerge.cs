using Alumia.Lab.Blocks.Content;

namespace Alumia.Lab.Blocks;

/// <summary>Joins two changes of one text, where they do not overlap: documents and code by lines, the other kinds as a whole.</summary>
internal static class BlockMerge
{
    /// <summary>The merged text; null where the changes overlap, or make more than a block may hold.</summary>
    public static BlockText? Merge(BlockKind kind, BlockText old, BlockText mine, BlockText theirs)
    {
        if (One(old.Title, mine.Title, theirs.Title) is not { } title || Contents(kind, old.Content, mine.Content, theirs.Content) is not { } content)
            return null;
        try
        {
            return BlockPen.Check(kind, title, content);
        }
        catch (Refusal refusal) when (refusal.Kind == RefusalKind.Invalid)
        {
            return null;
        }
    }

    private static string? Contents(BlockKind kind, string old, string mine, string theirs) => One(old, mine, theirs) ?? kind switch
    {
        BlockKind.Document => LineMerge.Merge(old, mine, theirs),
        BlockKind.Code => Code(CodeContent.Parse(old), CodeContent.Parse(mine), CodeContent.Parse(theirs)),
        _ => null,
    };

    private static string? Code(CodeContent old, CodeContent mine, CodeContent theirs) =>
        One(old.Language, mine.Language, theirs.Language) is { } language
        && (One(old.Code, mine.Code, theirs.Code) ?? LineMerge.Merge(old.Code, mine.Code, theirs.Code)) is { } code
            ? new CodeContent(language, code).ToJson()
            : null;

    /// <summary>The one that changed; null where both did, differently.</summary>
    private static string? One(string old, string mine, string theirs) =>
        mine == old || mine == theirs ? theirs : theirs == old ? mine : null;
}
