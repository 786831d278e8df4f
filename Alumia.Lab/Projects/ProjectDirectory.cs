using Alumia.Lab.Organizations;
using Alumia.Lab.Storage;
using Microsoft.EntityFrameworkCore;

namespace Alumia.Lab.Projects;

/// <summary>The projects that a person may see. Members make them; a project's maker and the org's owners and admins change it.</summary>
public sealed class ProjectDirectory(IDbContextFactory<LabDbContext> contexts, Writer writer, Audit audit, IEnumerable<IProjectClosing> closing)
{
    // Read with every message and step: compiled once, since finding a query's plan costs more than running it.
    private readonly Func<LabDbContext, string, string, CancellationToken, Task<Project?>> _get = EF.CompileAsyncQuery(
        (LabDbContext db, string orgId, string projectId, CancellationToken cancellation) =>
            db.Set<Project>().SingleOrDefault(project => project.OrgId == orgId && project.Id == projectId && project.DeletedAtMs == null));

    private readonly Func<LabDbContext, string, CancellationToken, Task<Project?>> _ofApi = EF.CompileAsyncQuery(
        (LabDbContext db, string orgId, CancellationToken cancellation) =>
            db.Set<Project>().SingleOrDefault(project => project.OrgId == orgId && project.IsApi && project.DeletedAtMs == null));

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

    /// <summary>Whether this person may edit, archive and delete it.</summary>
    public static bool MayChange(OrgScope scope, Project project) =>
        scope.Can(OrgRole.Admin) || (scope.Can(OrgRole.Member) && project.MakerId == scope.UserId);

    /// <summary>Holds the project's row until the transaction ends, so that two works on its canvas come one after the other.</summary>
    public static void Lock(Tx tx, string projectId) => tx.Run("UPDATE project SET org_id = org_id WHERE id = @id", ("@id", projectId));

    /// <summary>A project even after it was deleted, for a work that tells what became of it.</summary>
    internal static Project? FindAny(Tx tx, string orgId, string projectId) => tx.Db.Set<Project>().SingleOrDefault(project => project.OrgId == orgId && project.Id == projectId);

    /// <summary>Marks the project as worked in just now; once a second at most, since on PostgreSQL all of its sessions would wait for its row.</summary>
    public static void Touch(Tx tx, string projectId)
    {
        var orgId = tx.One("UPDATE project SET last_active_at_ms = @now WHERE id = @id AND last_active_at_ms < @now - 1000 RETURNING org_id",
            row => row.GetString(0), ("@now", tx.NowMs), ("@id", projectId));
        if (orgId is not null)
            tx.Changed(ListKey(orgId));
    }

    /// <summary>What this person sees, the last active first, archived or not; where there is a search, those with it in name, description or tags.</summary>
    public async Task<IReadOnlyList<Project>> ListAsync(OrgScope scope, string? search, bool archived, CancellationToken cancellation)
    {
        await using var db = contexts.CreateDbContext();
        var projects = await Visible(db, scope).Where(project => project.ArchivedAtMs != null == archived)
            .OrderByDescending(project => project.LastActiveAtMs).ToListAsync(cancellation);
        // Here and not in SQL: databases differ in what letters they take for the same.
        return search?.Trim() is { Length: > 0 } words ? [.. projects.Where(project => Has(project, words))] : projects;
    }

    /// <summary>The ids of all that this person may see, archived too.</summary>
    public async Task<IReadOnlyList<string>> IdsAsync(OrgScope scope, CancellationToken cancellation)
    {
        await using var db = contexts.CreateDbContext();
        return await Visible(db, scope).Select(project => project.Id).ToListAsync(cancellation);
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
        return await _get(db, orgId, projectId, cancellation) ?? throw Refusal.NotFound("project");
    }

    public Task<Project> CreateAsync(OrgScope scope, ProjectEdit edit, CancellationToken cancellation)
    {
        scope.Require(OrgRole.Member);
        edit = edit.Checked();
        return writer.Write(tx => Add(tx, scope, edit), cancellation);
    }

