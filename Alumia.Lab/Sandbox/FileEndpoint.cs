using Alumia.Lab.Accounts;
using Alumia.Lab.Organizations;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Alumia.Lab.Sandbox;

/// <summary>Hands a person a file of a session. An agent may have made it, so it is only ever something to keep: no browser shows or runs it here.</summary>
internal static class FileEndpoint
{
    public const string Route = "/{OrgSlug}/sessions/{SessionId}/files/{**FilePath}";

    /// <summary>Where a file is served.</summary>
    public static string Address(OrgScope scope, string sessionId, string path) =>
        $"/{scope.OrgSlug}/sessions/{sessionId}/files/{string.Join('/', path.Split('/').Select(Uri.EscapeDataString))}";

    public static async Task<Results<FileStreamHttpResult, NotFound>> GetAsync(
        string orgSlug, string sessionId, string? filePath, HttpContext context, OrgDirectory orgs, SessionFiles files, CancellationToken cancellation)
    {
        if (filePath is null || context.User.UserId() is not { } userId || await orgs.ScopeAsync(userId, orgSlug, cancellation) is not { } scope)
            return TypedResults.NotFound();
        try
        {
            var file = await files.OpenAsync(scope, sessionId, filePath, cancellation);
            var headers = context.Response.Headers;
            headers.XContentTypeOptions = "nosniff";
            headers.ContentSecurityPolicy = "default-src 'none'; sandbox";
            headers.CacheControl = "private, no-store";
            return TypedResults.Stream(file, "application/octet-stream", filePath[(filePath.LastIndexOf('/') + 1)..]);
        }
        catch (Refusal refusal) when (refusal.Kind is RefusalKind.NotFound or RefusalKind.Invalid)
        {
            return TypedResults.NotFound();
        }
    }
}
