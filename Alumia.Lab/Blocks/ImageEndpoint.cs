using Alumia.Lab.Accounts;
using Alumia.Lab.Blocks.Content;
using Alumia.Lab.Organizations;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Alumia.Lab.Blocks;

/// <summary>
/// Serves the bytes of an image block's version. They come from agents and people: nothing in them may run or load anything,
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
            var image = ImageContent.Parse(await shelf.ContentAsync(scope, blockId, BlockKind.Image, v, cancellation));
            var headers = context.Response.Headers;
            headers.XContentTypeOptions = "nosniff";
            headers.ContentSecurityPolicy = "default-src 'none'; style-src 'unsafe-inline'; sandbox";
            // A version never changes; without a number it is the newest, which does.
            headers.CacheControl = v is null ? "private, no-cache" : "private, max-age=31536000, immutable";
            return TypedResults.Bytes(Convert.FromBase64String(image.Data), image.MediaType);
        }
        catch (Refusal refusal) when (refusal.Kind == RefusalKind.NotFound)
        {
            return TypedResults.NotFound();
        }
    }
}
