using System.Net.Http.Json;
using Alumia.Lab.Tests.Harness;
using Microsoft.Playwright;

namespace Alumia.Lab.Tests.Stories;

/// <summary>The section "429 TOO_MANY_REQUESTS" of the document, as a person in the lab meets it.</summary>
public sealed class TooManyStory(Browsers browsers) : Story(browsers)
{
    [Fact]
    public async Task Over_the_limit_a_card_counts_down_and_the_message_sends_itself()
    {
        await using var lab = await LabHost.StartAsync(new LabHostOptions { Settings = new Dictionary<string, string?> { ["Limits:ChatPerMinute"] = "2" } });
        var page = await PageAsync(lab);
        await Demo.EnterSampleProjectAsync(page);
        foreach (var text in new[] { "One", "Two" })
        {
            await Demo.SendAsync(page, text);
            await Demo.StatusAsync(page, "idle");
        }

        await Demo.Message(page).FillAsync("Three");
        await Demo.Send(page).ClickAsync();
        var card = page.GetByRole(AriaRole.Region, new() { Name = "Too many requests" });
        await Assertions.Expect(card).ToContainTextAsync("The chat takes 2 messages a minute.");
        var seconds = await card.GetByRole(AriaRole.Timer).TextContentAsync();
        await Assertions.Expect(card.GetByRole(AriaRole.Timer)).Not.ToHaveTextAsync(seconds!);
        await Assertions.Expect(Demo.Message(page)).ToHaveValueAsync("Three");
        await card.GetByRole(AriaRole.Button, new() { Name = "Do not send" }).ClickAsync();
        await Assertions.Expect(card).ToHaveCountAsync(0);

        await Demo.Send(page).ClickAsync();
        await Assertions.Expect(card).ToBeVisibleAsync();
        var other = await PageAsync(lab);
        await Demo.EnterAsync(other);
        await other.GotoAsync("/demo/troubleshooting");
        var section = other.GetByRole(AriaRole.Region, new() { Name = "429 TOO_MANY_REQUESTS", Exact = true });
        await Assertions.Expect(section).ToContainTextAsync("sent more than 2 messages in a minute");

        using var client = lab.Client();
        using var moved = await client.PutAsJsonAsync("/offline/switches/clock", new { value = 1 }, TestContext.Current.CancellationToken);
        Assert.True(moved.IsSuccessStatusCode);
        await Assertions.Expect(page.Locator(".mine .said")).ToHaveTextAsync(["One", "Two", "Three"]);
        await Assertions.Expect(card).ToHaveCountAsync(0);
        await Assertions.Expect(Demo.Message(page)).ToHaveValueAsync("");
        await Demo.StatusAsync(page, "idle");
        // Before their lab goes.
        await page.CloseAsync();
        await other.CloseAsync();
    }
}
