using Alumia.Lab.Accounts;
using Alumia.Lab.Organizations;
using Alumia.Lab.Projects;
using Alumia.Lab.Storage;
using Alumia.Lab.Troubles;
using Microsoft.EntityFrameworkCore;

namespace Alumia.Lab.Sharing;

/// <summary>How a project is shared, as a member sees it. <c>Address</c> is the whole link for those who may share, while it is on; <c>Made</c> is who switched it on.</summary>
public sealed record ShareState(Project Project, bool MayShare, ShareLink? Link, string? Address, string? MadeBy);

/// <summary>The links of an org. A project's maker and the org's owners and admins switch them on and off; the org's other members see that they are there.</summary>
public sealed class ShareLinks
{
    private readonly IDbContextFactory<LabDbContext> _contexts;
    private readonly Writer _writer;
    private readonly ProjectDirectory _projects;
    private readonly ShareVault _vault;
    private readonly PublicUrls _urls;
    private readonly IUserNames _names;
    private readonly Audit _audit;

    internal ShareLinks(IDbContextFactory<LabDbContext> contexts, Writer writer, ProjectDirectory projects, ShareVault vault, PublicUrls urls, IUserNames names, Audit audit) =>
        (_contexts, _writer, _projects, _vault, _urls, _names, _audit) = (contexts, writer, projects, vault, urls, names, audit);

    /// <summary>The change key of one link: its pages end, or show other parts.</summary>
    internal static string Key(string linkId) => $"share:{linkId}";

    /// <summary>The change key of an org's links.</summary>
    public static string ListKey(string orgId) => $"shares:{orgId}";

    /// <summary>How this project is shared.</summary>
    /// <exception cref="Refusal">Not found.</exception>
    public async Task<ShareState> FindAsync(OrgScope scope, string projectId, CancellationToken cancellation)
    {
        var project = await _projects.FindAsync(scope, projectId, cancellation);
        await using var db = _contexts.CreateDbContext();
        var link = await db.In<ShareLink>(scope).SingleOrDefaultAsync(row => row.ProjectId == projectId && row.OffAtMs == null, cancellation);
        return await StateAsync(scope, project, link, cancellation);
    }

    /// <summary>All projects that are shared now and that this person may see, the newest link first.</summary>
    public async Task<IReadOnlyList<ShareState>> ListAsync(OrgScope scope, CancellationToken cancellation)
    {
        await using var db = _contexts.CreateDbContext();
        var rows = await (
            from link in db.In<ShareLink>(scope)
            join project in ProjectDirectory.Visible(db, scope) on link.ProjectId equals project.Id
            where link.OffAtMs == null
            orderby link.MadeAtMs descending
            select new { link, project }).ToListAsync(cancellation);
        List<ShareState> states = [];
        foreach (var row in rows)
            states.Add(await StateAsync(scope, row.project, row.link, cancellation));
        return states;
    }

    /// <summary>Mints a token, or changes what is seen where the project is shared already.</summary>
    /// <exception cref="Refusal">Not found, not by this person, or the project is archived.</exception>
    public Task<ShareLink> SwitchOnAsync(OrgScope scope, string projectId, SharedParts parts, CancellationToken cancellation)
    {
        var token = ShareToken.Mint();
        return _writer.Write(tx =>
        {
            var project = ForSharing(tx, scope, projectId);
            if (project.ArchivedAtMs is not null)
                throw Refusal.Conflict("This project is archived. Bring it back first.");
            var link = Active(tx, scope, projectId);
            if (link is null)
            {
                link = new ShareLink
                {
                    Id = Id.New("shr", tx.NowMs),
                    OrgId = scope.OrgId,
                    ProjectId = projectId,
                    Hash = ShareToken.Hash(token),
                    Secret = _vault.Lock(scope.OrgId, projectId, token),
                    MadeBy = scope.UserId,
                    MadeAtMs = tx.NowMs,
                };
                tx.Db.Add(link);
                _audit.Write(tx, scope, "share.on", project.Name, Say(parts));
                TroubleLog.Heal(tx, scope.OrgId, ShareTroubles.About(projectId), "Shared again by a new link");
            }
            else if (link.Parts != parts)
            {
                _audit.Write(tx, scope, "share.changed", project.Name, Say(parts));
            }
            link.Parts = parts;
            Changed(tx, link);
            return link;
        }, cancellation);
    }

    /// <summary>Erases the token; pages that are open end.</summary>
    public Task SwitchOffAsync(OrgScope scope, string projectId, CancellationToken cancellation) => _writer.Write(tx =>
    {
        var project = ForSharing(tx, scope, projectId);
        if (Active(tx, scope, projectId) is not { } link)
            return;
        End(tx, link, ShareEnd.SwitchedOff);
        _audit.Write(tx, scope, "share.off", project.Name);
    }, cancellation);

    /// <summary>What the parts are called within a sentence.</summary>
    internal static string Say(SharedParts parts)
    {
        string[] names = [.. new[] { (SharedParts.Messages, "messages"), (SharedParts.ToolDetails, "tool details"), (SharedParts.Blocks, "blocks") }
            .Where(part => parts.HasFlag(part.Item1)).Select(part => part.Item2)];
        return names.Length == 0 ? "nodes alone" : string.Join(", ", names);
    }

    internal static void End(Tx tx, ShareLink link, ShareEnd why)
    {
        (link.Secret, link.OffAtMs, link.OffWhy) = (null, tx.NowMs, why);
        Changed(tx, link);
        tx.Changed(ShareForgetting.Key);
    }

    private static void Changed(Tx tx, ShareLink link)
    {
        tx.Changed(Key(link.Id));
        tx.Changed(ListKey(link.OrgId));
    }

    private static ShareLink? Active(Tx tx, OrgScope scope, string projectId) =>
        tx.Db.In<ShareLink>(scope).SingleOrDefault(link => link.ProjectId == projectId && link.OffAtMs == null);

    private static Project ForSharing(Tx tx, OrgScope scope, string projectId)
    {
        ProjectDirectory.Lock(tx, projectId);
        var project = ProjectDirectory.Visible(tx.Db, scope).SingleOrDefault(row => row.Id == projectId) ?? throw Refusal.NotFound("project");
        return ProjectDirectory.MayChange(scope, project) ? project
            : throw Refusal.Forbidden("Only the project's maker and the organization's owners and admins may share it.");
    }

    private async Task<ShareState> StateAsync(OrgScope scope, Project project, ShareLink? link, CancellationToken cancellation)
    {
        var mayShare = ProjectDirectory.MayChange(scope, project);
        var address = mayShare && link is not null && _vault.Open(link) is { } token ? _urls.To(ShareToken.Path(token)) : null;
        var madeBy = link is null ? null : (await _names.OfAsync([link.MadeBy], cancellation)).GetValueOrDefault(link.MadeBy, "A removed account");
        return new ShareState(project, mayShare, link, address, madeBy);
    }
}
