using Alumia.Lab.Storage;
using Alumia.Lab.Tests.Harness;
using Alumia.Lab.Troubles;
using Deque.AxeCore.Playwright;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;

namespace Alumia.Lab.Tests.Layout;

/// <summary>The frame and its pages in Chromium.</summary>
public sealed class LayoutStories(Browsers browsers) : Story(browsers)
{
    private static readonly string[] _pages =
        ["/demo/lab", "/demo/agents", "/demo/agents/ala", "/demo/settings", "/demo/settings?tab=members", "/demo/settings?tab=audit", "/demo/troubleshooting"];

    [Theory]
    [InlineData(1440, 900, ColorScheme.Light)]
    [InlineData(390, 844, ColorScheme.Dark)]
    public async Task Every_page_fits_its_window_and_passes_the_accessibility_check(int width, int height, ColorScheme scheme)
    {
        await using var lab = await LabHost.StartAsync();
        var page = await EnterAsync(lab, new BrowserNewContextOptions { ViewportSize = new ViewportSize { Width = width, Height = height }, ColorScheme = scheme });
        await using var browser = page.Context; // Closed before the lab ends, or its pages would complain of that.
        foreach (var address in _pages)
        {
            await page.GotoAsync(address);
            await page.Locator("main h1").First.WaitForAsync(new LocatorWaitForOptions { State = WaitForSelectorState.Attached });
            await page.Locator("[aria-busy=true], .mud-skeleton").First.WaitForAsync(new LocatorWaitForOptions { State = WaitForSelectorState.Detached });
            Assert.True(await page.EvaluateAsync<int>("document.documentElement.scrollWidth - innerWidth") <= 0, $"{address} is wider than its window");
            var found = (await page.RunAxe()).Violations.SelectMany(violation => violation.Nodes.Select(node => $"{address} {violation.Id}: {node.Html}"));
            Assert.Empty(found);
        }
    }

    [Fact]
    public async Task A_chosen_theme_outlasts_the_page_and_beats_the_systems()
    {
        await using var lab = await LabHost.StartAsync();
        var page = await EnterAsync(lab, new BrowserNewContextOptions { ColorScheme = ColorScheme.Light });
        await using var browser = page.Context;
        await page.GetByLabel("Menu", new() { Exact = true }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Dark", Exact = true }).ClickAsync();
        await Assertions.Expect(page.Locator("body")).ToHaveCSSAsync("background-color", "rgb(19, 20, 23)");
        await page.ReloadAsync(new PageReloadOptions { WaitUntil = WaitUntilState.Commit });
        await page.Locator("body").WaitForAsync();
        Assert.Equal("dark", await page.EvaluateAsync<string>("document.documentElement.dataset.theme"));
    }

    [Fact]
    public async Task Open_troubles_are_counted_in_the_navigation_and_in_the_tab_while_they_are_open()
    {
        await using var lab = await LabHost.StartAsync();
        var page = await EnterAsync(lab);
        await using var browser = page.Context;
        await Assertions.Expect(page).ToHaveTitleAsync("Lab · Alumia Lab");
        var writer = lab.Services.GetRequiredService<Writer>();
        await using var db = lab.Services.GetRequiredService<IDbContextFactory<LabDbContext>>().CreateDbContext();
        var orgId = await db.Set<Lab.Organizations.Org>().Where(org => org.Slug == "demo").Select(org => org.Id).SingleAsync(TestContext.Current.CancellationToken);
        await writer.Write(tx => TroubleLog.Raise(tx, orgId, "a_kind", "session:1", "A title", "A cause.", [], []), TestContext.Current.CancellationToken);
        await Assertions.Expect(page).ToHaveTitleAsync("(1) Lab · Alumia Lab");
        await Assertions.Expect(page.GetByRole(AriaRole.Link, new() { Name = "Troubleshooting 1 open" })).ToBeVisibleAsync();
        await writer.Write(tx => TroubleLog.Heal(tx, orgId, "session:1", "It went away"), TestContext.Current.CancellationToken);
        await Assertions.Expect(page).ToHaveTitleAsync("Lab · Alumia Lab");
    }

    private async Task<IPage> EnterAsync(LabHost lab, BrowserNewContextOptions? options = null)
    {
        var page = await PageAsync(lab, options);
        await page.GotoAsync("/sign-in");
        await page.GetByRole(AriaRole.Button, new() { Name = "Enter the demo lab" }).ClickAsync();
        await page.GetByRole(AriaRole.Textbox, new() { Name = "Message" }).WaitForAsync();
        return page;
    }
}
