using System.Security.Claims;
using Alumia.Lab.Accounts;
using Alumia.Lab.Storage;
using Microsoft.EntityFrameworkCore;

namespace Alumia.Lab.Organizations;

/// <summary>An account as the instance's administrator sees it.</summary>
public sealed record AccountLine(string Id, string Name, string Email, long CreatedAtMs);

/// <summary>What the administrators of this instance may do: see the accounts, and make a reset link for one. To all others it does not exist.</summary>
public sealed class InstanceAdmin(
    Administrators administrators, PasswordResets resets, Writer writer, IDbContextFactory<LabDbContext> contexts, Audit audit, IEnumerable<IInstanceCheck> checks)
{
    /// <summary>At most 200 accounts whose name or e-mail contains the words, the newest first.</summary>
    public async Task<IReadOnlyList<AccountLine>> ListAsync(ClaimsPrincipal administrator, string? search, CancellationToken cancellation)
    {
        Require(administrator);
        var words = (search ?? "").Trim().ToUpperInvariant();
        await using var db = contexts.CreateDbContext();
#pragma warning disable CA1862 // Both become SQL, which knows no StringComparison.
        return await db.Set<User>()
            .Where(user => words == "" || user.NormalizedEmail!.Contains(words) || user.Name.ToUpper().Contains(words))
            .OrderByDescending(user => user.Id).Take(200)
            .Select(user => new AccountLine(user.Id, user.Name, user.Email!, user.CreatedAtMs)).ToListAsync(cancellation);
#pragma warning restore CA1862
    }

    /// <summary>What this instance lacks, looked at now.</summary>
    public async Task<IReadOnlyList<InstanceFinding>> FindingsAsync(ClaimsPrincipal administrator, CancellationToken cancellation)
    {
        Require(administrator);
        return [.. (await Task.WhenAll(checks.Select(check => check.LookAsync(cancellation)))).SelectMany(found => found)];
    }

    /// <summary>A one-time link to a new password, shown this once. It is in the instance's audit trail and in that of each org of the account.</summary>
    public async Task<(string Email, string Link)> MakeResetLinkAsync(
        ClaimsPrincipal administrator, string userId, CancellationToken cancellation)
    {
        var actorId = Require(administrator);
        var (user, link) = await resets.MakeAsync(userId);
        await writer.Write(tx =>
        {
            var orgs = tx.Db.Set<Member>().Where(member => member.UserId == userId).Select(member => member.OrgId).ToList();
            foreach (var orgId in orgs.Prepend(Audit.Instance))
                audit.Write(tx, orgId, actorId, "account.reset_link_made", $"{user.Name} ({user.Email})", "by the instance's administrator");
        }, cancellation);
        return (user.Email!, link);
    }

    /// <summary>The newest entries of the instance's own audit trail.</summary>
    public Task<IReadOnlyList<AuditLine>> AuditAsync(ClaimsPrincipal administrator, CancellationToken cancellation)
    {
        Require(administrator);
        return audit.ReadAsync(Audit.Instance, null, 50, cancellation);
    }

    private string Require(ClaimsPrincipal person) =>
        administrators.Include(person) ? person.UserId()! : throw Refusal.NotFound("page");
}
