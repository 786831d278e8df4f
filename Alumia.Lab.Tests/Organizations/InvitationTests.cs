using Alumia.Lab.Organizations;
using Alumia.Lab.Storage;
using Alumia.Lab.Tests.Accounts;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Alumia.Lab.Tests.Organizations;

public sealed class InvitationTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_invitation_used_by_many_at_once_lets_one_in()
    {
        await using var host = await AccountsHost.MakeAsync();
        var (_, owner) = await host.SignUpAsync("anna");
        var others = new List<OrgScope>();
        for (var i = 0; i < 8; i++)
            others.Add((await host.SignUpAsync($"guest{i}")).Scope);
        var token = AccountsHost.Token(await host.Invitations.MakeAsync(owner, OrgRole.Member, 7, cancellation: Ct));
        var tries = others.Select(other => host.Invitations.AcceptAsync(token, other.UserId, Ct)).ToList();
        await Task.WhenAll(tries.Select(one => one.ContinueWith(_ => { }, Ct)));
        Assert.Equal(owner.OrgSlug, await Assert.Single(tries, one => one.IsCompletedSuccessfully));
        Assert.Equal(2, (await host.Members.ListAsync(owner, Ct)).Count);
        Assert.Equal(InvitationState.Used, (await host.Invitations.LookAsync(token, Ct)).State);
    }

    [Fact]
    public async Task The_token_is_nowhere_in_the_database()
    {
        await using var host = await AccountsHost.MakeAsync();
        var (_, owner) = await host.SignUpAsync("anna");
        var token = AccountsHost.Token(await host.Invitations.MakeAsync(owner, OrgRole.Member, 7, cancellation: Ct));
        Assert.Equal(43, token.Length);
        await using var db = host.Services.GetRequiredService<LabDbContexts>().CreateDbContext();
        var stored = Assert.Single(db.Set<Invitation>());
        Assert.DoesNotContain(token, System.Text.Json.JsonSerializer.Serialize(stored));
    }

    [Fact]
    public async Task An_invitation_expires()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var host = await AccountsHost.MakeAsync(configure: builder => builder.Services.AddSingleton<TimeProvider>(clock));
        var (_, owner) = await host.SignUpAsync("anna");
        var (ben, _) = await host.SignUpAsync("ben");
        var token = AccountsHost.Token(await host.Invitations.MakeAsync(owner, OrgRole.Member, 2, cancellation: Ct));
        clock.Advance(TimeSpan.FromDays(2) - TimeSpan.FromMilliseconds(1));
        Assert.Equal(InvitationState.Open, (await host.Invitations.LookAsync(token, Ct)).State);
        clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(InvitationState.Expired, (await host.Invitations.LookAsync(token, Ct)).State);
        Assert.Contains("expired", (await Assert.ThrowsAsync<Refusal>(() => host.Invitations.AcceptAsync(token, ben.Id, Ct))).Message, StringComparison.Ordinal);
        Assert.Empty(await host.Invitations.ListAsync(owner, Ct));
    }

    [Fact]
    public async Task A_revoked_invitation_and_those_of_a_removed_admin_let_nobody_in()
    {
        await using var host = await AccountsHost.MakeAsync();
        var (_, owner) = await host.SignUpAsync("anna");
        var (guest, guestOrg) = await host.SignUpAsync("guest");
        var admin = await host.JoinAsync(owner, "ben", OrgRole.Admin);
        var mine = AccountsHost.Token(await host.Invitations.MakeAsync(owner, OrgRole.Member, 7, cancellation: Ct));
        var theirs = AccountsHost.Token(await host.Invitations.MakeAsync(admin, OrgRole.Admin, 7, cancellation: Ct));
        var open = await host.Invitations.ListAsync(owner, Ct);
        Assert.Equal(["ben", "anna"], open.Select(invitation => invitation.CreatedBy));
        Assert.Equal(RefusalKind.NotFound, (await Assert.ThrowsAsync<Refusal>(() => host.Invitations.RevokeAsync(guestOrg, open[1].Id, Ct))).Kind);
        await host.Invitations.RevokeAsync(owner, open[1].Id, Ct);
        await host.Members.RemoveAsync(owner, admin.UserId, Ct);
        foreach (var token in new[] { mine, theirs })
            Assert.Contains("revoked", (await Assert.ThrowsAsync<Refusal>(() => host.Invitations.AcceptAsync(token, guest.Id, Ct))).Message, StringComparison.Ordinal);
        Assert.Null(await host.Orgs.ScopeAsync(guest.Id, owner.OrgSlug, Ct));
    }

    [Fact]
    public async Task An_invitation_for_an_address_lets_nobody_else_in_and_stays_open()
    {
        await using var host = await AccountsHost.MakeAsync();
        var (_, owner) = await host.SignUpAsync("anna");
        var (guest, _) = await host.SignUpAsync("guest");
        var (ben, _) = await host.SignUpAsync("ben");
        var token = AccountsHost.Token(await host.Invitations.MakeAsync(owner, OrgRole.Viewer, 7, "Ben@Example.com", Ct));
        Assert.Equal(RefusalKind.Forbidden, (await Assert.ThrowsAsync<Refusal>(() => host.Invitations.AcceptAsync(token, guest.Id, Ct))).Kind);
        await host.Invitations.AcceptAsync(token, ben.Id, Ct);
        Assert.Equal(OrgRole.Viewer, (await host.Orgs.ScopeAsync(ben.Id, owner.OrgSlug, Ct))!.Role);
    }
}
