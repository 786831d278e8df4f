using Alumia.Lab.Projects;
using Alumia.Lab.Storage;
using Microsoft.EntityFrameworkCore;

namespace Alumia.Lab.Sharing;

/// <summary>
/// What a token opens. The one way in for pages, pictures and the API: for a token that opens nothing it asks one and the same query, whatever the cause.
/// </summary>
internal sealed class ShareDoor(IDbContextFactory<LabDbContext> contexts, ProjectDirectory projects, ShareVisits visits)
{
    private readonly Func<LabDbContext, string, CancellationToken, Task<ShareLink?>> _byHash = EF.CompileAsyncQuery(
        (LabDbContext db, string hash, CancellationToken cancellation) => db.Set<ShareLink>().SingleOrDefault(link => link.Hash == hash)); // Of every org: the token says whose it is.

    /// <summary>What the token opens; null where it opens nothing. <paramref name="isAgain"/>: a page that was open asks, and nobody new.</summary>
    public async Task<ShareSight?> OpenAsync(string token, bool isAgain, CancellationToken cancellation)
    {
        var link = await LinkAsync(token, cancellation);
        if (link is { OffAtMs: null })
        {
            try
            {
                return ShareSight.Of(await projects.GetAsync(link.OrgId, link.ProjectId, cancellation), link.Parts, link.Id);
            }
            catch (Refusal)
            {
                return null; // The project goes in this moment.
            }
        }
        if (link is not null && !isAgain)
            visits.Asked(link.Id);
        return null;
    }

    /// <summary>The link of a token, on or off; null where there never was one, or not for a month.</summary>
    public async Task<ShareLink?> LinkAsync(string token, CancellationToken cancellation)
    {
        await using var db = contexts.CreateDbContext();
        return await _byHash(db, ShareToken.Hash(token), cancellation);
    }
}
