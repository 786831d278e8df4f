using Alumia.Lab.Storage;
using Microsoft.EntityFrameworkCore;

namespace Alumia.Lab.Organizations;

/// <summary>An org as one of its members sees it.</summary>
public sealed record OrgOfMember(string Id, string Slug, string Name, OrgRole Role);

/// <summary>Which orgs there are, who is in them, and how a new one is founded.</summary>
public sealed class OrgDirectory(Writer writer, IDbContextFactory<LabDbContext> contexts, Audit audit, IEnumerable<IOrgFounded> founded)
{
    // Read with every call: compiled once, since finding a query's plan costs more than running it.
    private readonly Func<LabDbContext, string, string, CancellationToken, Task<OrgScope?>> _bySlug = EF.CompileAsyncQuery(
        (LabDbContext db, string userId, string slug, CancellationToken cancellation) =>
            (from org in db.Set<Org>()
             join member in db.Set<Member>() on org.Id equals member.OrgId
             where org.Slug == slug && member.UserId == userId
             select new OrgScope(org.Id, org.Slug, member.UserId, member.Role)).SingleOrDefault());

    private readonly Func<LabDbContext, string, string, CancellationToken, Task<OrgScope?>> _byId = EF.CompileAsyncQuery(
        (LabDbContext db, string userId, string orgId, CancellationToken cancellation) =>
            (from org in db.Set<Org>()
             join member in db.Set<Member>() on org.Id equals member.OrgId
             where org.Id == orgId && member.UserId == userId
             select new OrgScope(org.Id, org.Slug, member.UserId, member.Role)).SingleOrDefault());

    /// <summary>
    /// The person's scope in the org with this slug, as the database has it now; null where there is no such org or the person is not in it:
    /// the two are never told apart. Every page and call of an org begins with it.
    /// </summary>
    public async Task<OrgScope?> ScopeAsync(string userId, string orgSlug, CancellationToken cancellation = default)
    {
        await using var db = contexts.CreateDbContext();
        return await _bySlug(db, userId, orgSlug, cancellation);
    }

    /// <summary>The same by the org's id.</summary>
    public async Task<OrgScope?> ScopeOfIdAsync(string userId, string orgId, CancellationToken cancellation = default)
    {
        await using var db = contexts.CreateDbContext();
        return await _byId(db, userId, orgId, cancellation);
    }

    /// <summary>The person's orgs by name.</summary>
    public async Task<IReadOnlyList<OrgOfMember>> OrgsOfAsync(string userId, CancellationToken cancellation = default)
    {
        await using var db = contexts.CreateDbContext();
        return await (
            from member in db.Set<Member>()
            join org in db.Set<Org>() on member.OrgId equals org.Id
            where member.UserId == userId
            orderby org.Name
            select new OrgOfMember(org.Id, org.Slug, org.Name, member.Role)).ToListAsync(cancellation);
    }

    /// <summary>Founds an org, with all that the rooms put into a new one; the founder becomes its owner.</summary>
    public async Task<Org> FoundAsync(string name, string slug, string founderId, CancellationToken cancellation = default)
    {
        Slugs.Check(slug);
        try
        {
            return await writer.Write(tx => Found(tx, name, slug, founderId), cancellation);
        }
        catch (DbUpdateException) when (Exists(slug))
        {
            throw Taken(slug);
        }
    }

    public Task RenameAsync(OrgScope scope, string name, CancellationToken cancellation = default)
    {
        scope.Require(OrgRole.Admin);
        name = CheckName(name);
        return writer.Write(tx =>
        {
            var org = tx.Db.Find<Org>(scope.OrgId) ?? throw Refusal.NotFound("organization");
            if (org.Name == name)
                return;
            audit.Write(tx, scope, "org.renamed", name, $"was {org.Name}");
            org.Name = name;
            tx.Changed($"org:{org.Id}");
            foreach (var userId in tx.Db.Set<Member>().Where(member => member.OrgId == org.Id).Select(member => member.UserId).ToList())
                tx.Changed($"user:{userId}");
        }, cancellation);
    }

    /// <summary>The org's name, for a member.</summary>
    public async Task<string> NameAsync(OrgScope scope, CancellationToken cancellation = default)
    {
        await using var db = contexts.CreateDbContext();
        return await db.Set<Org>().Where(org => org.Id == scope.OrgId).Select(org => org.Name).SingleAsync(cancellation);
    }

    internal Org Found(Tx tx, string name, string slug, string founderId)
    {
        if (tx.Db.Set<Org>().Any(other => other.Slug == slug))
            throw Taken(slug);
        var org = new Org { Id = Id.New("org", tx.NowMs), Slug = slug, Name = CheckName(name), CreatedAtMs = tx.NowMs };
        tx.Db.Add(org);
        tx.Db.Add(new Member { OrgId = org.Id, UserId = founderId, Role = OrgRole.Owner, JoinedAtMs = tx.NowMs });
        audit.Write(tx, org.Id, founderId, "org.founded", org.Name, $"at /{slug}");
        foreach (var room in founded)
            room.OrgFounded(tx, org, founderId);
        tx.Changed($"user:{founderId}");
        return org;
    }

    internal static Refusal Taken(string slug) => Refusal.Invalid("slug", $"The address \"{slug}\" is taken. Choose another one.");

    internal bool Exists(string slug)
    {
        using var db = contexts.CreateDbContext();
        return db.Set<Org>().Any(org => org.Slug == slug);
    }

    private static string CheckName(string name) => name.Trim() is { Length: > 0 and <= 100 } trimmed
        ? trimmed : throw Refusal.Invalid("organization", "An organization's name has 1 to 100 characters.");
}
