namespace Alumia.Lab.Blocks;

/// <summary>What a block holds; each kind's content is text, in the form that <c>Blocks/Content</c> reads.</summary>
public enum BlockKind
{
    /// <summary>Markdown.</summary>
    Document,
    /// <summary>Source text and its language.</summary>
    Code,
    /// <summary>Columns and rows of cells.</summary>
    Table,
    /// <summary>Series of numbers, as lines, bars, a pie or points.</summary>
    Chart,
    /// <summary>A picture, with its bytes.</summary>
    Image,
    /// <summary>A page of the web, as an agent's browser shows it now: the last picture alone is kept.</summary>
    Page,
}

public static class BlockKinds
{
    private static readonly string[] _words = [.. Enum.GetValues<BlockKind>().Select(kind => kind.ToString().ToLowerInvariant())];

    /// <summary>The kind as a lower-case word: <c>document</c>, <c>code</c>, <c>table</c>, <c>chart</c>, <c>image</c>, <c>page</c>.</summary>
    public static string Word(this BlockKind kind) => _words[(int)kind];
}
