namespace Alumia.Lab.Blocks;

/// <summary>A block with the content of its shown version, and the clashes that wait for a choice, oldest first.</summary>
public sealed record BlockView(Block Block, string Content, IReadOnlyList<BlockVersion> Clashes);

/// <summary>What became of an edit: the block, and the version that holds its text. A clash's text is kept, and not shown yet.</summary>
public sealed record BlockEdit(Block Block, int Version, bool IsClash);

/// <summary>A block that a search found, and its content around the first word that was sought.</summary>
public sealed record BlockHit(Block Block, string Excerpt);

/// <summary>What a person does with a clash.</summary>
public enum ClashChoice
{
    /// <summary>It becomes a block of its own.</summary>
    KeepBoth,
    /// <summary>It becomes the newest version.</summary>
    UseClash,
    /// <summary>What is shown stays; the clash remains among the versions.</summary>
    UseShown,
}
