using System.Net;
using System.Text.RegularExpressions;
using Alumia.Lab.Tests.Harness;
using Alumia.Lab.Troubles;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components.Endpoints;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Alumia.Lab.Tests.Layout;

/// <summary>What the server answers for pages, before any circuit.</summary>
public sealed partial class PagesTests(SharedLab shared) : IClassFixture<SharedLab>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Who_is_not_signed_in_is_led_to_the_sign_in_page_and_back()
    {
        using var client = Person(shared.Lab);
        using var answer = await client.GetAsync("/demo/agents", Ct);
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        Assert.EndsWith("/sign-in?returnUrl=%2Fdemo%2Fagents", answer.Headers.Location!.OriginalString, StringComparison.Ordinal);
        using var signIn = await client.GetAsync("/sign-in?returnUrl=%2Fdemo%2Fagents", Ct);
        Assert.Equal(HttpStatusCode.OK, signIn.StatusCode);
    }

    [Fact]
    public async Task A_page_that_is_not_found_is_a_page_that_says_so()
    {
        using var client = await DemoAsync(shared.Lab);
        using var answer = await client.GetAsync("/demo/no-such-page", Ct);
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Contains("Nothing is here", await answer.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_page_has_a_policy_under_which_only_the_labs_own_scripts_run()
    {
        using var client = await DemoAsync(shared.Lab);
        foreach (var address in new[] { "/sign-in", "/demo/lab", "/account", "/nobodys/lab" })
        {
            using var answer = await client.GetAsync(address, Ct);
            var policy = Assert.Single(answer.Headers.GetValues("Content-Security-Policy"));
            var nonce = Nonce().Match(policy).Groups["nonce"].Value;
            Assert.Matches($"^default-src 'self'; script-src 'self' 'nonce-{Regex.Escape(nonce)}'; ", policy);
            Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
            Assert.Equal("nosniff", Assert.Single(answer.Headers.GetValues("X-Content-Type-Options")));
            // What stands in the page itself carries the nonce; all else comes from the lab.
            var page = await answer.Content.ReadAsStringAsync(Ct);
            foreach (Match script in Script().Matches(page))
            {
                var isOurs = script.Value.Contains($"nonce=\"{nonce.Replace("+", "&#x2B;", StringComparison.Ordinal)}\"", StringComparison.Ordinal)
                    || script.Value.Contains("src=\"", StringComparison.Ordinal);
                Assert.True(isOurs, script.Value);
                Assert.DoesNotContain("src=\"http", script.Value, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public void Every_page_says_who_may_open_it()
    {
        var open = shared.Lab.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.Metadata.GetMetadata<ComponentTypeMetadata>() is not null
                && endpoint.Metadata.GetMetadata<IAuthorizeData>() is null && endpoint.Metadata.GetMetadata<IAllowAnonymous>() is null);
        Assert.Empty(open.Select(endpoint => endpoint.RoutePattern.RawText));
    }

    [Fact]
    public void Every_fix_that_a_trouble_can_offer_has_one_handler()
    {
        var handlers = shared.Lab.Services.GetServices<IFixHandler>().Select(handler => handler.Kind).ToList();
        Assert.Equal(handlers.Distinct().Order(), handlers.Order());
        var kinds = shared.Lab.Services.GetServices<TroubleKind>().ToList();
        Assert.Equal(kinds.Select(kind => kind.Kind).Distinct().Order(), kinds.Select(kind => kind.Kind).Order());
        Assert.Empty(kinds.SelectMany(kind => kind.FixKinds).Except(handlers));
    }

    private static HttpClient Person(LabHost lab)
    {
        var client = lab.Client();
        client.DefaultRequestHeaders.Accept.ParseAdd("text/html");
        return client;
    }

    /// <summary>A browser of somebody who has entered the demo lab.</summary>
    private static async Task<HttpClient> DemoAsync(LabHost lab)
    {
        var client = Person(lab);
        var page = await client.GetStringAsync("/sign-in", Ct);
        var form = page[page.IndexOf("action=\"/demo-login\"", StringComparison.Ordinal)..];
        using var fields = new FormUrlEncodedContent([new("__RequestVerificationToken", Token().Match(form).Groups["token"].Value)]);
        using var answer = await client.PostAsync("/demo-login", fields, Ct);
        Assert.Equal("/demo/lab", answer.Headers.Location?.OriginalString);
        return client;
    }

    [GeneratedRegex("'nonce-(?<nonce>[^']+)'")]
    private static partial Regex Nonce();

    [GeneratedRegex("<script[^>]*>")]
    private static partial Regex Script();

    [GeneratedRegex("name=\"__RequestVerificationToken\" value=\"(?<token>[^\"]+)\"")]
    private static partial Regex Token();
}
