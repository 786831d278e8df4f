using Alumia.Lab.Blocks.Content;
using Alumia.Lab.Storage;

namespace Alumia.Lab.Blocks;

/// <summary>Who writes.</summary>
internal readonly record struct Author(AuthorKind Kind, string Id);

/// <summary>What is written: a title and a content.</summary>
internal readonly record struct BlockText(string Title, string Content);

/// <summary>Writes blocks and their versions, in a transaction of the writer.</summary>
internal static class BlockPen
{
    public const int MaxTitle = 255;

    /// <summary>The title and content, if they are such.</summary>
    /// <exception cref="Refusal">They are not.</exception>
    public static BlockText Check(BlockKind kind, string title, string content)
    {
        title = title.Trim();
        if (title.Length is 0 or > MaxTitle)
            throw Refusal.Invalid("title", $"A title has 1 to {MaxTitle} characters.");
        if (!BlockContents.IsStorable(title))
            throw Refusal.Invalid("title", "The title holds a character that cannot be stored: NUL, or half of a pair.");
        BlockContents.Check(kind, content);
        return new(title, content);
    }

    /// <summary>Lets no other transaction change the block until this one ends: on PostgreSQL several run at once.</summary>
    public static void Lock(Tx tx, string blockId) =>
        tx.Run("UPDATE block SET version = version WHERE id = @id", ("@id", blockId));

    public static Block Create(Tx tx, Block block, Author by, string content)
    {
        tx.Db.Add(block);
        return Show(tx, block, by, new(block.Title, content), null);
    }

    /// <summary>Adds a version and shows it; the same title and content again change nothing.</summary>
    public static Block Show(Tx tx, Block block, Author by, BlockText text, int? baseVersion)
    {
        if (block.Version > 0 && Shown(tx, block) == text)
            return block;
        block.Version = Add(tx, block, by, text, baseVersion, isClash: false);
        (block.Title, block.UpdatedAtMs) = (text.Title, tx.NowMs);
        return block;
    }

    /// <summary>Adds a version that waits for a person's choice.</summary>
    public static int Clash(Tx tx, Block block, Author by, BlockText text, int baseVersion) =>
        Add(tx, block, by, text, baseVersion, isClash: true);

    /// <summary>Drops all versions but the one that is shown.</summary>
    public static void Forget(Tx tx, Block block) =>
        tx.Run("DELETE FROM block_version WHERE block_id = @id AND version < @version", ("@id", block.Id), ("@version", block.Version));

    public static BlockText Shown(Tx tx, Block block) => TextOf(tx.Db.Find<BlockVersion>(block.Id, block.Version)!);

    public static BlockText TextOf(BlockVersion version) => new(version.Title, version.Content);

    public static void Tell(Tx tx, Block block)
    {
        tx.Changed(BlockShelf.Key(block.Id));
        tx.Changed(BlockShelf.ListKey(block.ProjectId));
    }

    private static int Add(Tx tx, Block block, Author by, BlockText text, int? baseVersion, bool isClash)
    {
        var number = 1 + (tx.Db.Set<BlockVersion>().Where(version => version.BlockId == block.Id).Max(version => (int?)version.Version) ?? 0);
        tx.Db.Add(new BlockVersion
        {
            BlockId = block.Id,
            Version = number,
            Title = text.Title,
            Content = text.Content,
            By = by.Kind,
            ById = by.Id,
            AtMs = tx.NowMs,
            BaseVersion = baseVersion,
            IsClash = isClash,
        });
        Tell(tx, block);
        return number;
    }
}
