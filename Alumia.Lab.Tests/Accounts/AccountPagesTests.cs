using System.Net;
using Alumia.Lab.Accounts;
using Alumia.Lab.Organizations;
using Microsoft.Extensions.DependencyInjection;

namespace Alumia.Lab.Tests.Accounts;

public sealed class AccountPagesTests
{
    private const string Password = "correct horse";

    [Fact]
    public async Task Sign_up_makes_account_and_org_and_signs_in()
    {
        await using var host = await AccountsHost.StartAsync();
        using var browser = host.Browse();
        var answer = await browser.SubmitAsync("/sign-up", "Make the account",
            ("Input.Name", "Anna"), ("Input.Email", "anna@example.com"), ("Input.Password", Password), ("Input.Organization", "Anna & Co"));
        Assert.Equal("/anna-co/lab", Path(answer));
        Assert.Equal("anna@example.com", await browser.TextAsync("/who"));
        var taken = await host.Browse().SubmitAsync("/sign-up", "Make the account",
            ("Input.Name", "Ann"), ("Input.Email", "Anna@example.com"), ("Input.Password", Password), ("Input.Organization", "Another"));
        Assert.Contains("There is an account with this e-mail already", await Text(taken), StringComparison.Ordinal);
        var weak = await host.Browse().SubmitAsync("/sign-up", "Make the account",
            ("Input.Name", "Ben"), ("Input.Email", "ben@example.com"), ("Input.Password", "short"), ("Input.Organization", "Another"));
        Assert.Contains("at least 10 characters", await Text(weak), StringComparison.Ordinal);
        Assert.False(host.Orgs.Exists("another"));
    }

    [Theory]
    [InlineData("/anna-works/lab", "/anna-works/lab")]
    [InlineData("//elsewhere.example", "/")]
    [InlineData("/\\elsewhere.example", "/")]
    [InlineData("https://elsewhere.example/", "/")]
    [InlineData("javascript:alert(1)", "/")]
    public async Task Sign_in_leads_back_into_this_lab_only(string wanted, string led)
    {
        await using var host = await AccountsHost.StartAsync();
        await host.SignUpAsync("anna");
        using var browser = host.Browse();
        Assert.Equal(led, Path(await browser.SignInAsync("anna@example.com", Password, $"?returnUrl={Uri.EscapeDataString(wanted)}")));
    }

    [Fact]
    public async Task An_unknown_account_a_wrong_password_and_a_closed_account_get_the_same_words()
    {
        await using var host = await AccountsHost.StartAsync();
        await host.SignUpAsync("anna");
        using var browser = host.Browse();
        Assert.Contains(SignIns.Refused, await Text(await browser.SignInAsync("nobody@example.com", "wrong password")), StringComparison.Ordinal);
        for (var i = 0; i < 5; i++)
            Assert.Contains(SignIns.Refused, await Text(await browser.SignInAsync("anna@example.com", "wrong password")), StringComparison.Ordinal);
        Assert.Contains(SignIns.Refused, await Text(await browser.SignInAsync("anna@example.com", Password)), StringComparison.Ordinal);
        Assert.Equal("nobody", await browser.TextAsync("/who"));
    }

    [Fact]
    public async Task A_new_password_ends_other_sessions_at_once_and_keeps_this_one()
    {
        await using var host = await AccountsHost.StartAsync();
        await host.SignUpAsync("anna");
        using var here = host.Browse();
        using var there = host.Browse();
        await here.SignInAsync("anna@example.com", Password);
        await there.SignInAsync("anna@example.com", Password);
        Assert.Equal("anna@example.com", await there.TextAsync("/who"));
        var changed = await here.SubmitAsync("/account", "Change password", ("Current", Password), ("Next", "battery staple"));
        Assert.Contains("The password is changed", await Text(changed), StringComparison.Ordinal);
        Assert.Equal("nobody", await there.TextAsync("/who"));
        Assert.Equal("anna@example.com", await here.TextAsync("/who"));
        Assert.Equal("/", Path(await there.SignInAsync("anna@example.com", "battery staple")));
        Assert.Equal("/sign-in", Path(await here.SubmitAsync("/account", "Sign out everywhere")));
        Assert.Equal("nobody", await there.TextAsync("/who"));
    }

    [Fact]
    public async Task Sign_out_needs_the_form_of_the_page()
    {
        await using var host = await AccountsHost.StartAsync();
        await host.SignUpAsync("anna");
        using var browser = host.Browse();
        await browser.SignInAsync("anna@example.com", Password);
        var forged = await browser.Client.PostAsync("/sign-out", new FormUrlEncodedContent([]), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.BadRequest, forged.StatusCode);
        Assert.Equal("anna@example.com", await browser.TextAsync("/who"));
        Assert.Equal("/sign-in", Path(await browser.SubmitAsync("/account", "Sign out")));
        Assert.Equal("nobody", await browser.TextAsync("/who"));
    }

