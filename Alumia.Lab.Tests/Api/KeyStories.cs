using System.Net;
using Alumia.Lab.Tests.Harness;
using Alumia.Lab.Tests.Stories;
using Microsoft.Playwright;

namespace Alumia.Lab.Tests.Api;

/// <summary>Keys as people make and end them in the settings.</summary>
public sealed class KeyStories(Browsers browsers, SharedLab shared) : Story(browsers), IClassFixture<SharedLab>
{
    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_key_is_created_called_with_regenerated_and_revoked()
    {
        await People.FoundAsync(shared.Lab, "kira");
        var page = await PageAsync(shared.Lab);
        await People.SignInAsync(page, "kira");
        await page.GotoAsync("/kira/settings");
        await page.GetByRole(AriaRole.Tab, new() { Name = "API keys" }).ClickAsync();
        await Assertions.Expect(page.GetByText("No key yet.")).ToBeVisibleAsync();

        await page.GetByRole(AriaRole.Button, new() { Name = "Create key", Exact = true }).ClickAsync();
        var dialog = page.GetByRole(AriaRole.Dialog);
        await Assertions.Expect(dialog.GetByLabel("Label")).ToBeFocusedAsync();
        foreach (var scope in new[] { "read", "chat", "manage" })
            await Assertions.Expect(dialog.GetByRole(AriaRole.Checkbox, new() { Name = scope })).ToBeCheckedAsync();
        await dialog.GetByLabel("Label").FillAsync("build server");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Create key", Exact = true }).ClickAsync();
        var first = await dialog.GetByLabel("The key").InputValueAsync();
        Assert.Matches("^alm_test_[0-9a-f]{48}$", first);
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Done" }).ClickAsync();
        await Assertions.Expect(page.GetByText(first)).ToHaveCountAsync(0);
        Assert.Equal(HttpStatusCode.OK, await CallAsync(first));

        var row = page.GetByRole(AriaRole.Row).Filter(new() { HasText = "build server" });
        await row.GetByRole(AriaRole.Button, new() { Name = "Regenerate" }).ClickAsync();
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Regenerate", Exact = true }).ClickAsync();
        var second = await dialog.GetByLabel("The key").InputValueAsync();
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Done" }).ClickAsync();
        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.OK), (await CallAsync(first), await CallAsync(second)));

        var active = row.Filter(new() { HasText = "Active" });
        await active.GetByRole(AriaRole.Button, new() { Name = "Revoke", Exact = true }).ClickAsync();
        await active.GetByRole(AriaRole.Button, new() { Name = "Yes, revoke" }).ClickAsync();
        await Assertions.Expect(row.Filter(new() { HasText = "Revoked" })).ToHaveCountAsync(2);
        Assert.Equal(HttpStatusCode.Unauthorized, await CallAsync(second));
        await Assertions.Expect(page.GetByRole(AriaRole.Table, new() { Name = "Refused calls" })).ToContainTextAsync("the key was revoked");
    }

    private async Task<HttpStatusCode> CallAsync(string key)
    {
        using var client = shared.Lab.Client();
        client.DefaultRequestHeaders.Authorization = new("Bearer", key);
        client.DefaultRequestHeaders.Add("X-Alumia-Org", "kira");
        using var answer = await client.GetAsync("/api/v1/api-keys", Ended);
        return answer.StatusCode;
    }
}