    /// <summary>The project of sessions that name none: open to the team, called "API", made on the first call.</summary>
    public async Task<Project> ApiProjectAsync(OrgScope scope, CancellationToken cancellation)
    {
        scope.Require(OrgRole.Member);
        await using var db = contexts.CreateDbContext();
        return await _ofApi(db, scope.OrgId, cancellation) ?? await writer.Write(tx =>
            {
                OrgQueries.Lock(tx, scope.OrgId);
                if (tx.Db.In<Project>(scope).SingleOrDefault(project => project.IsApi && project.DeletedAtMs == null) is { } there)
                    return there;
                var made = New(scope.OrgId, scope.UserId, new ProjectEdit("API") { Description = "Sessions that programs began through the API." }.Checked(), tx.NowMs, isApi: true);
                tx.Db.Add(made);
                tx.Changed(ListKey(scope.OrgId));
                return made;
            }, cancellation);
    }

    public Task UpdateAsync(OrgScope scope, string projectId, ProjectEdit edit, CancellationToken cancellation)
    {
        edit = edit.Checked();
        return ChangeAsync(scope, projectId, (tx, project) =>
        {
            if (project.Visibility != edit.Visibility)
                audit.Write(tx, scope, "project.visibility", edit.Name, edit.Visibility == ProjectVisibility.Team ? "open to the team" : "private");
            Fill(project, edit);
        }, cancellation);
    }

    public Task RenameAsync(OrgScope scope, string projectId, string name, CancellationToken cancellation) =>
        ChangeAsync(scope, projectId, (_, project) => Fill(project, (ProjectEdit.Of(project) with { Name = name }).Checked()), cancellation);

    /// <summary>Takes the project out of the list, or puts it back; what it holds stays as it is.</summary>
    public Task ArchiveAsync(OrgScope scope, string projectId, bool isArchived, CancellationToken cancellation) =>
        ChangeAsync(scope, projectId, (tx, project) =>
        {
            if (isArchived != project.ArchivedAtMs is not null)
                audit.Write(tx, scope, isArchived ? "project.archived" : "project.brought_back", project.Name);
            project.ArchivedAtMs = isArchived ? project.ArchivedAtMs ?? tx.NowMs : null;
            if (isArchived)
                Close(tx, scope, project);
        }, cancellation);

    /// <summary>Hides the project and all in it from everybody.</summary>
    public Task DeleteAsync(OrgScope scope, string projectId, CancellationToken cancellation) =>
        ChangeAsync(scope, projectId, (tx, project) =>
        {
            project.DeletedAtMs = tx.NowMs;
            audit.Write(tx, scope, "project.deleted", project.Name);
            Close(tx, scope, project);
        }, cancellation);

    /// <summary>A new project of this person, made in a transaction that fills it too.</summary>
    internal static Project Add(Tx tx, OrgScope scope, ProjectEdit edit)
    {
        var project = New(scope.OrgId, scope.UserId, edit.Checked(), tx.NowMs);
        tx.Db.Add(project);
        tx.Changed(ListKey(scope.OrgId));
        return project;
    }

    internal static Project New(string orgId, string makerId, ProjectEdit edit, long nowMs, bool isApi = false)
    {
        var project = new Project
        {
            Id = Id.New("prj", nowMs),
            OrgId = orgId,
            Name = edit.Name,
            MakerId = makerId,
            IsApi = isApi,
            CreatedAtMs = nowMs,
            LastActiveAtMs = nowMs,
        };
        Fill(project, edit);
        return project;
    }

    private void Close(Tx tx, OrgScope scope, Project project)
    {
        foreach (var room in closing)
            room.ProjectClosing(tx, scope, project);
    }

    private static void Fill(Project project, ProjectEdit edit) =>
        (project.Name, project.Description, project.Prompt, project.Emoji, project.Visibility, project.Tags) =
            (edit.Name, edit.Description, edit.Prompt, edit.Emoji, edit.Visibility, [.. edit.Tags]);

    private static bool Has(Project project, string words) =>
        project.Name.Contains(words, StringComparison.OrdinalIgnoreCase) ||
        project.Description.Contains(words, StringComparison.OrdinalIgnoreCase) ||
        project.Tags.Any(tag => tag.Contains(words, StringComparison.OrdinalIgnoreCase));

    private Task ChangeAsync(OrgScope scope, string projectId, Action<Tx, Project> change, CancellationToken cancellation) =>
        writer.Write(tx =>
        {
            var project = Visible(tx.Db, scope).SingleOrDefault(row => row.Id == projectId) ?? throw Refusal.NotFound("project");
            if (!MayChange(scope, project))
                throw Refusal.Forbidden("Only the project's maker and the organization's owners and admins may change it.");
            change(tx, project);
            tx.Changed(Key(projectId));
            tx.Changed(ListKey(scope.OrgId));
        }, cancellation);
}
