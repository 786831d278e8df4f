using Alumia.Lab.Organizations;
using Alumia.Lab.Storage;
using Microsoft.EntityFrameworkCore;

namespace Alumia.Lab.Sharing;

/// <summary>Shares a project once more, with the parts that were seen last.</summary>
internal sealed class ShareAgain(IDbContextFactory<LabDbContext> contexts, ShareLinks links)
{
    /// <summary>What of a canvas is seen until somebody chooses otherwise.</summary>
    public const SharedParts Usual = SharedParts.Messages | SharedParts.Blocks;

    /// <summary>The parts of the project's last link that is still remembered.</summary>
    public async Task<SharedParts> PartsAsync(OrgScope scope, string projectId, CancellationToken cancellation)
    {
        await using var db = contexts.CreateDbContext();
        var last = await db.In<ShareLink>(scope).Where(link => link.ProjectId == projectId).OrderByDescending(link => link.MadeAtMs).FirstOrDefaultAsync(cancellation);
        return last?.Parts ?? Usual;
    }

    /// <summary>Returns where the new link is shown: the project's canvas, with the dialog open.</summary>
    /// <exception cref="Refusal">Not found, not by this person, or the project is archived.</exception>
    public async Task<string> DoAsync(OrgScope scope, string projectId, CancellationToken cancellation)
    {
        await links.SwitchOnAsync(scope, projectId, await PartsAsync(scope, projectId, cancellation), cancellation);
        return $"/{scope.OrgSlug}/lab/{projectId}?{ShareButton.Query}=open";
    }
}
