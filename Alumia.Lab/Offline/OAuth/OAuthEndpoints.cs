namespace Alumia.Lab.Offline.OAuth;

/// <summary>The desk's part on the provider over HTTP, for tests and scripts.</summary>
internal static class OAuthEndpoints
{
    private const int Most = 200;

    public static void MapOAuthDesk(this IEndpointRouteBuilder offline)
    {
        offline.MapGet("/oauth/grants", async (OAuthGrants grants, CancellationToken ended) => new { items = await grants.ListAsync(Most, ended) });
        offline.MapGet("/oauth/outbox", async (Services.Outbox outbox, CancellationToken ended) => new { items = await outbox.ListAsync(Most, ended) });
        offline.MapGet("/oauth/calls", (OAuthCalls calls) => new { counts = calls.Counts(), items = calls.Recent(Most) });
        offline.MapPost("/oauth/grants/{id}/{deed}", DoAsync);
    }

    private static async Task<IResult> DoAsync(string id, string deed, HttpRequest request, OAuthGrants grants, CancellationToken ended)
    {
        // Only JSON: a form of another site cannot send that without asking first.
        if (!request.HasJsonContentType())
            return Results.StatusCode(StatusCodes.Status415UnsupportedMediaType);
        try
        {
            if (GrantDeed.Find(deed) is not { } found)
                return Results.NotFound();
            await found.Do(grants, id, ended);
            return Results.NoContent();
        }
        catch (Refusal refusal)
        {
            return Results.NotFound(new { error = new { code = "NOT_FOUND", message = refusal.Message } });
        }
    }
}
