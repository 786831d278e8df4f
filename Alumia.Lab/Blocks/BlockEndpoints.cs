using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Alumia.Lab.Api;
using Alumia.Lab.Organizations;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Alumia.Lab.Blocks;

/// <summary>A block in a list; an excerpt where it was searched for.</summary>
public sealed record BlockLine(string Id, string ProjectId, string? SessionId, string Kind, string Title, int Version, long CreatedAtMs, long UpdatedAtMs, string? Excerpt)
{
    internal static BlockLine Of(Block block) => Of(block, null);

    internal static BlockLine Of(Block block, string? excerpt) => new(
        block.Id, block.ProjectId, block.SessionId, block.Kind.Word(), block.Title, block.Version, block.CreatedAtMs, block.UpdatedAtMs, excerpt);
}

/// <summary>A block with its content, and the numbers of the versions that clash with the one shown and wait for a person's choice.</summary>
public sealed record BlockDetail(string Id, string ProjectId, string? SessionId, string Kind, string Title, string Content, int Version, IReadOnlyList<int> Clashes, long CreatedAtMs, long UpdatedAtMs)
{
    internal static BlockDetail Of(BlockView view) => new(
        view.Block.Id, view.Block.ProjectId, view.Block.SessionId, view.Block.Kind.Word(), view.Block.Title, view.Content, view.Block.Version,
        [.. view.Clashes.Select(clash => clash.Version)], view.Block.CreatedAtMs, view.Block.UpdatedAtMs);
}

/// <summary>A text that somebody gave a block. Its content comes with one version alone, not with the list.</summary>
public sealed record BlockVersionBody(int Version, string Title, string? Content, string By, string ByName, long AtMs, int? BaseVersion, bool IsClash);

/// <summary>A new block. The content is text: Markdown for a document, JSON for the other kinds.</summary>
public sealed record BlockWish(
    string? ProjectId = null, [property: AllowedValues("document", "code", "table", "chart", "image")] string? Kind = null, [property: MaxLength(255)] string? Title = null, string? Content = null);

/// <summary>An edit of the version that was read; a title or content that is left out stays as it was in that version.</summary>
public sealed record BlockChange(int? BaseVersion = null, [property: MaxLength(255)] string? Title = null, string? Content = null);

/// <summary>What became of an edit: the block, and the version that holds the text. A clash is kept, and not shown.</summary>
public sealed record BlockEditBody(BlockDetail Block, int WrittenVersion, bool IsClash);

internal static class BlockEndpoints
{
    public static void MapBlockEndpoints(this IEndpointRouteBuilder app)
    {
        var blocks = app.ApiGroup("blocks");
        blocks.MapGet("", ListAsync).Needs(KeyScopes.Read).WithSummary("Lists a project's blocks, or finds those with words in title or content, the best first");
        blocks.MapGet("{id}", async (string id, ApiCaller caller, BlockShelf shelf, CancellationToken cancellation) =>
            Envelope.Of(BlockDetail.Of(await shelf.GetAsync(caller.Scope, id, cancellation)))).Needs(KeyScopes.Read).WithSummary("Reads a block with its content");
        blocks.MapGet("{id}/versions", async (string id, ApiCaller caller, BlockShelf shelf, BlockAuthors authors, CancellationToken cancellation) =>
            Envelope.List(await VersionsAsync(caller.Scope, await shelf.VersionsAsync(caller.Scope, id, cancellation), authors, withContent: false, cancellation)))
            .Needs(KeyScopes.Read).WithSummary("Lists a block's versions, the newest first");
        blocks.MapGet("{id}/versions/{version:int}", async (string id, int version, ApiCaller caller, BlockShelf shelf, BlockAuthors authors, CancellationToken cancellation) =>
        {
            var one = (await shelf.VersionsAsync(caller.Scope, id, cancellation)).Where(each => each.Version == version).ToList();
            return Envelope.Of((await VersionsAsync(caller.Scope, one, authors, withContent: true, cancellation)).FirstOrDefault() ?? throw Refusal.NotFound("version of this block"));
        }).Needs(KeyScopes.Read).WithSummary("Reads a version of a block with its content");
        blocks.MapPost("", CreateAsync).Needs(KeyScopes.Manage).WithSummary("Makes a block");
        blocks.MapPatch("{id}", ChangeAsync).Needs(KeyScopes.Manage).WithSummary("Edits a block; where others wrote since, both changes are merged, or this one is kept as a clash");
        blocks.MapDelete("{id}", async (string id, ApiCaller caller, BlockShelf shelf, CancellationToken cancellation) =>
        {
            await shelf.GetAsync(caller.Scope, id, cancellation);
            await shelf.DeleteAsync(caller.Scope, [id], cancellation);
            return Envelope.Of(new Gone(id));
        }).Needs(KeyScopes.Manage).WithSummary("Takes a block from the canvas");
    }

