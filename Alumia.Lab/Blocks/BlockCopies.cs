using Alumia.Lab.Organizations;
using Alumia.Lab.Storage;
using Microsoft.EntityFrameworkCore;

namespace Alumia.Lab.Blocks;

/// <summary>Takes copies of a project's blocks, and puts such copies into another project.</summary>
public sealed class BlockCopies(IDbContextFactory<LabDbContext> contexts, BlockShelf shelf, BlockAuthors authors)
{
    /// <summary>The last millisecond that a date can have.</summary>
    private const long LastMs = 253_402_300_799_999;

    /// <summary>Copies of all blocks of the project that are not deleted, the oldest first.</summary>
    /// <exception cref="Refusal">The project is not found.</exception>
    public async Task<IReadOnlyList<BlockCopy>> ReadAsync(OrgScope scope, string projectId, CancellationToken cancellation)
    {
        var blocks = await shelf.ListAsync(scope, projectId, cancellation);
        await using var db = contexts.CreateDbContext();
        var rows = await db.In<Block>(scope).Where(block => block.ProjectId == projectId && block.DeletedAtMs == null)
            .Join(db.Set<BlockVersion>(), block => block.Id, version => version.BlockId, (_, version) => version)
            .OrderBy(version => version.Version).ToListAsync(cancellation);
        var names = await authors.NamesAsync(scope, rows, cancellation);
        var versions = rows.ToLookup(version => version.BlockId, version => new VersionCopy(
            version.Version, version.Title, version.Content, version.By, names[version.ById], version.AtMs, version.BaseVersion, version.IsClash));
        return [.. blocks.Select(block => new BlockCopy(
            block.Id, block.SessionId, block.Kind, block.CreatedAtMs, block.UpdatedAtMs, block.Kind == BlockKind.Page ? 1 : block.Version, [.. Numbered(block, versions[block.Id])]))];
    }

    /// <summary>Of a page the last version alone is kept: in a copy it is the first.</summary>
    private static IEnumerable<VersionCopy> Numbered(Block block, IEnumerable<VersionCopy> versions) =>
        block.Kind == BlockKind.Page ? versions.TakeLast(1).Select(version => version with { Version = 1, BaseVersion = null }) : versions;

    /// <summary>Whether a copy that comes from outside is one that a lab could have made.</summary>
    /// <exception cref="Refusal">Invalid; the field says where.</exception>
    internal static void Check(BlockCopy copy)
    {
        Need("kind", Enum.IsDefined(copy.Kind), "There are no blocks of this kind.");
        Need("createdAtMs", IsTime(copy.CreatedAtMs) && IsTime(copy.UpdatedAtMs), "Times are milliseconds since 1970, UTC.");
        for (var i = 0; i < copy.Versions.Count; i++)
        {
            var where = $"versions[{i}]";
            Need(where, copy.Versions[i] is not null, "A version is missing here.");
            var version = copy.Versions[i];
            Need($"{where}.version", version.Version == i + 1, $"This is version {i + 1}.");
            Need($"{where}.baseVersion", version.BaseVersion is null || (version.BaseVersion >= 1 && version.BaseVersion <= i), "A version is based on an earlier one.");
            Need($"{where}.name", version.Name.Length is > 0 and <= BlockPen.MaxTitle && Content.BlockContents.IsStorable(version.Name), $"A writer's name has 1 to {BlockPen.MaxTitle} characters.");
            Need($"{where}.atMs", IsTime(version.AtMs), "Times are milliseconds since 1970, UTC.");
            try
            {
                BlockPen.Check(copy.Kind, version.Title, version.Content);
            }
            catch (Refusal refusal)
            {
                throw Refusal.Invalid($"{where}.{refusal.Fields.Keys.FirstOrDefault()}", refusal.Message);
            }
        }
        Need("shown", copy.Versions.Any(version => version.Version == copy.Shown && !version.IsClash), "The shown version is one of the block's, and no clash.");
    }

    /// <summary>Writes checked copies as new blocks, in a transaction that makes their project too; each copy, and each session that they name, has its new id.</summary>
    internal static void Put(Tx tx, OrgScope scope, string projectId, IReadOnlyList<BlockCopy> copies, IReadOnlyDictionary<string, string> newIds)
    {
        foreach (var copy in copies)
        {
            var blockId = newIds[copy.Id];
            tx.Db.Add(new Block
            {
                Id = blockId,
                OrgId = scope.OrgId,
                ProjectId = projectId,
                SessionId = copy.Session is { } session ? newIds[session] : null,
                Kind = copy.Kind,
                Title = copy.Versions[copy.Shown - 1].Title.Trim(),
                CreatedAtMs = copy.CreatedAtMs,
                UpdatedAtMs = copy.UpdatedAtMs,
                Version = copy.Shown,
            });
            tx.Db.AddRange(copy.Versions.Select(version => new BlockVersion
            {
                BlockId = blockId,
                Version = version.Version,
                Title = version.Title.Trim(),
                Content = version.Content,
                By = version.By,
                ById = BlockAuthors.Guest(version.Name),
                AtMs = version.AtMs,
                BaseVersion = version.BaseVersion,
                IsClash = version.IsClash,
            }));
        }
    }

    private static bool IsTime(long ms) => ms is >= 0 and <= LastMs;

    private static void Need(string where, bool isSo, string otherwise)
    {
        if (!isSo)
            throw Refusal.Invalid(where, otherwise);
    }
}
