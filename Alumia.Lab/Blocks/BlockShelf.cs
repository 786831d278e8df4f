using Alumia.Lab.Organizations;
using Alumia.Lab.Projects;
using Alumia.Lab.Storage;
using Alumia.Lab.Tools;
using Microsoft.EntityFrameworkCore;

namespace Alumia.Lab.Blocks;

/// <summary>A block with the content of its newest version.</summary>
public sealed record BlockView(Block Block, string Content);

/// <summary>The blocks of all projects: people read those of the projects that they may see, agents put and renew those of their own project.</summary>
public sealed class BlockShelf(IDbContextFactory<LabDbContext> contexts, Writer writer)
{
    /// <summary>The change key of one block.</summary>
    public static string Key(string blockId) => $"block:{blockId}";

    /// <summary>The change key of a project's list of blocks.</summary>
    public static string ListKey(string projectId) => $"blocks:{projectId}";

    /// <summary>A block in a project that this person may see.</summary>
    /// <exception cref="Refusal">Not found.</exception>
    public async Task<BlockView> GetAsync(OrgScope scope, string blockId, CancellationToken cancellation)
    {
        await using var db = contexts.CreateDbContext();
        return await Visible(db, scope).Where(block => block.Id == blockId)
            .Join(db.Set<BlockVersion>(), block => new { block.Id, block.Version }, version => new { Id = version.BlockId, version.Version },
                (block, version) => new BlockView(block, version.Content))
            .SingleOrDefaultAsync(cancellation) ?? throw Refusal.NotFound("block");
    }

    /// <summary>All versions of a block, the newest first.</summary>
    /// <exception cref="Refusal">Not found.</exception>
    public async Task<IReadOnlyList<BlockVersion>> VersionsAsync(OrgScope scope, string blockId, CancellationToken cancellation)
    {
        await using var db = contexts.CreateDbContext();
        if (!await Visible(db, scope).AnyAsync(block => block.Id == blockId, cancellation))
            throw Refusal.NotFound("block");
        return await db.Set<BlockVersion>().Where(version => version.BlockId == blockId)
            .OrderByDescending(version => version.Version).ToListAsync(cancellation);
    }

    /// <summary>
    /// Puts an agent's document on the shelf: a new version of the named block, or of the one that this session has under this title, else a new block.
    /// The same content again makes no version.
    /// </summary>
    /// <exception cref="Refusal">The project has no such document.</exception>
    public Task<Block> PutDocumentAsync(ToolContext by, string title, string content, string? blockId, CancellationToken cancellation) =>
        writer.Write(tx =>
        {
            var block = Find(tx.Db, by, title, blockId);
            if (block is null)
            {
                block = new Block
                {
                    Id = Id.New("blk", tx.NowMs),
                    OrgId = by.OrgId,
                    ProjectId = by.ProjectId,
                    SessionId = by.SessionId,
                    Kind = BlockKind.Document,
                    Title = title,
                    CreatedAtMs = tx.NowMs,
                };
                tx.Db.Add(block);
            }
            else if (block.Title == title && tx.Db.Find<BlockVersion>(block.Id, block.Version)?.Content == content)
            {
                return block;
            }
            (block.Title, block.Version, block.UpdatedAtMs) = (title, block.Version + 1, tx.NowMs);
            tx.Db.Add(new BlockVersion { BlockId = block.Id, Version = block.Version, Content = content, By = AuthorKind.Agent, ById = by.AgentId, AtMs = tx.NowMs });
            tx.Changed(Key(block.Id));
            tx.Changed(ListKey(block.ProjectId));
            return block;
        }, cancellation);

    private static Block? Find(LabDbContext db, ToolContext by, string title, string? blockId)
    {
        var documents = db.Set<Block>().Where(block => block.OrgId == by.OrgId && block.ProjectId == by.ProjectId && block.Kind == BlockKind.Document);
        return blockId is null
            ? documents.FirstOrDefault(block => block.SessionId == by.SessionId && block.Title == title)
            : documents.SingleOrDefault(block => block.Id == blockId) ?? throw Refusal.NotFound("document in this project");
    }

    private static IQueryable<Block> Visible(LabDbContext db, OrgScope scope) =>
        db.In<Block>(scope).Where(block => ProjectDirectory.Visible(db, scope).Any(project => project.Id == block.ProjectId));
}