    private static async Task<Ok<Envelope<Page<BlockLine>>>> ListAsync(
        [AsParameters] PageQuery page, string? projectId, [AllowedValues("document", "code", "table", "chart", "image", "page")] string? kind,
        [Description("Words; what has any of them is found, up to 20 on one page.")] string? search,
        ApiCaller caller, BlockShelf shelf, CancellationToken cancellation)
    {
        var project = projectId ?? throw Refusal.Invalid("projectId", "Of which project?");
        var wanted = kind is null ? (BlockKind?)null : KindOf(kind);
        if (search is null)
            return page.Cut((await shelf.ListAsync(caller.Scope, project, cancellation)).Where(block => wanted is null || block.Kind == wanted), block => block.Id, BlockLine.Of);
        var hits = await shelf.SearchAsync(caller.Scope, project, search, cancellation);
        return Envelope.List(hits.Where(hit => wanted is null || hit.Block.Kind == wanted).Select(hit => BlockLine.Of(hit.Block, hit.Excerpt)));
    }

    private static async Task<Ok<Envelope<BlockDetail>>> CreateAsync(BlockWish wish, ApiCaller caller, BlockShelf shelf, CancellationToken cancellation)
    {
        var project = wish.ProjectId ?? throw Refusal.Invalid("projectId", "In which project?");
        var made = await shelf.CreateAsync(caller.Scope, project, KindOf(wish.Kind), wish.Title ?? "", wish.Content ?? throw Refusal.Invalid("content", "What does it hold?"), cancellation);
        return Envelope.Of(BlockDetail.Of(await shelf.GetAsync(caller.Scope, made.Id, cancellation)));
    }

    private static async Task<Ok<Envelope<BlockEditBody>>> ChangeAsync(string id, BlockChange change, ApiCaller caller, BlockShelf shelf, CancellationToken cancellation)
    {
        var versions = await shelf.VersionsAsync(caller.Scope, id, cancellation);
        var read = change.BaseVersion is { } number ? versions.FirstOrDefault(version => version.Version == number) : null;
        if (read is null)
            throw Refusal.Invalid("baseVersion", "Which version of the block did you read and change?");
        var edit = await shelf.EditAsync(caller.Scope, id, read.Version, change.Title ?? read.Title, change.Content ?? read.Content, cancellation);
        return Envelope.Of(new BlockEditBody(BlockDetail.Of(await shelf.GetAsync(caller.Scope, id, cancellation)), edit.Version, edit.IsClash));
    }

    private static async Task<IEnumerable<BlockVersionBody>> VersionsAsync(
        OrgScope scope, IReadOnlyList<BlockVersion> versions, BlockAuthors authors, bool withContent, CancellationToken cancellation)
    {
        var names = await authors.NamesAsync(scope, versions, cancellation);
        return versions.Select(version => new BlockVersionBody(
            version.Version, version.Title, withContent ? version.Content : null, version.By.ToString().ToLowerInvariant(), names[version.ById], version.AtMs, version.BaseVersion, version.IsClash));
    }

    private static BlockKind KindOf(string? word) => Enum.GetValues<BlockKind>().Where(kind => kind.Word() == word).Select(kind => (BlockKind?)kind).FirstOrDefault()
        ?? throw Refusal.Invalid("kind", $"A block's kind is one of {string.Join(", ", Enum.GetValues<BlockKind>().Select(kind => kind.Word()))}.");
}
