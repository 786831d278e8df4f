using Alumia.Lab.Organizations;
using Alumia.Lab.Projects;
using Alumia.Lab.Storage;
using Microsoft.EntityFrameworkCore;

namespace Alumia.Lab.Blocks;

/// <summary>
/// The blocks of all projects. People read those of the projects that they may see, and change them where they are members
/// and the project is not archived; agents work in their own project.
/// </summary>
public sealed partial class BlockShelf(IDbContextFactory<LabDbContext> contexts, Writer writer, BlockAuthors authors)
{
    /// <summary>The change key of one block.</summary>
    public static string Key(string blockId) => $"block:{blockId}";

    /// <summary>The change key of a project's list of blocks.</summary>
    public static string ListKey(string projectId) => $"blocks:{projectId}";

    /// <summary>A session is gone for good: its blocks stay where they are and belong to none.</summary>
    public static void Unjoin(Tx tx, string sessionId) => tx.Run("UPDATE block SET session_id = NULL WHERE session_id = @session", ("session", sessionId));

    /// <summary>Deletes for good so many of the blocks that were deleted before this time (UTC ms), with all versions.</summary>
    public static IReadOnlyList<(string Id, string OrgId, string ProjectId)> ForgetDeleted(Tx tx, long beforeMs, int most)
    {
        var gone = tx.All($"SELECT id, org_id, project_id FROM block WHERE deleted_at_ms < @before ORDER BY id LIMIT @most{tx.ForUpdate}",
            static row => (row.GetString(0), row.GetString(1), row.GetString(2)), ("before", beforeMs), ("most", most));
        foreach (var (id, _, _) in gone)
            tx.Run("DELETE FROM block WHERE id = @id", ("id", id));
        return gone;
    }

    /// <summary>A project's blocks, the oldest first, without the deleted ones.</summary>
    /// <exception cref="Refusal">The project is not found.</exception>
    public async Task<IReadOnlyList<Block>> ListAsync(OrgScope scope, string projectId, CancellationToken cancellation)
    {
        await using var db = contexts.CreateDbContext();
        if (!await ProjectDirectory.Visible(db, scope).AnyAsync(project => project.Id == projectId, cancellation))
            throw Refusal.NotFound("project");
        return await db.In<Block>(scope).Where(block => block.ProjectId == projectId && block.DeletedAtMs == null)
            .OrderBy(block => block.CreatedAtMs).ThenBy(block => block.Id).ToListAsync(cancellation);
    }

    /// <summary>A block in a project that this person may see.</summary>
    /// <exception cref="Refusal">Not found.</exception>
    public async Task<BlockView> GetAsync(OrgScope scope, string blockId, CancellationToken cancellation)
    {
        await using var db = contexts.CreateDbContext();
        return await ViewAsync(db, Visible(db, scope), blockId, cancellation);
    }

    /// <summary>All versions of a block, the newest first, clashes too.</summary>
    /// <exception cref="Refusal">Not found.</exception>
    public async Task<IReadOnlyList<BlockVersion>> VersionsAsync(OrgScope scope, string blockId, CancellationToken cancellation)
    {
        await using var db = contexts.CreateDbContext();
        if (!await Visible(db, scope).AnyAsync(block => block.Id == blockId, cancellation))
            throw Refusal.NotFound("block");
        return await db.Set<BlockVersion>().Where(version => version.BlockId == blockId)
            .OrderByDescending(version => version.Version).ToListAsync(cancellation);
    }

    /// <summary>The content of one version of a block, and its kind; of the shown one where none is named.</summary>
    /// <exception cref="Refusal">Not found.</exception>
    public async Task<(BlockKind Kind, string Content)> ContentAsync(OrgScope scope, string blockId, int? version, CancellationToken cancellation)
    {
        await using var db = contexts.CreateDbContext();
        var found = await Visible(db, scope).Where(block => block.Id == blockId)
            .Join(db.Set<BlockVersion>(), block => block.Id, row => row.BlockId, (block, row) => new { block, row })
            .Where(pair => pair.row.Version == (version ?? pair.block.Version))
            .Select(pair => new { pair.block.Kind, pair.row.Content }).SingleOrDefaultAsync(cancellation) ?? throw Refusal.NotFound("block");
        return (found.Kind, found.Content);
    }

    /// <summary>The blocks of a project that have the query's words in title or content, the best first.</summary>
    /// <exception cref="Refusal">The project is not found.</exception>
    public async Task<IReadOnlyList<BlockHit>> SearchAsync(OrgScope scope, string projectId, string query, CancellationToken cancellation)
    {
        await using var db = contexts.CreateDbContext();
        if (!await ProjectDirectory.Visible(db, scope).AnyAsync(project => project.Id == projectId, cancellation))
            throw Refusal.NotFound("project");
        return await SearchAsync(db, Visible(db, scope).Where(block => block.ProjectId == projectId), query, cancellation);
    }

    private static async Task<IReadOnlyList<BlockHit>> SearchAsync(LabDbContext db, IQueryable<Block> among, string query, CancellationToken cancellation)
    {
        var blocks = await among
            .Join(db.Set<BlockVersion>(), block => new { block.Id, block.Version }, version => new { Id = version.BlockId, version.Version },
                (block, version) => new { Block = block, Content = block.Kind == BlockKind.Image || block.Kind == BlockKind.Page ? version.Content.Substring(0, BlockWords.ImageWords) : version.Content })
            .ToListAsync(cancellation);
        return BlockSearch.Best(query, blocks.Select(pair => (pair.Block, BlockWords.Of(pair.Block.Kind, pair.Content))));
    }

    private static async Task<BlockView> ViewAsync(LabDbContext db, IQueryable<Block> among, string blockId, CancellationToken cancellation)
    {
        var found = await among.Where(block => block.Id == blockId)
            .Join(db.Set<BlockVersion>(), block => new { block.Id, block.Version }, version => new { Id = version.BlockId, version.Version },
                (block, version) => new { Block = block, version.Content })
            .SingleOrDefaultAsync(cancellation) ?? throw Refusal.NotFound("block");
        var clashes = await db.Set<BlockVersion>().Where(version => version.BlockId == blockId && version.IsClash)
            .OrderBy(version => version.Version).ToListAsync(cancellation);
        return new BlockView(found.Block, found.Content, clashes);
    }

    /// <summary>Those that are there for this person, deleted ones not.</summary>
    private static IQueryable<Block> Visible(LabDbContext db, OrgScope scope) =>
        InSight(db, scope).Where(block => block.DeletedAtMs == null);

    private static IQueryable<Block> InSight(LabDbContext db, OrgScope scope) =>
        db.In<Block>(scope).Where(block => ProjectDirectory.Visible(db, scope).Any(project => project.Id == block.ProjectId));
}
