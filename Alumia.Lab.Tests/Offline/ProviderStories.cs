using System.Text.RegularExpressions;
using Alumia.Lab.Tests.Harness;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace Alumia.Lab.Tests.Offline;

/// <summary>The stand-in provider's pages and its part of the desk, in a browser.</summary>
public sealed class ProviderStories(Browsers browsers, SharedLab shared) : Story(browsers), IClassFixture<SharedLab>
{
    [Theory]
    [InlineData(1440, 900, ColorScheme.Light)]
    [InlineData(390, 844, ColorScheme.Dark)]
    public async Task A_person_signs_in_ticks_and_allows_by_the_keyboard_and_the_desk_ends_it(int width, int height, ColorScheme scheme)
    {
        ExpectError("connectors/(callback|returned)"); // The lab did not begin this consent, and says so.
        using var client = new ProviderClient(shared.Lab);
        var page = await PageAsync(shared.Lab, new() { ViewportSize = new() { Width = width, Height = height }, ColorScheme = scheme });
        await page.GotoAsync(client.Authorize($"{ProviderClient.Email} {ProviderClient.MailRead} {ProviderClient.MailSend}").ToString());
        await CheckAsync(page, "Choose an account");
        await page.GetByLabel("E-mail").FillAsync(ProviderPerson.Grace);
        await page.Keyboard.PressAsync("Tab");
        await page.Keyboard.TypeAsync("wrong");
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.GetByText("The password is wrong.")).ToBeVisibleAsync();
        await page.GetByLabel("Password").FillAsync(await page.Locator("dd code").Last.InnerTextAsync());
        await page.Keyboard.PressAsync("Enter");

        await CheckAsync(page, "Alumia Lab wants access to your account");
        await Assertions.Expect(page.GetByText(ProviderPerson.Grace)).ToBeVisibleAsync();
        await page.GetByLabel("View your mail messages and settings").FocusAsync();
        await page.Keyboard.PressAsync("Space");
        await page.Keyboard.PressAsync("Tab");
        await page.Keyboard.PressAsync("Space");
        await page.Keyboard.PressAsync("Tab");
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.GetByText("Tick at least one, or deny.")).ToBeVisibleAsync();
        await page.GetByLabel("Send mail on your behalf").CheckAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Allow" }).ClickAsync();
        await Assertions.Expect(page).ToHaveURLAsync(new Regex("/connectors/(callback|returned)"));

        await page.GotoAsync("/offline");
        await CheckAsync(page, "Offline desk");
        var row = page.GetByRole(AriaRole.Listitem).Filter(new() { HasText = ProviderPerson.Grace }).First;
        await Assertions.Expect(row.GetByText(ProviderClient.MailSend)).ToBeVisibleAsync();
        await Assertions.Expect(row.GetByText(ProviderClient.MailRead)).ToHaveCountAsync(0);
        await row.GetByRole(AriaRole.Button, new() { Name = "Revoke the grant" }).ClickAsync();
        await Assertions.Expect(row.GetByText("access was revoked in the account's settings")).ToBeVisibleAsync();
        await Assertions.Expect(row.GetByRole(AriaRole.Button)).ToHaveCountAsync(0);
    }

    private static async Task CheckAsync(IPage page, string heading)
    {
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1, Name = heading })).ToBeVisibleAsync();
        Assert.True(await page.EvaluateAsync<int>("document.documentElement.scrollWidth - innerWidth") <= 0, $"{page.Url} is wider than its window");
        var found = (await page.RunAxe()).Violations.SelectMany(violation => violation.Nodes.Select(node => $"{violation.Impact} {violation.Id}: {node.Html}")).ToList();
        Assert.True(found.Count == 0, $"{page.Url}\n{string.Join('\n', found)}");
    }
}
