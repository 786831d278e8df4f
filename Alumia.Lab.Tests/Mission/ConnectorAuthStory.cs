using Alumia.Lab.Tests.Harness;
using Alumia.Lab.Tests.Stories;
using Microsoft.Playwright;

namespace Alumia.Lab.Tests.Mission;

/// <summary>"Connector auth failed": revoked, with another password, and run out; then a missing scope; and a key that a service would not take.</summary>
internal static class ConnectorAuthStory
{
    private const string Section = "Connector auth failed";
    private const string Search = """[[tool gmail.search {"query":"is:unread"}]] [[say I have looked.]]""";
    private const string Send = """[[tool gmail.send {"to":["robin@example.com"],"subject":"The plan","body":"It stands."}]] [[say It is sent.]]""";

    public static async Task TellAsync(Newcomer she)
    {
        await she.BeginAsync("Hello [[say Hello.]]");
        await Demo.StatusAsync(she.Page, "idle");
        var connectors = await she.TabAsync($"/{she.Org}/connectors");
        await PasteKeyAsync(connectors);
        var card = connectors.Locator("article[data-connector=gmail]");
        await ConnectAsync(she, connectors, card);
        foreach (var (deeds, why) in new[]
        {
            (new[] { "Revoke the grant" }, "access was revoked"),
            (["Change the password"], "password was changed"),
            (["Expire the refresh token", "Expire access tokens"], "refresh token expired"),
        })
            await FailAndReconnectAsync(she, connectors, card, deeds, why);
        await MissScopeAsync(she, connectors);
        await DisconnectAsync(she, connectors, card);
    }

    /// <summary>The dialog for a service that takes a key: one that could not be checked is not kept.</summary>
    private static async Task PasteKeyAsync(IPage connectors)
    {
        var card = connectors.Locator("article[data-connector=airtable]");
        await card.GetByRole(AriaRole.Button, new() { Name = "Connect", Exact = true }).ClickAsync();
        var dialog = connectors.GetByRole(AriaRole.Dialog);
        var connect = dialog.GetByRole(AriaRole.Button, new() { Name = "Connect", Exact = true });
        await Assertions.Expect(connect).ToBeDisabledAsync();
        await dialog.GetByLabel("Key", new() { Exact = true }).FillAsync("pat-not-a-real-one");
        await connect.ClickAsync();
        await Assertions.Expect(dialog.GetByRole(AriaRole.Alert)).ToContainTextAsync("was not kept");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Cancel", Exact = true }).ClickAsync();
        await Assertions.Expect(dialog).ToHaveCountAsync(0);
        await Assertions.Expect(card.GetByText("Not connected", new() { Exact = true })).ToBeVisibleAsync();
    }

    private static async Task ConnectAsync(Newcomer she, IPage connectors, ILocator card)
    {
        await card.GetByRole(AriaRole.Button, new() { Name = "Connect", Exact = true }).ClickAsync();
        var dialog = connectors.GetByRole(AriaRole.Dialog);
        await Assertions.Expect(dialog.GetByLabel("Read your mail")).ToBeCheckedAsync();
        await Assertions.Expect(dialog.GetByLabel("Send mail in your name")).Not.ToBeCheckedAsync();
        await ConsentAsync(connectors, dialog.GetByRole(AriaRole.Button, new() { Name = "Go to Gmail" }));
        await Assertions.Expect(card.GetByText("Connected", new() { Exact = true })).ToBeVisibleAsync();
        await Assertions.Expect(card).ToContainTextAsync("ada@offline.example");
        var settings = await she.TabAsync($"/{she.Org}/agents/ala");
        var gmail = settings.GetByRole(AriaRole.Region, new() { Name = "Gmail tools", Exact = true });
        await gmail.GetByText("tools switched on").ClickAsync();
        foreach (var tool in new[] { "gmail.search", "gmail.send" })
            await gmail.GetByRole(AriaRole.Radiogroup, new() { Name = tool, Exact = true }).GetByText("Allow", new() { Exact = true }).ClickAsync();
        await Assertions.Expect(gmail.GetByText("2 of 4 tools switched on")).ToBeVisibleAsync();
        await settings.CloseAsync();
    }

