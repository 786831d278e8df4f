using System.Net.Http.Json;
using System.Text.Json;
using Alumia.Lab.Offline;
using Alumia.Lab.Tests.Harness;
using Microsoft.Playwright;

namespace Alumia.Lab.Tests.Stories;

/// <summary>The document's "missing scope", and a connector's call that hangs, as people meet them: with the stand-in for Gmail.</summary>
public sealed class ScopeStories(Browsers browsers, ScopeStories.HastyLab shared) : Story(browsers), IClassFixture<ScopeStories.HastyLab>
{
    private const string Send = """[[tool gmail.send {"to":["robin@example.com"],"subject":"The plan","body":"It stands."}]] [[say It is sent.]]""";

    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Mail_that_may_only_be_read_is_sent_once_after_the_missing_scope_was_granted_and_a_call_that_hangs_names_the_connector()
    {
        var page = await PageAsync(shared.Lab);
        await Demo.EnterSampleProjectAsync(page);
        var settings = await PageAsync(page.Context);
        await ConnectForReadingAsync(settings);
        await AskForMoreAsync(page, settings);
        await HangAsync(page);
    }

    private async Task ConnectForReadingAsync(IPage settings)
    {
        await settings.GotoAsync("/demo/agents/ala");
        var gmail = settings.GetByRole(AriaRole.Region, new() { Name = "Gmail tools", Exact = true });
        await Assertions.Expect(gmail.GetByText("Not connected", new() { Exact = true })).ToBeVisibleAsync();
        await Assertions.Expect(gmail.GetByRole(AriaRole.Link, new() { Name = "Gmail on the connectors page" })).ToHaveAttributeAsync("href", "/demo/connectors?connector=gmail");
        await gmail.GetByText("None of 4 tools switched on").ClickAsync();
        foreach (var tool in new[] { "gmail.search", "gmail.send" })
            await gmail.GetByRole(AriaRole.Radiogroup, new() { Name = tool, Exact = true }).GetByText("Allow", new() { Exact = true }).ClickAsync();
        await Assertions.Expect(gmail.GetByText("2 of 4 tools switched on")).ToBeVisibleAsync();

        await ConsentAsync(settings, gmail.GetByRole(AriaRole.Button, new() { Name = "Connect", Exact = true }), ["View your mail messages and settings"]);

        // The page that began it is told by itself, and says beforehand what sending would lack.
        await Assertions.Expect(gmail.GetByText("Connected", new() { Exact = true })).ToBeVisibleAsync();
        await Assertions.Expect(gmail.GetByRole(AriaRole.Note)).ToContainTextAsync("Needs \"Send mail in your name\", which ada@offline.example has not granted.");
        await Assertions.Expect(gmail.GetByRole(AriaRole.Note).GetByRole(AriaRole.Button, new() { Name = "Reconnect", Exact = true })).ToBeVisibleAsync();
        await AxeAsync(settings);
    }

    private async Task AskForMoreAsync(IPage page, IPage settings)
    {
        await Demo.SendAsync(page, Send);
        await Demo.StatusAsync(page, "awaiting_connector");
        var card = Demo.Chat(page).Locator("section.trouble[data-trouble=missing_scope]");
        await Assertions.Expect(card.GetByRole(AriaRole.Heading)).ToHaveTextAsync("gmail.send needs a scope that was not granted");
        await Assertions.Expect(card).ToContainTextAsync("Granted: Read your mail. Missing: Send mail in your name.");
        var chip = Demo.Chat(page).Locator("[data-tool='gmail.send']");
        await Assertions.Expect(chip).ToHaveAttributeAsync("data-state", "waits for a connection");
        await Assertions.Expect(chip.GetByText("Auth error: gmail.send needs the scope")).ToBeVisibleAsync();
        await Assertions.Expect(card.GetByRole(AriaRole.Button, new() { Name = "Go on without it", Exact = true })).ToBeVisibleAsync();
        var section = await PageAsync(page.Context);
        await section.GotoAsync("/demo/troubleshooting");
        await Assertions.Expect(section.GetByRole(AriaRole.Region, new() { Name = "Connector auth failed" }).Locator("section.trouble[data-trouble=missing_scope]")).ToBeVisibleAsync();
        Assert.Empty(await OutboxAsync());

        await ConsentAsync(page, card.GetByRole(AriaRole.Button, new() { Name = "Reconnect", Exact = true }), ["View your mail messages and settings", "Send mail on your behalf"]);

        await Demo.StatusAsync(page, "idle");
        await Assertions.Expect(Demo.Answer(page)).ToContainTextAsync("It is sent.");
        await Assertions.Expect(Demo.Answer(page).Locator(".healed")).ToContainTextAsync("Reconnected, went on by itself");
        await Assertions.Expect(chip).ToHaveAttributeAsync("data-state", "done");
        await Assertions.Expect(section.Locator("section.trouble[data-trouble=missing_scope]")).ToHaveCountAsync(0);
        var mail = Assert.Single(await OutboxAsync());
        Assert.Equal(("robin@example.com", "The plan"), (mail.GetProperty("to").GetString(), mail.GetProperty("subject").GetString()));
        await Assertions.Expect(settings.GetByRole(AriaRole.Region, new() { Name = "Gmail tools", Exact = true }).GetByRole(AriaRole.Note)).ToHaveCountAsync(0);
        await section.CloseAsync();
        await settings.CloseAsync();
    }

