using System.Net;
using Alumia.Lab.Tests.Accounts;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Alumia.Lab.Tests.Organizations;

public sealed class DemoLoginTests
{
    private const string Button = "Enter the demo lab";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task One_click_leads_into_the_demo_org_every_time()
    {
        await using var host = await AccountsHost.StartAsync();
        for (var i = 0; i < 2; i++)
        {
            using var browser = host.Browse();
            Assert.Equal("/demo/lab", AccountPagesTests.Path(await browser.SubmitAsync("/sign-in", Button)));
            Assert.Equal("demo@alumia.invalid", await browser.TextAsync("/who"));
        }
    }

    [Theory]
    [InlineData("Host", "lab.example.com")]
    [InlineData("X-Forwarded-For", "127.0.0.1")]
    [InlineData("X-Forwarded-Host", "localhost")]
    [InlineData("Forwarded", "for=127.0.0.1")]
    public async Task It_is_not_there_for_a_foreign_host_or_behind_a_proxy(string header, string value)
    {
        await using var host = await AccountsHost.StartAsync();
        using var browser = host.Browse();
        browser.Client.DefaultRequestHeaders.Add(header, value);
        Assert.Equal(HttpStatusCode.NotFound, (await browser.Client.PostAsync("/demo-login", null, Ct)).StatusCode);
        Assert.DoesNotContain(Button, await browser.TextAsync("/sign-in"), StringComparison.Ordinal);
        browser.Client.DefaultRequestHeaders.Remove(header);
        Assert.Contains(Button, await browser.TextAsync("/sign-in"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task In_production_it_is_not_there_and_cookies_are_for_https_alone()
    {
        await using var host = await AccountsHost.StartAsync("Production", settings: [("Lab:PublicUrl", "https://lab.example.com"), ("Offline:Expose", "true")]);
        using var browser = host.Browse();
        Assert.Equal(HttpStatusCode.NotFound, (await browser.Client.PostAsync("/demo-login", null, Ct)).StatusCode);
        var cookie = host.Services.GetRequiredService<IOptionsMonitor<CookieAuthenticationOptions>>().Get(IdentityConstants.ApplicationScheme).Cookie;
        Assert.Equal((CookieSecurePolicy.Always, true, SameSiteMode.Lax), (cookie.SecurePolicy, cookie.HttpOnly, cookie.SameSite));
    }

    [Fact]
    public async Task Production_without_a_public_address_does_not_start_and_says_what_to_set()
    {
        var fault = await Assert.ThrowsAsync<StartupFault>(() => AccountsHost.MakeAsync("Production"));
        Assert.Contains("Lab__PublicUrl", fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', fault.Message);
    }

    [Fact]
    public async Task Links_are_made_from_the_public_address_and_never_from_the_host_header()
    {
        await using var host = await AccountsHost.StartAsync(settings: ("Lab:PublicUrl", "https://lab.example.com/"));
        Assert.StartsWith("https://lab.example.com/invite/", await host.Invitations.MakeAsync((await host.SignUpAsync("anna")).Scope, Alumia.Lab.Organizations.OrgRole.Viewer, 1, cancellation: Ct), StringComparison.Ordinal);
    }
}
