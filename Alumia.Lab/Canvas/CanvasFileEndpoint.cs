using Alumia.Lab.Accounts;
using Alumia.Lab.Api;
using Alumia.Lab.Blocks.Views;
using Alumia.Lab.Organizations;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Alumia.Lab.Canvas;

/// <summary>Hands a member the canvas of a project as a file.</summary>
internal static class CanvasFileEndpoint
{
    public const string Route = "/{OrgSlug}/lab/{ProjectId}/canvas.json";

    public static async Task<Results<FileContentHttpResult, NotFound>> GetAsync(
        string orgSlug, string projectId, HttpContext context, OrgDirectory orgs, CanvasArchive archive, CancellationToken cancellation)
    {
        if (context.User.UserId() is not { } userId || await orgs.ScopeAsync(userId, orgSlug, cancellation) is not { } scope)
            return TypedResults.NotFound();
        try
        {
            var file = await archive.ExportAsync(scope, projectId, cancellation);
            context.Response.Headers.CacheControl = "private, no-store";
            return TypedResults.File(CanvasFileJson.Write(file), "application/json", BrowserFiles.Name(file.Project.Name, ".json"));
        }
        catch (Refusal refusal) when (refusal.Kind == RefusalKind.NotFound)
        {
            return TypedResults.NotFound();
        }
    }

    /// <summary>Reads a project's canvas whole, in the form of an exported file.</summary>
    public static async Task<Utf8ContentHttpResult> OfProjectAsync(string id, ApiCaller caller, CanvasArchive archive, CancellationToken cancellation)
    {
        var file = CanvasFileJson.Write(await archive.ExportAsync(caller.Scope, id, cancellation));
        return TypedResults.Text([.. "{\"success\":true,\"data\":"u8, .. file, (byte)'}'], "application/json");
    }
}