    [Fact]
    public async Task An_administrator_makes_a_reset_link_that_works_once_and_the_page_exists_for_nobody_else()
    {
        await using var host = await AccountsHost.StartAsync(settings: [("Administrators:0", "root@example.com"), ("Accounts:SignUp", "Closed")]);
        var setup = host.Services.GetRequiredService<Administrators>().SetupLink("root@example.com");
        using var root = host.Browse();
        Assert.Equal("/ops/lab", Path(await root.SubmitAsync(new Uri(setup).PathAndQuery, "Make the account",
            ("Input.Name", "Root"), ("Input.Password", Password), ("Input.Organization", "Ops"), ("Input.Slug", "ops"))));
        var owner = (await host.Orgs.ScopeAsync(await UserIdAsync(host, "root@example.com"), "ops", TestContext.Current.CancellationToken))!;
        using var anna = host.Browse();
        await host.InScopeAsync(async services => await services.GetRequiredService<DemoLab>().OpenAsync()); // Any second account.
        Assert.Equal(HttpStatusCode.NotFound, (await anna.GetAsync("/admin")).StatusCode);
        var page = await Text(await root.SubmitAsync("/admin", "Make reset link"));
        var link = new AngleSharp.Html.Parser.HtmlParser().ParseDocument(page).QuerySelector("[aria-label='Reset link']")!.GetAttribute("value")!;
        Assert.StartsWith(host.Address.ToString(), link, StringComparison.Ordinal);
        Assert.DoesNotContain("token=", await root.TextAsync("/admin"), StringComparison.Ordinal);
        Assert.Contains("Root made a reset link for", await root.TextAsync("/admin"), StringComparison.Ordinal);
        Assert.Equal("/sign-in", Path(await anna.SubmitAsync(new Uri(link).PathAndQuery, "Set the password", ("Password", "battery staple"))).Split('?')[0]);
        Assert.Contains("used already", await Text(await anna.SubmitAsync(new Uri(link).PathAndQuery, "Set the password", ("Password", "battery staple 2"))), StringComparison.Ordinal);
        Assert.Equal(OrgRole.Owner, owner.Role);
    }

    [Fact]
    public async Task An_administrators_account_is_made_by_its_set_up_link_alone()
    {
        await using var host = await AccountsHost.MakeAsync(settings: ("Administrators:0", "anna@example.com"));
        Assert.Equal("email", Assert.Single((await Assert.ThrowsAsync<Refusal>(() => host.SignUpAsync("anna"))).Fields).Key);
        var administrators = host.Services.GetRequiredService<Administrators>();
        Assert.False(administrators.IsSetup("forged", "anna@example.com"));
        Assert.Equal(["anna@example.com"], await administrators.WithoutAccountAsync(TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("Closed", false, false)]
    [InlineData("Invite", false, true)]
    [InlineData("Open", true, true)]
    public async Task Sign_up_follows_its_mode(string mode, bool alone, bool invited)
    {
        await using var host = await AccountsHost.StartAsync(settings: ("Accounts:SignUp", mode));
        var demo = await host.InScopeAsync(services => services.GetRequiredService<DemoLab>().OpenAsync());
        var owner = (await host.Orgs.ScopeAsync(demo.Id, "demo", TestContext.Current.CancellationToken))!;
        var token = AccountsHost.Token(await host.Invitations.MakeAsync(owner, OrgRole.Member, 7, cancellation: TestContext.Current.CancellationToken));
        Assert.Equal(alone, await SucceedsAsync(() => host.SignUpAsync("anna")));
        Assert.Equal(invited, await SucceedsAsync(() => host.SignUpAsync("ben", token)));
        Assert.Equal(alone, (await host.Browse().TextAsync("/sign-up")).Contains("Make the account", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_invitation_page_leads_in_by_a_new_account_or_by_signing_in_and_says_when_it_is_spent()
    {
        await using var host = await AccountsHost.StartAsync();
        var (_, owner) = await host.SignUpAsync("anna");
        await host.SignUpAsync("ben");
        var path = new Uri(await host.Invitations.MakeAsync(owner, OrgRole.Member, 7, cancellation: TestContext.Current.CancellationToken)).AbsolutePath;
        using var newcomer = host.Browse();
        Assert.Contains("/sign-up?invite=", await newcomer.TextAsync(path), StringComparison.Ordinal);
        Assert.Equal("/anna-works/lab", Path(await newcomer.SubmitAsync($"/sign-up?invite={AccountsHost.Token(path)}", "Make the account",
            ("Input.Name", "Cleo"), ("Input.Email", "cleo@example.com"), ("Input.Password", Password))));
        var spent = await newcomer.GetAsync(path);
        Assert.Equal(HttpStatusCode.Gone, spent.StatusCode);
        Assert.Contains("used already", await Text(spent), StringComparison.Ordinal);

        var second = new Uri(await host.Invitations.MakeAsync(owner, OrgRole.Viewer, 7, cancellation: TestContext.Current.CancellationToken)).AbsolutePath;
        using var ben = host.Browse();
        Assert.Equal(second, Path(await ben.SignInAsync("ben@example.com", Password, $"?returnUrl={second}")));
        Assert.Equal("/anna-works/lab", Path(await ben.SubmitAsync(second, "Join anna works")));
        Assert.Equal(HttpStatusCode.NotFound, (await ben.GetAsync("/invite/unknown")).StatusCode);
    }

    internal static string Path(HttpResponseMessage answer)
    {
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        var location = answer.Headers.Location!;
        return location.IsAbsoluteUri ? location.PathAndQuery : location.OriginalString;
    }

    internal static async Task<string> Text(HttpResponseMessage answer) =>
        WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));

    private static async Task<bool> SucceedsAsync(Func<Task> work)
    {
        try
        {
            await work();
            return true;
        }
        catch (Refusal)
        {
            return false;
        }
    }

    private static Task<string> UserIdAsync(AccountsHost host, string email) => host.InScopeAsync(async services =>
        (await services.GetRequiredService<Microsoft.AspNetCore.Identity.UserManager<User>>().FindByEmailAsync(email))!.Id);
}
