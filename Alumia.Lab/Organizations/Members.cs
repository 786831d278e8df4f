using Alumia.Lab.Accounts;
using Alumia.Lab.Storage;
using Microsoft.EntityFrameworkCore;

namespace Alumia.Lab.Organizations;

/// <summary>A member as the others see them.</summary>
public sealed record MemberLine(string UserId, string Name, string Email, OrgRole Role, long JoinedAtMs);

/// <summary>
/// Who is in an org, and as what. Admins manage up to admin; only owners make and unmake owners; the last owner stays.
/// The rights of who acts are read again inside the transaction: a scope may be a moment old.
/// </summary>
public sealed class Members(Writer writer, IDbContextFactory<LabDbContext> contexts, Audit audit)
{
    public async Task<IReadOnlyList<MemberLine>> ListAsync(OrgScope scope, CancellationToken cancellation = default)
    {
        await using var db = contexts.CreateDbContext();
        return await (
            from member in db.In<Member>(scope)
            join user in db.Set<User>() on member.UserId equals user.Id
            orderby user.Name, user.Id
            select new MemberLine(user.Id, user.Name, user.Email!, member.Role, member.JoinedAtMs)).ToListAsync(cancellation);
    }

    public Task ChangeRoleAsync(OrgScope scope, string userId, OrgRole role, CancellationToken cancellation = default) => writer.Write(tx =>
    {
        var (actor, member) = (Actor(tx, scope), Find(tx, scope.OrgId, userId));
        if (member.Role == role)
            return;
        RequireManages(actor, member.Role);
        RequireManages(actor, role);
        RequireOwnerLeft(tx, member, role);
        audit.Write(tx, scope, "member.role_changed", Describe(tx, userId), $"{Roles.Word(member.Role)} to {Roles.Word(role)}");
        if (role < member.Role)
            RevokeInvitationsOf(tx, member);
        member.Role = role;
        Tell(tx, member);
    }, cancellation);

    public Task RemoveAsync(OrgScope scope, string userId, CancellationToken cancellation = default)
    {
        if (userId == scope.UserId)
            return LeaveAsync(scope, cancellation);
        return writer.Write(tx =>
        {
            var (actor, member) = (Actor(tx, scope), Find(tx, scope.OrgId, userId));
            RequireManages(actor, member.Role);
            RequireOwnerLeft(tx, member, null);
            End(tx, scope, member, "member.removed");
        }, cancellation);
    }

    public Task LeaveAsync(OrgScope scope, CancellationToken cancellation = default) => writer.Write(tx =>
    {
        var member = Actor(tx, scope);
        RequireOwnerLeft(tx, member, null);
        End(tx, scope, member, "member.left");
    }, cancellation);

    /// <summary>Who acts, as a member now; the org's row is locked first, so that two owners cannot unmake each other at once.</summary>
    internal static Member Actor(Tx tx, OrgScope scope)
    {
        OrgQueries.Lock(tx, scope.OrgId);
        return tx.Db.Find<Member>(scope.OrgId, scope.UserId) ?? throw Refusal.NotFound("organization");
    }

    internal static void RequireManages(Member actor, OrgRole role)
    {
        if (actor.Role < OrgRole.Admin)
            throw Refusal.Forbidden("Members are managed by owners and admins.");
        if (role > actor.Role)
            throw Refusal.Forbidden("Owners are made and unmade by owners alone.");
    }

    internal static void Tell(Tx tx, Member member)
    {
        tx.Changed($"member:{member.OrgId}/{member.UserId}");
        tx.Changed($"members:{member.OrgId}");
        tx.Changed($"user:{member.UserId}");
    }

    internal static string Describe(Tx tx, string userId) =>
        tx.Db.Find<User>(userId) is { } user ? $"{user.Name} ({user.Email})" : userId;

    private void End(Tx tx, OrgScope scope, Member member, string action)
    {
        audit.Write(tx, scope, action, Describe(tx, member.UserId), $"was {Roles.Word(member.Role)}");
        RevokeInvitationsOf(tx, member);
        tx.Db.Remove(member);
        Tell(tx, member);
    }

    // What a person could no longer give away must not be lying about as a link.
    private static void RevokeInvitationsOf(Tx tx, Member member) => tx.Run(
        "UPDATE invitation SET revoked_at_ms = @now WHERE org_id = @org AND created_by = @user AND used_at_ms IS NULL AND revoked_at_ms IS NULL",
        ("now", tx.NowMs), ("org", member.OrgId), ("user", member.UserId));

    private static Member Find(Tx tx, string orgId, string userId) => tx.Db.Find<Member>(orgId, userId) ?? throw Refusal.NotFound("member");

    private static void RequireOwnerLeft(Tx tx, Member member, OrgRole? next)
    {
        if (member.Role == OrgRole.Owner && next != OrgRole.Owner
            && !tx.Db.Set<Member>().Any(other => other.OrgId == member.OrgId && other.Role == OrgRole.Owner && other.UserId != member.UserId))
        {
            throw Refusal.Conflict("This is the organization's last owner. Make somebody else an owner first.");
        }
    }
}
