using Alumia.Lab.Accounts;
using Alumia.Lab.Storage;
using Microsoft.EntityFrameworkCore;

namespace Alumia.Lab.Organizations;

/// <summary>The account and the org behind <b>Enter the demo lab</b>; made on first use, the way any other is.</summary>
public sealed class DemoLab(NewUsers newUsers, Writer writer, OrgDirectory orgs)
{
    public const string Slug = "demo";
    private const string Email = "demo@alumia.invalid"; // A top-level domain that cannot exist.

    /// <summary>The demo's user, who owns its org.</summary>
    public async Task<User> OpenAsync(CancellationToken cancellation = default)
    {
        var newcomer = newUsers.PrepareWithoutPassword(Email, "Demo");
        try
        {
            return await writer.Write(tx => Open(tx, newcomer), cancellation);
        }
        catch (DbUpdateException) // Two first clicks at once: the other made it.
        {
            return await writer.Write(tx => Open(tx, newcomer), cancellation);
        }
    }

    private User Open(Tx tx, User newcomer)
    {
        var user = tx.Db.Set<User>().SingleOrDefault(row => row.NormalizedEmail == newcomer.NormalizedEmail);
        if (user is null)
            tx.Db.Add(user = newcomer);
        var org = tx.Db.Set<Org>().SingleOrDefault(row => row.Slug == Slug) ?? orgs.Found(tx, "Demo", Slug, user.Id);
        if (tx.Db.Find<Member>(org.Id, user.Id) is null)
        {
            var member = new Member { OrgId = org.Id, UserId = user.Id, Role = OrgRole.Owner, JoinedAtMs = tx.NowMs };
            tx.Db.Add(member);
            Members.Tell(tx, member);
        }
        return user;
    }
}
