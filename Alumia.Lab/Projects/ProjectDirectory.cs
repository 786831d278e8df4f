using Alumia.Lab.Organizations;
using Alumia.Lab.Storage;
using Microsoft.EntityFrameworkCore;

namespace Alumia.Lab.Projects;

/// <summary>The projects that a person may see.</summary>
public sealed class ProjectDirectory(IDbContextFactory<LabDbContext> contexts)
{
    /// <summary>The change key of one project.</summary>
    public static string Key(string projectId) => $"project:{projectId}";

    /// <summary>The change key of an org's list of projects.</summary>
    public static string ListKey(string orgId) => $"projects:{orgId}";

    /// <summary>The rows that this person may see: the org's, less the deleted ones and other people's private ones.</summary>
    public static IQueryable<Project> Visible(LabDbContext db, OrgScope scope)
    {
        var rows = db.In<Project>(scope).Where(project => project.DeletedAtMs == null);
        return scope.Can(OrgRole.Admin)
            ? rows
            : rows.Where(project => project.Visibility == ProjectVisibility.Team || project.MakerId == scope.UserId);
    }

    /// <summary>A project that this person may see.</summary>
    /// <exception cref="Refusal">Not found.</exception>
    public async Task<Project> FindAsync(OrgScope scope, string projectId, CancellationToken cancellation)
    {
        await using var db = contexts.CreateDbContext();
        return await Visible(db, scope).SingleOrDefaultAsync(project => project.Id == projectId, cancellation)
            ?? throw Refusal.NotFound("project");
    }

    /// <summary>A project by id, for the runtime, which acts for the org and not for a person.</summary>
    /// <exception cref="Refusal">Not found.</exception>
    public async Task<Project> GetAsync(string orgId, string projectId, CancellationToken cancellation)
    {
        await using var db = contexts.CreateDbContext();
        return await db.Set<Project>().SingleOrDefaultAsync(project => project.OrgId == orgId && project.Id == projectId && project.DeletedAtMs == null, cancellation)
            ?? throw Refusal.NotFound("project");
    }
}
