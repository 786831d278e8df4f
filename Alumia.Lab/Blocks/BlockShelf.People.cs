using Alumia.Lab.Organizations;
using Alumia.Lab.Projects;
using Alumia.Lab.Storage;
using Microsoft.EntityFrameworkCore;

namespace Alumia.Lab.Blocks;

/// <content>What people change.</content>
public sealed partial class BlockShelf
{
    /// <summary>A new block that a person adds by hand.</summary>
    public async Task<Block> CreateAsync(OrgScope scope, string projectId, BlockKind kind, string title, string content, CancellationToken cancellation)
    {
        var text = BlockPen.Check(kind, title, content);
        return await writer.Write(tx =>
        {
            RequireOpen(tx.Db, scope, projectId);
            return New(tx, scope, projectId, kind, text);
        }, cancellation);
    }

    /// <summary>
    /// A person's edit of the version that was read. Where another one is shown by now, both changes are merged if they do not overlap;
    /// else the text is kept as a clash.
    /// </summary>
    public Task<BlockEdit> EditAsync(OrgScope scope, string blockId, int baseVersion, string title, string content, CancellationToken cancellation) =>
        writer.Write(tx =>
        {
            var block = Changeable(tx, scope, blockId);
            RefuseOfPages(block);
            return BlockEdits.Apply(tx, block, new(AuthorKind.Person, scope.UserId), baseVersion, BlockPen.Check(block.Kind, title, content));
        }, cancellation);

    /// <summary>Settles a clash; returns the block, or the new one where both are kept.</summary>
    public async Task<Block> SettleAsync(OrgScope scope, string blockId, int clashVersion, ClashChoice choice, CancellationToken cancellation)
    {
        var clash = (await GetAsync(scope, blockId, cancellation)).Clashes.FirstOrDefault(version => version.Version == clashVersion);
        var name = clash is null ? "" : (await authors.NamesAsync(scope, [clash], cancellation))[clash.ById];
        return await writer.Write(tx =>
        {
            var block = Changeable(tx, scope, blockId);
            var version = VersionOf(tx, block, clashVersion);
            if (!version.IsClash)
                throw Refusal.Conflict("This clash is settled already.");
            version.IsClash = false;
            BlockPen.Tell(tx, block);
            return choice switch
            {
                ClashChoice.KeepBoth => New(tx, scope, block.ProjectId, block.Kind, new(Titles.With(version.Title, $" ({name}'s version)"), version.Content)),
                ClashChoice.UseClash => BlockPen.Show(tx, block, new(AuthorKind.Person, scope.UserId), BlockPen.TextOf(version), block.Version),
                _ => block,
            };
        }, cancellation);
    }

    /// <summary>Makes an old version the newest one.</summary>
    public Task<Block> RevertAsync(OrgScope scope, string blockId, int version, CancellationToken cancellation) =>
        writer.Write(tx =>
        {
            var block = Changeable(tx, scope, blockId);
            return BlockPen.Show(tx, block, new(AuthorKind.Person, scope.UserId), BlockPen.TextOf(VersionOf(tx, block, version)), block.Version);
        }, cancellation);

    /// <summary>A new block with what this one shows.</summary>
    public Task<Block> DuplicateAsync(OrgScope scope, string blockId, CancellationToken cancellation) =>
        writer.Write(tx =>
        {
            var block = Changeable(tx, scope, blockId);
            var shown = BlockPen.Shown(tx, block);
            return New(tx, scope, block.ProjectId, block.Kind, shown with { Title = Titles.With(shown.Title, " (copy)") });
        }, cancellation);

    /// <summary>Takes blocks from the canvas, all or none; they can be restored.</summary>
    public Task DeleteAsync(OrgScope scope, IReadOnlyList<string> blockIds, CancellationToken cancellation) =>
        SetDeletedAsync(scope, blockIds, isDeleted: true, cancellation);

    /// <summary>Brings deleted blocks back, all or none.</summary>
    public Task RestoreAsync(OrgScope scope, IReadOnlyList<string> blockIds, CancellationToken cancellation) =>
        SetDeletedAsync(scope, blockIds, isDeleted: false, cancellation);

    private Task SetDeletedAsync(OrgScope scope, IReadOnlyList<string> blockIds, bool isDeleted, CancellationToken cancellation)
    {
        var ids = blockIds.Distinct().ToList();
        return writer.Write(tx =>
        {
            var blocks = InSight(tx.Db, scope).Where(block => ids.Contains(block.Id)).ToList();
            if (blocks.Count < ids.Count)
                throw Refusal.NotFound("block");
            foreach (var projectId in blocks.Select(block => block.ProjectId).Distinct())
                RequireOpen(tx.Db, scope, projectId);
            foreach (var block in blocks.Where(block => block.DeletedAtMs is not null != isDeleted))
            {
                block.DeletedAtMs = isDeleted ? tx.NowMs : null;
                BlockPen.Tell(tx, block);
            }
        }, cancellation);
    }

    private static Block New(Tx tx, OrgScope scope, string projectId, BlockKind kind, BlockText text) => BlockPen.Create(tx, new Block
    {
        Id = Id.New("blk", tx.NowMs),
        OrgId = scope.OrgId,
        ProjectId = projectId,
        Kind = kind,
        Title = text.Title,
        CreatedAtMs = tx.NowMs,
    }, new(AuthorKind.Person, scope.UserId), text.Content);

    private static Block Changeable(Tx tx, OrgScope scope, string blockId)
    {
        BlockPen.Lock(tx, blockId);
        var block = Visible(tx.Db, scope).SingleOrDefault(row => row.Id == blockId) ?? throw Refusal.NotFound("block");
        RequireOpen(tx.Db, scope, block.ProjectId);
        return block;
    }

    private static BlockVersion VersionOf(Tx tx, Block block, int version) =>
        tx.Db.Find<BlockVersion>(block.Id, version) ?? throw Refusal.NotFound("version of this block");

    /// <summary>The project is there for this person, who may change what is in it, and it is not archived.</summary>
    private static void RequireOpen(LabDbContext db, OrgScope scope, string projectId)
    {
        var project = ProjectDirectory.Visible(db, scope).AsNoTracking().SingleOrDefault(row => row.Id == projectId) ?? throw Refusal.NotFound("project");
        scope.Require(OrgRole.Member);
        if (project.ArchivedAtMs is not null)
            throw Refusal.Conflict("This project is archived. Bring it back first.");
    }
}
