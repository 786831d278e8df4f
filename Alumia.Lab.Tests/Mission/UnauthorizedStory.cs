using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Alumia.Lab.Tests.Stories;
using Microsoft.Playwright;

namespace Alumia.Lab.Tests.Mission;

/// <summary>"401 UNAUTHORIZED on the API": each of the three causes, seen in the lab, and what mends it.</summary>
internal static class UnauthorizedStory
{
    private const string Section = "401 UNAUTHORIZED on the API";
    private const string Kind = "api_key_refused";

    public static async Task TellAsync(Newcomer she)
    {
        var page = she.Page;
        await page.GotoAsync($"/{she.Org}/settings");
        await page.GetByRole(AriaRole.Tab, new() { Name = "API keys" }).ClickAsync();
        await Assertions.Expect(page.GetByText("No key yet.")).ToBeVisibleAsync();
        var key = await Newcomer.MakeKeyAsync(page, "build server");
        // "Keys are shown exactly once at creation."
        await Assertions.Expect(page.GetByText(key)).ToHaveCountAsync(0);
        await page.ReloadAsync();
        await Assertions.Expect(Row(page)).ToContainTextAsync("Active");
        Assert.DoesNotContain(key, await page.ContentAsync(), StringComparison.Ordinal);

        await RefusedAsync(she.Bearing(null), "The Authorization header is missing.");
        await ForgetTheOrgAsync(she, key);
        var second = await RotateAsync(she, key);
        await RevokeAsync(she, second);
    }

    private static async Task ForgetTheOrgAsync(Newcomer she, string key)
    {
        await RefusedAsync(she.Bearing(key, ""), "The X-Alumia-Org header is missing.");
        var section = await she.SectionAsync(Section, Kind);
        await Assertions.Expect(section.Card.GetByRole(AriaRole.Heading)).ToHaveTextAsync("A client's key is refused");
        await Assertions.Expect(section.Card).ToContainTextAsync("gets 401: X-Alumia-Org was missing.");
        // "Resend with both headers."
        Assert.Equal(HttpStatusCode.OK, await CallAsync(she.Bearing(key)));
        await Newcomer.HealedAsync(section, "A call with this key passed");
        // "Every API call": any other, too.
        await RefusedAsync(she.Bearing(key, "another"), "This key is not good for this organization.");
    }

    /// <summary>"If the key was rotated, regenerate it and replace it in your environment."</summary>
    private static async Task<string> RotateAsync(Newcomer she, string old)
    {
        await Row(she.Page).GetByRole(AriaRole.Button, new() { Name = "Regenerate" }).ClickAsync();
        await she.Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Regenerate", Exact = true }).ClickAsync();
        var key = await Newcomer.TakeKeyAsync(she.Page);
        await RefusedAsync(she.Bearing(old), "This key was revoked on");
        Assert.Equal(HttpStatusCode.OK, await CallAsync(she.Bearing(key)));
        return key;
    }

    /// <summary>"Verify the key in /&lt;orgSlug&gt;/settings → API keys is not revoked."</summary>
    private static async Task RevokeAsync(Newcomer she, string key)
    {
        var revoke = Row(she.Page).Filter(new() { HasText = "Active" }).GetByRole(AriaRole.Button, new() { Name = "Revoke", Exact = true });
        await revoke.ClickAsync();
        await Assertions.Expect(Row(she.Page).Filter(new() { HasText = "Revoked" })).ToHaveCountAsync(2);
        // A slip can be taken back.
        await Demo.Button(she.Page, "Undo").ClickAsync();
        await revoke.ClickAsync();
        await Assertions.Expect(Row(she.Page).Filter(new() { HasText = "Revoked" })).ToHaveCountAsync(2);
        await RefusedAsync(she.Bearing(key), "This key was revoked on");
        await Assertions.Expect(she.Page.GetByRole(AriaRole.Table, new() { Name = "Refused calls" })).ToContainTextAsync("the key was revoked");

        var section = await she.SectionAsync(Section, Kind);
        await Assertions.Expect(section.Card.First).ToContainTextAsync("gets 401: the key was revoked.");
        await section.Card.First.GetByRole(AriaRole.Button, new() { Name = "Open API keys", Exact = true }).ClickAsync();
        await Assertions.Expect(section.Page).ToHaveURLAsync(new Regex($"/{she.Org}/settings\\?tab=api-keys"));
        var fresh = await Newcomer.MakeKeyAsync(section.Page, "fresh");
        Assert.Equal(HttpStatusCode.OK, await CallAsync(she.Bearing(fresh)));
        await section.Page.CloseAsync();
    }

    private static ILocator Row(IPage page) => page.GetByRole(AriaRole.Table, new() { Name = "Keys", Exact = true }).GetByRole(AriaRole.Row).Filter(new() { HasText = "build server" });

    private static async Task<HttpStatusCode> CallAsync(HttpClient client)
    {
        using var program = client;
        using var answer = await program.GetAsync("/api/v1/projects", TestContext.Current.CancellationToken);
        return answer.StatusCode;
    }

    private static async Task RefusedAsync(HttpClient client, string why)
    {
        using var program = client;
        foreach (var path in new[] { "/api/v1/projects", "/api/v1/sessions", "/api/v1/billing" })
        {
            using var answer = await program.GetAsync(path, TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
            var error = JsonSerializer.Deserialize<JsonElement>(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).GetProperty("error");
            Assert.Equal("UNAUTHORIZED", error.GetProperty("code").GetString());
            Assert.StartsWith(why, error.GetProperty("message").GetString(), StringComparison.Ordinal);
        }
    }
}