    private static async Task FailAndReconnectAsync(Newcomer she, IPage connectors, ILocator card, string[] deeds, string why)
    {
        await DoAsync(she, deeds);
        await Demo.SendAsync(she.Page, Search);
        await Demo.StatusAsync(she.Page, "awaiting_connector");

        // "The connector card shows Auth failed instead of Connected. Tools backed by it return an auth error when the agent calls them."
        await Assertions.Expect(card.GetByText("Auth failed", new() { Exact = true })).ToBeVisibleAsync();
        await Assertions.Expect(card.GetByText("Connected", new() { Exact = true })).ToHaveCountAsync(0);
        await Assertions.Expect(card).ToContainTextAsync(why);
        var chip = Demo.Chat(she.Page).Locator("[data-tool='gmail.search']").Last;
        await Assertions.Expect(chip).ToHaveAttributeAsync("data-state", "waits for a connection");
        await Assertions.Expect(chip).ToContainTextAsync("Auth error");
        await Assertions.Expect(Demo.Chat(she.Page).Locator("section.trouble", new() { HasText = why })).ToBeVisibleAsync();
        var section = await she.SectionAsync(Section, "connector_auth_failed");
        await Assertions.Expect(section.Card).ToContainTextAsync(why);

        // "Click Reconnect on the connector card. The OAuth consent flow re-opens in a new tab."
        await ConsentAsync(connectors, card.GetByRole(AriaRole.Button, new() { Name = "Reconnect", Exact = true }));
        await Assertions.Expect(card.GetByText("Connected", new() { Exact = true })).ToBeVisibleAsync();
        await Demo.StatusAsync(she.Page, "idle");
        await Assertions.Expect(Demo.Answer(she.Page)).ToContainTextAsync("I have looked.");
        await Assertions.Expect(chip).ToHaveAttributeAsync("data-state", "done");
        await Newcomer.HealedAsync(section, "Auth failed");
    }

    /// <summary>"If the problem is missing scope ... reconnect with the broader scope."</summary>
    private static async Task MissScopeAsync(Newcomer she, IPage connectors)
    {
        await Demo.SendAsync(she.Page, Send);
        await Demo.StatusAsync(she.Page, "awaiting_connector");
        var card = Demo.Chat(she.Page).Locator("section.trouble[data-trouble=missing_scope]");
        await Assertions.Expect(card.GetByRole(AriaRole.Heading)).ToHaveTextAsync("gmail.send needs a scope that was not granted");
        await Assertions.Expect(card).ToContainTextAsync("Granted: Read your mail. Missing: Send mail in your name.");
        var section = await she.SectionAsync(Section, "missing_scope");
        await Assertions.Expect(section.Card).ToBeVisibleAsync();
        await ConsentAsync(she.Page, card.GetByRole(AriaRole.Button, new() { Name = "Reconnect", Exact = true }));
        await Demo.StatusAsync(she.Page, "idle");
        await Assertions.Expect(Demo.Answer(she.Page)).ToContainTextAsync("It is sent.");
        await Assertions.Expect(connectors.Locator("article[data-connector=gmail]")).ToContainTextAsync("Send mail in your name");
        await Newcomer.HealedAsync(section, "went on by itself");
        var desk = await she.TabAsync("/offline");
        await Assertions.Expect(desk.GetByRole(AriaRole.Region, new() { Name = "The list of sent mail" })).ToContainTextAsync("The plan");
        await desk.CloseAsync();
    }

    private static async Task DisconnectAsync(Newcomer she, IPage connectors, ILocator card)
    {
        var found = await Deque.AxeCore.Playwright.PageExtensions.RunAxe(connectors);
        Assert.Empty(found.Violations.Select(violation => $"{violation.Id}: {violation.Help}"));
        await card.GetByRole(AriaRole.Button, new() { Name = "Disconnect", Exact = true }).ClickAsync();
        await card.GetByRole(AriaRole.Button, new() { Name = "Yes, disconnect", Exact = true }).ClickAsync();
        await Assertions.Expect(card.GetByText("Not connected", new() { Exact = true })).ToBeVisibleAsync();
        var desk = await she.TabAsync("/offline");
        await Assertions.Expect(desk.Locator("li.grant").First).ToContainTextAsync("access was revoked");
        await desk.CloseAsync();
    }

    /// <summary>Presses what opens the consent, signs in with the password that the page tells, and allows all that is asked for.</summary>
    private static async Task ConsentAsync(IPage page, ILocator button)
    {
        var tab = await page.Context.RunAndWaitForPageAsync(() => button.ClickAsync());
        await tab.GetByLabel("Password", new() { Exact = true }).FillAsync(await tab.Locator("dd code").First.InnerTextAsync());
        await tab.GetByRole(AriaRole.Button, new() { Name = "Next", Exact = true }).ClickAsync();
        await tab.GetByRole(AriaRole.Button, new() { Name = "Allow", Exact = true }).ClickAsync();
        await Eventually.True(async () => tab.IsClosed || await SaysAsync(tab), "the tab says that it is done, or has closed");
    }

    private static async Task<bool> SaysAsync(IPage tab)
    {
        try
        {
            return await tab.GetByText("You can close this tab.").IsVisibleAsync();
        }
        catch (PlaywrightException) when (tab.IsClosed)
        {
            return true;
        }
    }

    /// <summary>Does something to the newest grant, on the desk.</summary>
    private static async Task DoAsync(Newcomer she, string[] deeds)
    {
        var desk = await she.TabAsync("/offline");
        foreach (var deed in deeds)
        {
            await desk.Locator("li.grant").First.GetByRole(AriaRole.Button, new() { Name = deed }).ClickAsync();
            await Assertions.Expect(desk.GetByRole(AriaRole.Status).Filter(new() { HasText = deed })).ToBeVisibleAsync();
        }
        await desk.CloseAsync();
    }
}
