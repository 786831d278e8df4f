using Alumia.Lab.Storage;

namespace Alumia.Lab.Blocks;

/// <summary>An edit meets what others wrote meanwhile.</summary>
internal static class BlockEdits
{
    /// <summary>Shows the edit, merged with what came since its base; or keeps it as a clash. Nothing that was sent is lost.</summary>
    public static BlockEdit Apply(Tx tx, Block block, Author by, int baseVersion, BlockText sent)
    {
        var written = tx.Db.Find<BlockVersion>(block.Id, baseVersion) ?? throw Refusal.Invalid("baseVersion", "The block has no such version.");
        var shown = BlockPen.Shown(tx, block);
        if (baseVersion == block.Version || sent == shown)
            return Shown(BlockPen.Show(tx, block, by, sent, baseVersion));
        if (Before(tx, block, by, baseVersion, sent) is { } again)
            return again.IsClash ? new(block, again.Version, true) : Shown(block);
        return BlockMerge.Merge(block.Kind, BlockPen.TextOf(written), sent, shown) is { } merged
            ? Shown(BlockPen.Show(tx, block, by, merged, block.Version))
            : new(block, BlockPen.Clash(tx, block, by, sent, baseVersion), true);
    }

    private static BlockEdit Shown(Block block) => new(block, block.Version, false);

    /// <summary>The same edit, sent before: a browser that lost its line sends it again.</summary>
    private static BlockVersion? Before(Tx tx, Block block, Author by, int baseVersion, BlockText sent) =>
        tx.Db.Set<BlockVersion>().FirstOrDefault(version => version.BlockId == block.Id && version.ById == by.Id && version.BaseVersion == baseVersion
            && version.Title == sent.Title && version.Content == sent.Content);
}
