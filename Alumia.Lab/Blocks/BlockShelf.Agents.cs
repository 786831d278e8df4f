using Alumia.Lab.Storage;
using Alumia.Lab.Tools;
using Microsoft.EntityFrameworkCore;

namespace Alumia.Lab.Blocks;

/// <content>What agents do.</content>
public sealed partial class BlockShelf
{
    /// <summary>
    /// Puts an agent's block on the shelf: a new version of the named block, or of the one that this session has under this title, else a new block.
    /// The same content again makes no version.
    /// </summary>
    /// <exception cref="Refusal">The project has no such block, or a person has changed it since.</exception>
    public async Task<Block> PutAsync(ToolContext by, BlockKind kind, string title, string content, string? blockId, CancellationToken cancellation)
    {
        var text = BlockPen.Check(kind, title, content);
        return await writer.Write(tx =>
        {
            var block = Find(tx, by, kind, text.Title, blockId);
            if (block is null)
                return BlockPen.Create(tx, New(tx, by, kind, text.Title), By(by), text.Content);
            if (BlockPen.Shown(tx, block) != text)
                RefuseOverPeople(tx, by, block);
            return BlockPen.Show(tx, block, By(by), text, null);
        }, cancellation);
    }

    /// <summary>
    /// Puts what a session's browser shows on the shelf: one block a session, made anew where a person has deleted it. It is a window and not a
    /// work: its earlier versions go.
    /// </summary>
    public async Task<Block> ShowPageAsync(ToolContext by, string title, string content, CancellationToken cancellation)
    {
        var text = BlockPen.Check(BlockKind.Page, title, content);
        return await writer.Write(tx =>
        {
            var block = Of(tx.Db, by).Where(block => block.Kind == BlockKind.Page && block.SessionId == by.SessionId).OrderByDescending(block => block.Id).FirstOrDefault();
            if (block is null)
                return BlockPen.Create(tx, New(tx, by, BlockKind.Page, text.Title), By(by), text.Content);
            BlockPen.Lock(tx, block.Id);
            BlockPen.Show(tx, block, By(by), text, null);
            BlockPen.Forget(tx, block);
            return block;
        }, cancellation);
    }

    /// <summary>An agent's new version of the one it has read.</summary>
    /// <exception cref="Refusal">The project has no such block, or another version is shown by now.</exception>
    public Task<Block> UpdateAsync(ToolContext by, string blockId, int version, string? title, string content, CancellationToken cancellation) =>
        writer.Write(tx =>
        {
            BlockPen.Lock(tx, blockId);
            var block = Of(tx.Db, by).SingleOrDefault(row => row.Id == blockId) ?? throw Refusal.NotFound("block in this project");
            RefuseOfPages(block);
            var text = BlockPen.Check(block.Kind, title ?? block.Title, content);
            if (version != block.Version && BlockPen.Shown(tx, block) != text)
                throw Refusal.Conflict($"The block is at version {block.Version}, not {version}. Read it with read_block, and update that version.");
            return BlockPen.Show(tx, block, By(by), text, version);
        }, cancellation);

    /// <summary>All blocks of the agent's project, the oldest first.</summary>
    public async Task<IReadOnlyList<Block>> ListAsync(ToolContext by, CancellationToken cancellation)
    {
        await using var db = contexts.CreateDbContext();
        return await Of(db, by).OrderBy(block => block.CreatedAtMs).ThenBy(block => block.Id).ToListAsync(cancellation);
    }

    /// <summary>A block of the agent's project.</summary>
    /// <exception cref="Refusal">Not found.</exception>
    public async Task<BlockView> ReadAsync(ToolContext by, string blockId, CancellationToken cancellation)
    {
        await using var db = contexts.CreateDbContext();
        return await ViewAsync(db, Of(db, by), blockId, cancellation);
    }

    /// <summary>The blocks of the agent's project that have the query's words in title or content, the best first.</summary>
    public async Task<IReadOnlyList<BlockHit>> SearchAsync(ToolContext by, string query, CancellationToken cancellation)
    {
        await using var db = contexts.CreateDbContext();
        return await SearchAsync(db, Of(db, by), query, cancellation);
    }

    private static IQueryable<Block> Of(LabDbContext db, ToolContext by) =>
        db.Set<Block>().Where(block => block.OrgId == by.OrgId && block.ProjectId == by.ProjectId && block.DeletedAtMs == null);

    private static Author By(ToolContext by) => new(AuthorKind.Agent, by.AgentId);

    private static Block? Find(Tx tx, ToolContext by, BlockKind kind, string title, string? blockId)
    {
        var ofKind = Of(tx.Db, by).Where(block => block.Kind == kind);
        blockId ??= ofKind.Where(block => block.SessionId == by.SessionId && block.Title == title).Select(block => block.Id).FirstOrDefault();
        if (blockId is null)
            return null;
        BlockPen.Lock(tx, blockId);
        return ofKind.SingleOrDefault(block => block.Id == blockId) ?? throw Refusal.NotFound($"{kind.Word()} in this project");
    }

    private static void RefuseOverPeople(Tx tx, ToolContext by, Block block)
    {
        var versions = tx.Db.Set<BlockVersion>().Where(version => version.BlockId == block.Id);
        var mine = versions.Where(version => version.By == AuthorKind.Agent && version.ById == by.AgentId).Max(version => (int?)version.Version) ?? 0;
        if (versions.Any(version => version.Version > mine && version.By == AuthorKind.Person && !version.IsClash))
            throw Refusal.Conflict($"A person has changed this {block.Kind.Word()} since you wrote it: it is at version {block.Version}. Read it with read_block, then call update_block with block_id {block.Id} and version {block.Version}, and keep what the person wrote.");
    }

    private static void RefuseOfPages(Block block)
    {
        if (block.Kind == BlockKind.Page)
            throw Refusal.Conflict("This block shows what an agent's browser shows; nobody writes it by hand.");
    }

    private static Block New(Tx tx, ToolContext by, BlockKind kind, string title) => new()
    {
        Id = Id.New("blk", tx.NowMs),
        OrgId = by.OrgId,
        ProjectId = by.ProjectId,
        SessionId = by.SessionId,
        Kind = kind,
        Title = title,
        CreatedAtMs = tx.NowMs,
    };
}
