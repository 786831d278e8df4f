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
            var (mediaType, data) = Picture(await shelf.ContentAsync(scope, blockId, v, cancellation));
            var headers = context.Response.Headers;
            headers.XContentTypeOptions = "nosniff";
            headers.ContentSecurityPolicy = "default-src 'none'; style-src 'unsafe-inline'; sandbox";
            // A version never changes; without a number it is the newest, which does.
            headers.CacheControl = v is null ? "private, no-cache" : "private, max-age=31536000, immutable";
            return TypedResults.Bytes(Convert.FromBase64String(data), mediaType);
        }
        catch (Refusal refusal) when (refusal.Kind == RefusalKind.NotFound)
        {
            return TypedResults.NotFound();
        }
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
