using Alumia.Lab.Organizations;
using Alumia.Lab.Tests.Accounts;
using Microsoft.Extensions.DependencyInjection;

namespace Alumia.Lab.Tests.Organizations;

public sealed class MembersTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static readonly OrgRole[] NotOwner = [OrgRole.Admin, OrgRole.Member, OrgRole.Viewer];

    [Fact]
    public async Task A_person_has_no_scope_in_another_org_or_in_one_that_does_not_exist()
    {
        await using var host = await AccountsHost.MakeAsync();
        var (_, anna) = await host.SignUpAsync("anna");
        var (_, ben) = await host.SignUpAsync("ben");
        Assert.Equal(OrgRole.Owner, anna.Role);
        Assert.Null(await host.Orgs.ScopeAsync(anna.UserId, ben.OrgSlug, Ct));
        Assert.Null(await host.Orgs.ScopeAsync(anna.UserId, "no-such-org", Ct));
        // A scope that was forged or is out of date lists nothing of the other's and changes nothing there.
        var forged = anna with { OrgId = ben.OrgId };
        var refused = await Assert.ThrowsAsync<Refusal>(() => host.Members.ChangeRoleAsync(forged, ben.UserId, OrgRole.Viewer, Ct));
        Assert.Equal(RefusalKind.NotFound, refused.Kind);
        Assert.Equal([anna.UserId], (await host.Members.ListAsync(anna, Ct)).Select(member => member.UserId));
    }

    [Fact]
    public async Task The_last_owner_can_neither_leave_nor_be_demoted_and_can_once_there_is_another()
    {
        await using var host = await AccountsHost.MakeAsync();
        var (_, owner) = await host.SignUpAsync("anna");
        var other = await host.JoinAsync(owner, "ben", OrgRole.Admin);
        Assert.Equal(RefusalKind.Conflict, (await Assert.ThrowsAsync<Refusal>(() => host.Members.LeaveAsync(owner, Ct))).Kind);
        foreach (var role in NotOwner)
            Assert.Equal(RefusalKind.Conflict, (await Assert.ThrowsAsync<Refusal>(() => host.Members.ChangeRoleAsync(owner, owner.UserId, role, Ct))).Kind);
        await host.Members.ChangeRoleAsync(owner, other.UserId, OrgRole.Owner, Ct);
        await host.Members.LeaveAsync(owner, Ct);
        Assert.Null(await host.Orgs.ScopeAsync(owner.UserId, owner.OrgSlug, Ct));
    }

    [Fact]
    public async Task Two_owners_who_unmake_each_other_at_once_leave_one()
    {
        await using var host = await AccountsHost.MakeAsync();
        var (_, anna) = await host.SignUpAsync("anna");
        var ben = await host.JoinAsync(anna, "ben", OrgRole.Owner);
        var both = new[] { host.Members.ChangeRoleAsync(anna, ben.UserId, OrgRole.Member, Ct), host.Members.ChangeRoleAsync(ben, anna.UserId, OrgRole.Member, Ct) };
        await Task.WhenAll(both.Select(one => one.ContinueWith(_ => { }, Ct)));
        Assert.Equal(1, both.Count(one => one.IsFaulted));
        Assert.Single(await host.Members.ListAsync(anna, Ct), member => member.Role == OrgRole.Owner);
    }

    [Fact]
    public async Task Admins_manage_up_to_admin_and_members_nobody()
    {
        await using var host = await AccountsHost.MakeAsync();
        var (_, owner) = await host.SignUpAsync("anna");
        var admin = await host.JoinAsync(owner, "ben", OrgRole.Admin);
        var member = await host.JoinAsync(owner, "cleo", OrgRole.Member);
        await host.Members.ChangeRoleAsync(admin, member.UserId, OrgRole.Admin, Ct);
        await host.Members.ChangeRoleAsync(admin, member.UserId, OrgRole.Member, Ct);
        foreach (var refused in new Func<Task>[]
        {
            () => host.Members.ChangeRoleAsync(admin, owner.UserId, OrgRole.Member, Ct),
            () => host.Members.ChangeRoleAsync(admin, admin.UserId, OrgRole.Owner, Ct),
            () => host.Members.RemoveAsync(admin, owner.UserId, Ct),
            () => host.Invitations.MakeAsync(admin, OrgRole.Owner, 7, cancellation: Ct),
            () => host.Members.RemoveAsync(member, admin.UserId, Ct),
            () => host.Invitations.MakeAsync(member, OrgRole.Viewer, 7, cancellation: Ct),
            () => host.Invitations.ListAsync(member, Ct),
            () => host.Members.RemoveAsync(member with { Role = OrgRole.Owner }, admin.UserId, Ct), // A scope from before a demotion.
        })
            Assert.Equal(RefusalKind.Forbidden, (await Assert.ThrowsAsync<Refusal>(refused)).Kind);
    }

    [Fact]
    public async Task A_removal_is_told_on_the_feed_and_written_in_the_audit_trail()
    {
        await using var host = await AccountsHost.MakeAsync();
        var (_, owner) = await host.SignUpAsync("anna");
        var member = await host.JoinAsync(owner, "ben", OrgRole.Member);
        var told = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously); // Else the test would go on, and end its lab, on the writer's thread.
        var keys = new HashSet<string> { $"member:{owner.OrgId}/{member.UserId}", $"members:{owner.OrgId}", $"user:{member.UserId}", $"audit:{owner.OrgId}" };
        using var subscription = host.Feed.SubscribeAll(key =>
        {
            lock (keys)
            {
                if (keys.Remove(key) && keys.Count == 0)
                    told.SetResult();
            }
        });
        await host.Members.RemoveAsync(owner, member.UserId, Ct);
        await told.Task.WaitAsync(TimeSpan.FromSeconds(30), Ct);
        var audit = host.Services.GetRequiredService<Audit>();
        var lines = await audit.ListAsync(owner, cancellation: Ct);
        Assert.Equal(["member.removed", "member.joined", "invitation.made", "org.founded"], lines.Select(line => line.Action));
        Assert.Equal(("anna", "ben (ben@example.com)", "was member"), (lines[0].Actor, lines[0].Subject, lines[0].Detail));
        await Assert.ThrowsAsync<Refusal>(() => audit.ListAsync(owner with { Role = OrgRole.Member }, cancellation: Ct));
        Assert.Equal(["invitation.made", "org.founded"], (await audit.ListAsync(owner, lines[1].Id, cancellation: Ct)).Select(line => line.Action));
    }

    [Fact]
    public async Task What_a_room_refuses_to_put_into_a_new_org_leaves_neither_org_nor_account()
    {
        await using var host = await AccountsHost.MakeAsync(configure: builder => builder.Services.AddSingleton<IOrgFounded, Refusing>());
        await Assert.ThrowsAsync<Refusal>(() => host.SignUpAsync("anna"));
        await using var db = host.Services.GetRequiredService<Alumia.Lab.Storage.LabDbContexts>().CreateDbContext();
        Assert.Empty(db.Set<Alumia.Lab.Accounts.User>());
        Assert.Empty(db.Set<Alumia.Lab.Organizations.Org>());
        Assert.Empty(db.Set<AuditEntry>());
    }

    private sealed class Refusing : IOrgFounded
    {
        public void OrgFounded(Alumia.Lab.Storage.Tx tx, Alumia.Lab.Organizations.Org org, string founderId) => throw Refusal.Conflict("no");
    }
}
