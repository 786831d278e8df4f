using Alumia.Lab.Accounts;
using Alumia.Lab.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Alumia.Lab.Organizations;

/// <summary>What a newcomer fills in. With an invitation they join its org; else they found one.</summary>
public sealed record NewAccount(
    string Email, string Password, string Name, string Organization, string Slug, string? Invitation = null, string? SetupToken = null);

/// <summary>Makes an account together with its org, or with its membership by invitation: all of it or nothing.</summary>
public sealed class SignUps(
    NewUsers newUsers, Writer writer, OrgDirectory orgs, Invitations invitations, Administrators administrators, IOptions<AccountsOptions> options)
{
    /// <summary>Whether somebody who holds this may sign up at all.</summary>
    public bool AreOpen(string? invitation, string? setupToken) =>
        !string.IsNullOrEmpty(setupToken)
        || options.Value.SignUp == SignUpMode.Open
        || (options.Value.SignUp == SignUpMode.Invite && !string.IsNullOrEmpty(invitation));

    /// <summary>The new user and the slug of their org.</summary>
    public async Task<(User User, string OrgSlug)> SignUpAsync(NewAccount account, CancellationToken cancellation = default)
    {
        var isSetup = administrators.IsSetup(account.SetupToken, account.Email);
        if (administrators.Include(account.Email) && !isSetup)
            throw Refusal.Invalid("email", "This account is made through the set-up link that the lab prints at its start.");
        if (!isSetup && !AreOpen(account.Invitation, setupToken: null))
            throw Refusal.Forbidden("No accounts can be made here.");
        var joins = !string.IsNullOrEmpty(account.Invitation);
        var slug = joins ? "" : Slugs.Check(account.Slug.Trim() is { Length: > 0 } given ? given : Slugs.Suggest(account.Organization));
        var user = await newUsers.PrepareAsync(account.Email, account.Password, account.Name);
        try
        {
            return (user, await writer.Write(tx =>
            {
                tx.Db.Add(user);
                return joins ? invitations.Accept(tx, account.Invitation!, user) : orgs.Found(tx, account.Organization, slug, user.Id).Slug;
            }, cancellation));
        }
        catch (DbUpdateException) // Two at once: the database's unique indexes decide.
        {
            throw !joins && orgs.Exists(slug) ? OrgDirectory.Taken(slug) : Refusal.Invalid("email", "There is an account with this e-mail already. Sign in instead.");
        }
    }
}
