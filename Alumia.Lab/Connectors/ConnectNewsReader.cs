using Alumia.Lab.Organizations;
using Alumia.Lab.Storage;
using Microsoft.EntityFrameworkCore;

namespace Alumia.Lab.Connectors;

/// <summary>What came of one way, for the tab that came back.</summary>
internal sealed record ConnectTold(string OrgSlug, string Outcome, bool IsGood);

internal sealed class ConnectNewsReader(IDbContextFactory<LabDbContext> contexts, OrgDirectory orgs)
{
    /// <summary>Null where there is no such way of this person's, or they are not in its org any more.</summary>
    public async Task<ConnectTold?> OfAsync(string userId, string attemptId, CancellationToken cancellation)
    {
        await using var db = contexts.CreateDbContext();
        var attempt = await db.Set<ConnectAttempt>().SingleOrDefaultAsync(row => row.Id == attemptId && row.UserId == userId && row.Outcome != "", cancellation); // Of every org: the person's own.
        return attempt is not null && await orgs.ScopeOfIdAsync(userId, attempt.OrgId, cancellation) is { } scope
            ? new ConnectTold(scope.OrgSlug, attempt.Outcome, attempt.IsGood)
            : null;
    }
}