    private async Task HangAsync(IPage page)
    {
        await SwitchAsync(OfflineSwitches.OAuthSlow, "600000");
        await Demo.SendAsync(page, """[[tool gmail.search {"query":"is:unread"}]] [[say I gave up.]]""");
        var card = Demo.Chat(page).Locator("section.trouble[data-trouble=slow_tool]");
        await Assertions.Expect(card.GetByRole(AriaRole.Heading)).ToHaveTextAsync("gmail.search is slow");
        await Assertions.Expect(card).ToContainTextAsync("Gmail (ada@offline.example): Connected since");
        var chip = Demo.Chat(page).Locator("[data-tool='gmail.search']");
        await chip.Locator("summary").ClickAsync();
        await Assertions.Expect(chip).ToContainTextAsync("Gmail (ada@offline.example): Connected since");
        await page.Locator(".node .call[data-call='gmail.search']").ClickAsync();
        var inspector = page.GetByRole(AriaRole.Complementary, new() { Name = "Inspector" });
        await Assertions.Expect(inspector).ToContainTextAsync("Gmail (ada@offline.example): Connected since");
        await inspector.GetByRole(AriaRole.Button, new() { Name = "Cancel call", Exact = true }).ClickAsync();
        await inspector.GetByRole(AriaRole.Button, new() { Name = "Close inspector" }).ClickAsync();
        await Demo.StatusAsync(page, "idle");
        await Assertions.Expect(Demo.Answer(page)).ToContainTextAsync("I gave up.");
        await Assertions.Expect(chip).ToHaveAttributeAsync("data-state", "cancelled");
        await SwitchAsync(OfflineSwitches.OAuthSlow, "0");
    }

    /// <summary>Presses what opens the consent, and grants all that is asked for in its tab.</summary>
    private static async Task ConsentAsync(IPage page, ILocator button, string[] asked)
    {
        var tab = await page.Context.RunAndWaitForPageAsync(() => button.ClickAsync());
        await tab.GetByLabel("Password", new() { Exact = true }).FillAsync("ada-password-1");
        await tab.GetByRole(AriaRole.Button, new() { Name = "Next", Exact = true }).ClickAsync();
        await Assertions.Expect(tab.GetByRole(AriaRole.Checkbox)).ToHaveCountAsync(asked.Length);
        foreach (var words in asked)
            await Assertions.Expect(tab.GetByRole(AriaRole.Checkbox, new() { Name = words })).ToBeCheckedAsync();
        await tab.GetByRole(AriaRole.Button, new() { Name = "Allow", Exact = true }).ClickAsync();
    }

    private static async Task AxeAsync(IPage page)
    {
        var found = await Deque.AxeCore.Playwright.PageExtensions.RunAxe(page);
        Assert.Empty(found.Violations.Select(violation => $"{violation.Id}: {violation.Help}"));
    }

    private async Task<List<JsonElement>> OutboxAsync()
    {
        using var client = shared.Lab.Client();
        return [.. (await client.GetFromJsonAsync<JsonElement>("/offline/oauth/outbox", Ended)).GetProperty("items").EnumerateArray()];
    }

    private async Task SwitchAsync(string name, string value)
    {
        using var client = shared.Lab.Client();
        (await client.PutAsJsonAsync($"/offline/switches/{name}", new { value }, Ended)).EnsureSuccessStatusCode();
    }

    /// <summary>A lab that calls a tool slow early.</summary>
    public sealed class HastyLab : SharedLab
    {
        protected override LabHostOptions Options { get; } = new() { Settings = new Dictionary<string, string?> { ["Sessions:QuietSeconds"] = "3" } };
    }
}
