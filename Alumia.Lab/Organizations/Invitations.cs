using System.Security.Cryptography;
using System.Text;
using Alumia.Lab.Accounts;
using Alumia.Lab.Storage;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.EntityFrameworkCore;

namespace Alumia.Lab.Organizations;

/// <summary>An invitation that waits to be used.</summary>
public sealed record OpenInvitation(string Id, OrgRole Role, string? Email, string CreatedBy, long ExpiresAtMs);

/// <summary>What a link leads to, as shown to whoever holds it.</summary>
public sealed record InvitationView(InvitationState State, string OrgName, OrgRole Role, string? Email);

/// <summary>Links into an org: made by its admins, used once, gone after a time.</summary>
public sealed class Invitations(Writer writer, IDbContextFactory<LabDbContext> contexts, PublicUrls urls, Audit audit, TimeProvider clock)
{
    public const int MaxDays = 30;
    private const long DayMs = 24L * 60 * 60 * 1000;

    /// <summary>Makes an invitation and returns its link, which is shown this once. The role is at most the maker's own.</summary>
    public async Task<string> MakeAsync(OrgScope scope, OrgRole role, int days, string? email = null, CancellationToken cancellation = default)
    {
        if (days is < 1 or > MaxDays)
            throw Refusal.Invalid("days", $"An invitation is good for 1 to {MaxDays} days.");
        email = string.IsNullOrWhiteSpace(email) ? null : email.Trim();
        if (email is not null && !System.Net.Mail.MailAddress.TryCreate(email, out _))
            throw Refusal.Invalid("email", "This is not an e-mail address.");
        var token = WebEncoders.Base64UrlEncode(RandomNumberGenerator.GetBytes(32));
        await writer.Write(tx =>
        {
            Members.RequireManages(Members.Actor(tx, scope), role);
            tx.Db.Add(new Invitation
            {
                Id = Id.New("inv", tx.NowMs),
                OrgId = scope.OrgId,
                TokenHash = Hash(token),
                Role = role,
                Email = email,
                CreatedBy = scope.UserId,
                CreatedAtMs = tx.NowMs,
                ExpiresAtMs = tx.NowMs + days * DayMs,
            });
            audit.Write(tx, scope, "invitation.made", email ?? "whoever has the link", $"as {Roles.Word(role)}, for {days} days");
            tx.Changed($"members:{scope.OrgId}");
        }, cancellation);
        return urls.To("/invite/" + token);
    }

    /// <summary>The invitations that can still be used, the newest first; for admins.</summary>
    public async Task<IReadOnlyList<OpenInvitation>> ListAsync(OrgScope scope, CancellationToken cancellation = default)
    {
        scope.Require(OrgRole.Admin);
        var now = clock.NowMs();
        await using var db = contexts.CreateDbContext();
        return await (
            from invitation in db.In<Invitation>(scope)
            where invitation.UsedAtMs == null && invitation.RevokedAtMs == null && invitation.ExpiresAtMs > now
            join user in db.Set<User>() on invitation.CreatedBy equals user.Id
            orderby invitation.Id descending
            select new OpenInvitation(invitation.Id, invitation.Role, invitation.Email, user.Name, invitation.ExpiresAtMs)).ToListAsync(cancellation);
    }

    public Task RevokeAsync(OrgScope scope, string invitationId, CancellationToken cancellation = default) => writer.Write(tx =>
    {
        var invitation = tx.Db.In<Invitation>(scope).SingleOrDefault(row => row.Id == invitationId) ?? throw Refusal.NotFound("invitation");
        Members.RequireManages(Members.Actor(tx, scope), invitation.Role);
        if (invitation.StateAt(tx.NowMs) != InvitationState.Open)
            return;
        invitation.RevokedAtMs = tx.NowMs;
        audit.Write(tx, scope, "invitation.revoked", invitation.Email ?? "whoever has the link", $"as {Roles.Word(invitation.Role)}");
        tx.Changed($"members:{scope.OrgId}");
    }, cancellation);

    /// <summary>What the link leads to.</summary>
    public async Task<InvitationView> LookAsync(string token, CancellationToken cancellation = default)
    {
        var hash = Hash(token);
        await using var db = contexts.CreateDbContext();
        var found = await (
            from invitation in db.Set<Invitation>()
            where invitation.TokenHash == hash
            join org in db.Set<Org>() on invitation.OrgId equals org.Id
            select new { Invitation = invitation, org.Name }).SingleOrDefaultAsync(cancellation);
        return found is null
            ? new InvitationView(InvitationState.Unknown, "", OrgRole.Viewer, null)
            : new InvitationView(found.Invitation.StateAt(clock.NowMs()), found.Name, found.Invitation.Role, found.Invitation.Email);
    }

    /// <summary>Lets the person in and returns the org's slug. Who is in already stays as they are, and the invitation stays unused.</summary>
    public Task<string> AcceptAsync(string token, string userId, CancellationToken cancellation = default) =>
        writer.Write(tx => Accept(tx, token, tx.Db.Find<User>(userId) ?? throw Refusal.NotFound("account")), cancellation);

    /// <summary>As <see cref="AcceptAsync"/>, within the transaction that makes the account.</summary>
    internal string Accept(Tx tx, string token, User user)
    {
        var hash = Hash(token);
        var invitation = tx.Db.Set<Invitation>().AsNoTracking().SingleOrDefault(row => row.TokenHash == hash) ?? throw Refusal.NotFound("invitation");
        var slug = tx.Db.Set<Org>().Where(org => org.Id == invitation.OrgId).Select(org => org.Slug).Single();
        if (tx.Db.Find<Member>(invitation.OrgId, user.Id) is not null)
            return slug;
        if (invitation.Email is not null && !invitation.Email.Equals(user.Email, StringComparison.OrdinalIgnoreCase))
            throw Refusal.Forbidden($"This invitation is for {invitation.Email}. Sign in with that account.");
        // The condition decides who is first, not what was read above.
        var taken = tx.Run(
            "UPDATE invitation SET used_at_ms = @now, used_by = @user WHERE id = @id AND used_at_ms IS NULL AND revoked_at_ms IS NULL AND expires_at_ms > @now",
            ("now", tx.NowMs), ("user", user.Id), ("id", invitation.Id));
        if (taken == 0)
            throw Refusal.Conflict(Words(invitation.StateAt(tx.NowMs) is var state and not InvitationState.Open ? state : InvitationState.Used));
        var member = new Member { OrgId = invitation.OrgId, UserId = user.Id, Role = invitation.Role, JoinedAtMs = tx.NowMs };
        tx.Db.Add(member);
        audit.Write(tx, member.OrgId, user.Id, "member.joined", $"{user.Name} ({user.Email})", $"as {Roles.Word(member.Role)}, by invitation");
        Members.Tell(tx, member);
        return slug;
    }

    /// <summary>Why a link does not work, and what to do.</summary>
    public static string Words(InvitationState state) => state switch
    {
        InvitationState.Used => "This invitation was used already: each works once. Ask for a new one.",
        InvitationState.Revoked => "This invitation was revoked. Ask for a new one.",
        InvitationState.Expired => "This invitation has expired. Ask for a new one.",
        _ => "There is no such invitation. Check that the whole link was copied.",
    };

    private static string Hash(string token) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)));
}
