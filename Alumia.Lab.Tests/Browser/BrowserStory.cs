using Alumia.Lab.Tests.Harness;
using Alumia.Lab.Tests.Stories;
using Deque.AxeCore.Playwright;
using Microsoft.AspNetCore.Http;
using Microsoft.Playwright;

namespace Alumia.Lab.Tests.Browser;

/// <summary>An agent in the panel uses its browser, and people see the page on the canvas.</summary>
public sealed class BrowserStory(Browsers browsers) : Story(browsers)
{
    private const string Form = """
        <!doctype html><title>Order tea</title><body style="background: #cfe8d5; font-family: sans-serif"><h1>Order tea</h1>
        <form action=/sent><label>Your name <input name=name></label><button>Send</button></form>
        """;

    [Fact]
    public async Task A_slow_page_is_named_and_stopped_and_another_is_opened_filled_in_and_read_with_its_picture_on_the_canvas()
    {
        var gone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var site = await TestSite.StartAsync(async context =>
        {
            context.Response.ContentType = "text/html; charset=utf-8";
            if (context.Request.Path == "/slow")
            {
                await TestSite.UntilGoneAsync(context);
                gone.TrySetResult();
                return;
            }
            await context.Response.WriteAsync(context.Request.Path == "/sent" ? $"<!doctype html><title>Thanks</title><h1>Tea for {context.Request.Query["name"]}</h1>" : Form);
        });
        var lab = await LabAsync(new LabHostOptions { Settings = new Dictionary<string, string?>(BrowserBench.Settings(site.Place)) { ["Sessions:QuietSeconds"] = "2", ["Tools:Browser:LoadSeconds"] = "600" } });
        var page = await PageAsync(lab, new() { ViewportSize = new() { Width = 1600, Height = 900 } });
        await Demo.EnterSampleProjectAsync(page);

        await Demo.SendAsync(page, $$"""Look at this [[tool browser_open {"url":"{{site.Address}}slow"}]]""");
        var card = Demo.Chat(page).Locator("section.trouble[data-trouble=slow_tool]");
        await Assertions.Expect(card.GetByRole(AriaRole.Heading, new() { Name = "browser_open is slow" })).ToBeVisibleAsync();
        await Assertions.Expect(card).ToContainTextAsync("waiting for");
        await Assertions.Expect(card).ToContainTextAsync("Waits for");
        await card.GetByRole(AriaRole.Button, new() { Name = "Cancel session", Exact = true }).ClickAsync();
        await Demo.StatusAsync(page, "cancelled");
        await gone.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);

        await Demo.SendAsync(page, $$"""
            Order tea [[tool browser_open {"url":"{{site.Address}}"}]] [[tool browser_type {"ref":"e5","text":"Ada"}]] [[tool browser_click {"ref":"e6"}]] [[tool browser_read {}]]
            """);
        // What writes outside asks first, each tool once.
        foreach (var tool in new[] { "browser_type", "browser_click" })
        {
            var asks = Demo.Chat(page).Locator("section.approval");
            await Assertions.Expect(asks).ToContainTextAsync($"Ala asks to use {tool}", new() { Timeout = 60_000 });
            await asks.GetByRole(AriaRole.Button, new() { Name = "Approve for this session", Exact = true }).ClickAsync();
        }
        await Assertions.Expect(Demo.Answer(page)).ToContainTextAsync("Tea for Ada", new() { Timeout = 60_000 });
        await Demo.StatusAsync(page, "idle");
        Assert.Equal(["done", "done", "done", "done"], await Demo.Answer(page).Locator("[data-tool]").EvaluateAllAsync<string[]>("all => all.map(one => one.dataset.state)"));

        var node = page.Locator(".node.block[data-block=page]");
        await Assertions.Expect(node).ToHaveCountAsync(1);
        await Assertions.Expect(node.Locator(".page-title")).ToHaveTextAsync("Thanks");
        await Assertions.Expect(node.Locator(".page-address")).ToContainTextAsync($"{site.Address}sent?name=Ada");
        await Assertions.Expect(node.GetByAltText("Picture of the page Thanks")).ToHaveJSPropertyAsync("naturalWidth", 1280);
        if (Environment.GetEnvironmentVariable("KEEP_PICTURES") == "1")
            await page.ScreenshotAsync(new() { Path = Path.Combine(Repository.TestResults, "browser-canvas.png") });
        await CheckAsync(page);

        // On a phone, in the dark, the page stands in the chat.
        await page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Dark });
        await page.SetViewportSizeAsync(390, 844);
        await page.ReloadAsync();
        var inChat = Demo.Chat(page).GetByAltText("Picture of the page Thanks").Last;
        await inChat.ScrollIntoViewIfNeededAsync();
        await Assertions.Expect(inChat).ToHaveJSPropertyAsync("naturalWidth", 1280);
        if (Environment.GetEnvironmentVariable("KEEP_PICTURES") == "1")
            await page.ScreenshotAsync(new() { Path = Path.Combine(Repository.TestResults, "browser-chat.png") });
        await CheckAsync(page);
    }

    private static async Task CheckAsync(IPage page)
    {
        Assert.True(await page.EvaluateAsync<int>("document.documentElement.scrollWidth - innerWidth") <= 0, "the page is wider than its window");
        var found = (await page.RunAxe()).Violations.Where(violation => violation.Impact is "serious" or "critical")
            .SelectMany(violation => violation.Nodes.Select(node => $"{violation.Impact} {violation.Id}: {node.Html}")).ToList();
        Assert.True(found.Count == 0, string.Join('\n', found));
    }
}
