using Alumia.Lab.Accounts;
using Alumia.Lab.Organizations;
using Alumia.Lab.Tests.Accounts;
using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using MudBlazor;
using MudBlazor.Services;
using TestContext = Xunit.TestContext;

namespace Alumia.Lab.Tests.Organizations;

public sealed class PanelTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_page_that_is_open_hears_of_a_new_role_and_ends_with_the_membership()
    {
        await using var host = await AccountsHost.MakeAsync();
        var (_, owner) = await host.SignUpAsync("anna");
        var member = await host.JoinAsync(owner, "ben", OrgRole.Member);
        await using var page = Page(host);
        var boundary = page.Render<CascadingAuthenticationState>(state => state.AddChildContent<OrgBoundary>(parameters => parameters
            .Add(p => p.OrgSlug, owner.OrgSlug).AddChildContent<ShowsRole>()));
        await SignInAsync(host, page, member.UserId);
        boundary.WaitForAssertion(() => Assert.Equal("Member", boundary.Find("p.role").TextContent), Patience);
        await host.Members.ChangeRoleAsync(owner, member.UserId, OrgRole.Viewer, Ct);
        boundary.WaitForAssertion(() => Assert.Equal("Viewer", boundary.Find("p.role").TextContent), Patience);
        await host.Members.RemoveAsync(owner, member.UserId, Ct);
        boundary.WaitForAssertion(() => Assert.Contains("no member of it", boundary.Markup, StringComparison.Ordinal), Patience);
        Assert.Empty(boundary.FindAll("p.role"));
    }

    [Fact]
    public async Task A_new_password_ends_an_open_page()
    {
        await using var host = await AccountsHost.MakeAsync();
        var (user, owner) = await host.SignUpAsync("anna");
        await using var page = Page(host);
        var boundary = page.Render<CascadingAuthenticationState>(state => state.AddChildContent<OrgBoundary>(parameters => parameters
            .Add(p => p.OrgSlug, owner.OrgSlug).AddChildContent<ShowsRole>()));
        await SignInAsync(host, page, user.Id);
        boundary.WaitForAssertion(() => Assert.Equal("Owner", boundary.Find("p.role").TextContent), Patience);
        await host.InScopeAsync(async services =>
        {
            var resets = services.GetRequiredService<PasswordResets>();
            var query = System.Web.HttpUtility.ParseQueryString(new Uri((await resets.MakeAsync(user.Id)).Link).Query);
            await resets.ResetAsync(user.Id, query["token"]!, "battery staple");
            return true;
        });
        boundary.WaitForAssertion(() => Assert.Empty(boundary.FindAll("p.role")), Patience);
    }

    [Fact]
    public async Task The_members_panel_invites_changes_roles_and_removes()
    {
        await using var host = await AccountsHost.MakeAsync();
        var (_, owner) = await host.SignUpAsync("anna");
        var member = await host.JoinAsync(owner, "ben", OrgRole.Member);
        await using var page = Page(host);
        var dialogs = page.Render<MudDialogProvider>();
        var panel = page.Render<MembersPanel>(parameters => parameters.Add(p => p.Scope, owner));
        panel.WaitForAssertion(() => Assert.Contains("No invitation is waiting", panel.Markup, StringComparison.Ordinal), Patience);

        await ChooseAsync(panel, "select[aria-label='Role of ben']", "Admin");
        Assert.Equal(OrgRole.Admin, (await host.Orgs.ScopeAsync(member.UserId, owner.OrgSlug, Ct))!.Role);
        await ChooseAsync(panel, "select[aria-label='Role of anna']", "Member");
        Assert.Contains("last owner", panel.Find("[role=alert]").TextContent, StringComparison.Ordinal);

        await Button(panel, "Invite").ClickAsync(new());
        dialogs.WaitForAssertion(() => Button(dialogs, "Make link"), Patience);
        await Button(dialogs, "Make link").ClickAsync(new());
        dialogs.WaitForAssertion(() => Assert.Contains("/invite/", dialogs.Find("input[aria-label='Invitation link']").GetAttribute("value"), StringComparison.Ordinal), Patience);
        panel.WaitForAssertion(() => Assert.Contains("Whoever has the link", panel.Markup, StringComparison.Ordinal), Patience);

        await panel.Find("button[aria-label='Remove ben']").ClickAsync(new());
        await Button(panel, "Yes, remove").ClickAsync(new());
        panel.WaitForAssertion(() => Assert.DoesNotContain("ben@example.com", panel.Markup, StringComparison.Ordinal), Patience);
    }

    [Fact]
    public async Task A_viewer_sees_members_and_no_button_but_leave()
    {
        await using var host = await AccountsHost.MakeAsync();
        var (_, owner) = await host.SignUpAsync("anna");
        var viewer = await host.JoinAsync(owner, "ben", OrgRole.Viewer);
        await using var page = Page(host);
        var panel = page.Render<MembersPanel>(parameters => parameters.Add(p => p.Scope, viewer));
        panel.WaitForAssertion(() => Assert.Contains("anna@example.com", panel.Markup, StringComparison.Ordinal), Patience);
        Assert.Equal(["Leave"], panel.FindAll("button").Select(button => button.TextContent.Trim()));
        var audit = page.Render<AuditPanel>(parameters => parameters.Add(p => p.Scope, viewer));
        Assert.Contains("for owners and admins", audit.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_audit_panel_shows_what_happens_while_it_is_open()
    {
        await using var host = await AccountsHost.MakeAsync();
        var (_, owner) = await host.SignUpAsync("anna");
        await using var page = Page(host);
        var audit = page.Render<AuditPanel>(parameters => parameters.Add(p => p.Scope, owner));
        audit.WaitForAssertion(() => Assert.Contains("Org founded", audit.Markup, StringComparison.Ordinal), Patience);
        await host.Orgs.RenameAsync(owner, "Anna & Co", Ct);
        audit.WaitForAssertion(() => Assert.Contains("was anna works", audit.Markup, StringComparison.Ordinal), Patience);
    }

    private static AngleSharp.Dom.IElement Button<T>(IRenderedComponent<T> component, string words) where T : IComponent =>
        Assert.Single(component.FindAll("button"), button => button.TextContent.Trim() == words);

    /// <summary>A circuit's services over those of the host.</summary>
    private static BunitContext Page(AccountsHost host)
    {
        var page = new BunitContext();
        page.JSInterop.Mode = JSRuntimeMode.Loose;
        page.Services.AddMudServices();
        page.Services.AddLogging();
        page.Services.AddAuthorizationCore();
        page.Services.AddSingleton(host.Orgs).AddSingleton(host.Members).AddSingleton(host.Invitations).AddSingleton(host.Feed).AddSingleton(TimeProvider.System);
        page.Services.AddSingleton(host.Services.GetRequiredService<Audit>()).AddSingleton(host.Services.GetRequiredService<SecurityStamps>());
        page.Services.AddScoped<AuthenticationStateProvider, LabAuthenticationStateProvider>();
        var nobody = new AuthenticationState(new System.Security.Claims.ClaimsPrincipal(new System.Security.Claims.ClaimsIdentity()));
        Provider(page).SetAuthenticationState(Task.FromResult(nobody));
        return page;
    }

    private static LabAuthenticationStateProvider Provider(BunitContext page) =>
        (LabAuthenticationStateProvider)page.Services.GetRequiredService<AuthenticationStateProvider>();

    private static async Task SignInAsync(AccountsHost host, BunitContext page, string userId)
    {
        var principal = await host.InScopeAsync(async services => await services.GetRequiredService<IUserClaimsPrincipalFactory<User>>().CreateAsync(
            (await services.GetRequiredService<UserManager<User>>().FindByIdAsync(userId))!));
        Provider(page).SetAuthenticationState(Task.FromResult(new AuthenticationState(principal)));
    }

    private sealed class ShowsRole : ComponentBase
    {
        [CascadingParameter] public OrgScope Scope { get; set; } = null!;

        protected override void BuildRenderTree(Microsoft.AspNetCore.Components.Rendering.RenderTreeBuilder builder) =>
            builder.AddMarkupContent(0, $"<p class=\"role\">{Scope.Role}</p>");
    }

    // Found and changed in one go of the renderer: a redraw in between would take the handler away.
    private static Task ChooseAsync(IRenderedComponent<MembersPanel> panel, string select, string value) =>
        panel.InvokeAsync(() => panel.Find(select).ChangeAsync(new ChangeEventArgs { Value = value }));
}
