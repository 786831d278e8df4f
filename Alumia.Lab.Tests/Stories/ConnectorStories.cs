using System.Net.Http.Json;
using System.Text.Json;
using Alumia.Lab.Tests.Harness;
using Microsoft.Playwright;

namespace Alumia.Lab.Tests.Stories;

/// <summary>The document's "Connector auth failed", whole: with the stand-in for Gmail, revoked, with another password, and run out.</summary>
public sealed class ConnectorStories(Browsers browsers) : Story(browsers)
{
    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_failed_connection_is_seen_where_it_stands_and_reconnecting_lets_the_blocked_call_go_on()
    {
        var lab = await LabAsync();
        var chat = await PageAsync(lab);
        await Demo.EnterSampleProjectAsync(chat);
        var connectors = await PageAsync(chat.Context);
        await connectors.GotoAsync("/demo/connectors");
        var card = connectors.Locator("article[data-connector=gmail]");
        await Assertions.Expect(card.GetByText("Not connected", new() { Exact = true })).ToBeVisibleAsync();

        // Connect: the scopes are chosen first, the consent stands in a tab of its own, and this page is told by itself.
        await Demo.Button(connectors, "Connect").And(card.GetByRole(AriaRole.Button)).ClickAsync();
        var dialog = connectors.GetByRole(AriaRole.Dialog);
        await Assertions.Expect(dialog.GetByLabel("Read your mail")).ToBeCheckedAsync();
        await Assertions.Expect(dialog.GetByLabel("Send mail in your name")).Not.ToBeCheckedAsync();
        await ConsentAsync(connectors, dialog.GetByRole(AriaRole.Button, new() { Name = "Go to Gmail" }), "ada-password-1");
        await Assertions.Expect(card.GetByText("Connected", new() { Exact = true })).ToBeVisibleAsync();
        await Assertions.Expect(card).ToContainTextAsync("ada@offline.example");
        await SwitchOnAsync(chat);

        var password = "ada-password-1";
        foreach (var (deed, why) in new[] { ("revoke", "access was revoked"), ("change-password", "password was changed"), ("expire-refresh", "refresh token expired") })
        {
            await DoAsync(lab, deed);
            await Demo.SendAsync(chat, """[[tool gmail.search {"query":"is:unread"}]] [[say I have looked.]]""");
            await Demo.StatusAsync(chat, "awaiting_connector");
            var trouble = Demo.Chat(chat).Locator("section.trouble", new() { HasText = why });
            await Assertions.Expect(trouble).ToBeVisibleAsync();
            await Assertions.Expect(trouble.GetByRole(AriaRole.Button, new() { Name = "Reconnect", Exact = true })).ToBeVisibleAsync();
            // Without a reload.
            await Assertions.Expect(card.GetByText("Auth failed", new() { Exact = true })).ToBeVisibleAsync();
            await Assertions.Expect(card).ToContainTextAsync(why);

            if (deed == "change-password")
                password = "ada-password-2";
            await ConsentAsync(connectors, card.GetByRole(AriaRole.Button, new() { Name = "Reconnect", Exact = true }), password);
            await Assertions.Expect(card.GetByText("Connected", new() { Exact = true })).ToBeVisibleAsync();
            await Demo.StatusAsync(chat, "idle");
            await Assertions.Expect(Demo.Answer(chat)).ToContainTextAsync("I have looked.");
            await Assertions.Expect(Demo.Chat(chat).Locator("[data-tool='gmail.search']").Last).ToHaveAttributeAsync("data-state", "done");
        }

        var found = await Deque.AxeCore.Playwright.PageExtensions.RunAxe(connectors);
        Assert.Empty(found.Violations.Select(violation => $"{violation.Id}: {violation.Help}"));
        await card.GetByRole(AriaRole.Button, new() { Name = "Disconnect", Exact = true }).ClickAsync();
        await card.GetByRole(AriaRole.Button, new() { Name = "Yes, disconnect", Exact = true }).ClickAsync();
        await Assertions.Expect(card.GetByText("Not connected", new() { Exact = true })).ToBeVisibleAsync();
        await Eventually.Value(() => GrantAsync(lab), grant => grant.State.StartsWith("access was revoked", StringComparison.Ordinal), "the grant is revoked at the provider");
    }

    private async Task SwitchOnAsync(IPage chat)
    {
        var settings = await PageAsync(chat.Context);
        await settings.GotoAsync("/demo/agents/ala");
        var gmail = settings.GetByRole(AriaRole.Region, new() { Name = "Gmail tools", Exact = true });
        await gmail.GetByText("tools switched on").ClickAsync();
        await gmail.GetByRole(AriaRole.Radiogroup, new() { Name = "gmail.search", Exact = true }).GetByText("Allow", new() { Exact = true }).ClickAsync();
        await Assertions.Expect(gmail.GetByText("1 of 4 tools switched on")).ToBeVisibleAsync();
        await settings.CloseAsync();
    }

    /// <summary>Presses what opens the consent, and allows what is asked for in its tab, which closes or says that it may be closed.</summary>
    private static async Task ConsentAsync(IPage page, ILocator button, string password)
    {
        var tab = await page.Context.RunAndWaitForPageAsync(() => button.ClickAsync());
        await tab.GetByLabel("Password", new() { Exact = true }).FillAsync(password);
        await tab.GetByRole(AriaRole.Button, new() { Name = "Next", Exact = true }).ClickAsync();
        await tab.GetByRole(AriaRole.Button, new() { Name = "Allow", Exact = true }).ClickAsync();
        await Eventually.True(async () => tab.IsClosed || await SaysAsync(tab, "Connected. You can close this tab."), "the tab says that it is done, or has closed");
    }

    private static async Task<bool> SaysAsync(IPage tab, string words)
    {
        try
        {
            return await tab.GetByText(words).IsVisibleAsync();
        }
        catch (PlaywrightException) when (tab.IsClosed)
        {
            return true;
        }
    }

    private static async Task DoAsync(LabHost lab, string deed)
    {
        using var client = lab.Client();
        var id = (await GrantAsync(lab)).Id;
        (await client.PostAsJsonAsync($"/offline/oauth/grants/{id}/{deed}", new { }, Ended)).EnsureSuccessStatusCode();
        if (deed == "expire-refresh") // It is noticed when the access token has run out too.
            (await client.PostAsJsonAsync($"/offline/oauth/grants/{id}/expire-access", new { }, Ended)).EnsureSuccessStatusCode();
    }

    /// <summary>The newest grant at the provider.</summary>
    private static async Task<(string Id, string State)> GrantAsync(LabHost lab)
    {
        using var client = lab.Client();
        var grant = (await client.GetFromJsonAsync<JsonElement>("/offline/oauth/grants", Ended)).GetProperty("items")[0];
        return (grant.GetProperty("id").GetString()!, grant.GetProperty("state").GetString()!);
    }
}
