using Alumia.Lab.Accounts;
using Alumia.Lab.Blocks.Content;
using Alumia.Lab.Organizations;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Alumia.Lab.Blocks;

/// <summary>
/// Serves the bytes of an image block's version, or of a page's picture. They come from agents and people: nothing in them may run or load anything,
/// even where somebody opens the address by itself.
/// </summary>
internal static class ImageEndpoint
{
    public const string Route = "/{OrgSlug}/blocks/{BlockId}/image";

    public static async Task<Results<FileContentHttpResult, NotFound>> GetAsync(
        string orgSlug, string blockId, int? v, HttpContext context, OrgDirectory orgs, BlockShelf shelf, CancellationToken cancellation)
    {
        if (context.User.UserId() is not { } userId || await orgs.ScopeAsync(userId, orgSlug, cancellation) is not { } scope)
            return TypedResults.NotFound();
        try
        {
            // A version never changes; without a number it is the newest, which does.
            return Serve(context.Response, await shelf.ContentAsync(scope, blockId, v, cancellation), v is null ? "private, no-cache" : "private, max-age=31536000, immutable");
        }
        catch (Refusal refusal) when (refusal.Kind == RefusalKind.NotFound)
        {
            return TypedResults.NotFound();
        }
    }

    /// <summary>The picture of a block's version, so that nothing in it runs.</summary>
    /// <exception cref="Refusal">It has none.</exception>
    internal static FileContentHttpResult Serve(HttpResponse response, (BlockKind Kind, string Content) of, string caching)
    {
        var (mediaType, data) = Picture(of);
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers.ContentSecurityPolicy = "default-src 'none'; style-src 'unsafe-inline'; sandbox";
        response.Headers.CacheControl = caching;
        return TypedResults.Bytes(Convert.FromBase64String(data), mediaType);
    }

    private static (string MediaType, string Data) Picture((BlockKind Kind, string Content) of)
    {
        if (of.Kind == BlockKind.Page)
        {
            var page = PageContent.Parse(of.Content);
            return (page.MediaType, page.Data);
        }
        if (of.Kind != BlockKind.Image)
            throw Refusal.NotFound("image");
        var image = ImageContent.Parse(of.Content);
        return (image.MediaType, image.Data);
    }
}
