using Alumia.Lab.Storage;
using Alumia.Lab.Tests.Harness;
using Alumia.Lab.Troubles;
using Deque.AxeCore.Playwright;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;

namespace Alumia.Lab.Tests.Layout;

/// <summary>The frame and its pages in Chromium.</summary>
public sealed class LayoutStories(SharedLab shared, Browsers browsers) : Story(browsers), IClassFixture<SharedLab>
{
    private static readonly string[] _strangersPages = ["/sign-in", "/sign-up", "/forgot-password", "/reset-password?user=usr_1&token=x", "/invite/none", "/not-found", "/help/top-up", "/help/byok", "/help/share"];
    private static readonly string[] _pages =
    [
        "/demo/lab", "/demo/agents", "/demo/agents/ala", "/demo/settings", "/demo/settings?tab=members", "/demo/settings?tab=audit", "/demo/settings?tab=api-keys", "/demo/settings?tab=shared-links", "/demo/troubleshooting",
        "/demo/billing", "/demo/billing?tab=usage", "/demo/billing?tab=transactions", "/demo/billing?tab=prices", "/demo/billing?tab=provider-keys", "/demo/settings?tab=billing",
        "/account", "/new-organization", "/offline",
    ];

    [Fact]
    public async Task A_part_that_was_taken_off_the_page_before_its_script_came_to_it_breaks_nothing()
    {
        var page = await PageAsync(shared.Lab, Window(1440, 900, ColorScheme.Light));
        await using var browser = page.Context;
        await EnterAsync(page);
        await page.GetByRole(AriaRole.Link, new() { Name = "Sample project" }).First.ClickAsync();
        await page.Locator(".composer").WaitForAsync();

        await page.EvaluateAsync("""
            async () => {
              alumiaLayout.split(null, null);
              const [chat, editor] = await Promise.all([import("/js/chat.js"), import("/js/editor.js")]);
              chat.scroller(null, null).dispose();
              chat.composer(null, null, null, "alumia:draft:none").dispose();
              editor.writer(null, null, "alumia:draft:none", 1).dispose();
              editor.grid(null, null).dispose();
            }
            """);
    }

    [Theory]
    [InlineData(1440, 900, ColorScheme.Light)]
    [InlineData(390, 844, ColorScheme.Dark)]
    public async Task Every_page_fits_its_window_and_passes_the_accessibility_check(int width, int height, ColorScheme scheme)
    {
        ExpectError("404"); // The pages of an invitation that is none, and of an address that is none.
        var page = await PageAsync(shared.Lab, Window(width, height, scheme));
        await using var browser = page.Context; // Closed before the lab ends, or its pages would complain of that.
        // Each page has to fit both windows; the slower check is made in one of the two, since both themes share their markup and their tokens.
        bool IsChecked(int number) => Soak.IsOn || (number % 2 == 0) == (scheme == ColorScheme.Light);
        foreach (var (address, number) in _strangersPages.Select((address, number) => (address, number)))
            await CheckAsync(page, address, IsChecked(number));
        await EnterAsync(page);
        foreach (var (address, number) in _pages.Select((address, number) => (address, number)))
            await CheckAsync(page, address, IsChecked(number));
    }

    [Theory]
    [InlineData(1440, 900, ColorScheme.Dark)]
    [InlineData(390, 844, ColorScheme.Light)]
    public async Task Answers_dialogs_and_menus_pass_it_too(int width, int height, ColorScheme scheme)
    {
        var page = await PageAsync(shared.Lab, Window(width, height, scheme));
        await using var browser = page.Context;
        await EnterAsync(page);
        await page.GetByRole(AriaRole.Link, new() { Name = "Sample project" }).First.ClickAsync();
        await page.Locator(".composer").WaitForAsync();
        await CheckAsync(page);
        await page.GetByRole(AriaRole.Textbox, new() { Name = "Message", Exact = true }).FillAsync("What time is it in Tokyo, then write a document about the tides");
        await page.GetByRole(AriaRole.Button, new() { Name = "Send", Exact = true }).ClickAsync();
        await page.Locator(".usage").WaitForAsync();
        await page.Locator(".block-card .document").WaitForAsync();
        await page.Locator("[data-tool] summary").First.ClickAsync();
        await CheckAsync(page);
        await Assertions.Expect(page.GetByText("Stand-in, not a language model", new() { Exact = true })).ToBeVisibleAsync();
        await page.GetByTitle("Sessions").ClickAsync();
        await page.Locator("#session-list").WaitForAsync();
        await CheckAsync(page);
        await page.Keyboard.PressAsync("Escape");
        await Assertions.Expect(page.GetByTitle("Sessions")).ToBeFocusedAsync();

        await page.GotoAsync("/demo/settings?tab=members");
        await page.GetByRole(AriaRole.Button, new() { Name = "Invite", Exact = true }).ClickAsync();
        await Assertions.Expect(page.GetByLabel("Role", new() { Exact = true })).ToBeFocusedAsync();
        await CheckAsync(page);
        await page.Keyboard.PressAsync("Escape");
        await Assertions.Expect(page.GetByRole(AriaRole.Button, new() { Name = "Invite", Exact = true })).ToBeFocusedAsync();
    }

    [Fact]
    public async Task A_chosen_theme_outlasts_the_page_and_beats_the_systems()
    {
        var page = await EnterAsync(shared.Lab, new BrowserNewContextOptions { ColorScheme = ColorScheme.Light });
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
        var page = await EnterAsync(shared.Lab);
        await using var browser = page.Context;
        await Assertions.Expect(page).ToHaveTitleAsync("Lab · Alumia Lab");
        var writer = shared.Lab.Services.GetRequiredService<Writer>();
        await using var db = shared.Lab.Services.GetRequiredService<IDbContextFactory<LabDbContext>>().CreateDbContext();
        var orgId = await db.Set<Lab.Organizations.Org>().Where(org => org.Slug == "demo").Select(org => org.Id).SingleAsync(TestContext.Current.CancellationToken);
        await writer.Write(tx => TroubleLog.Raise(tx, orgId, "a_kind", "session:1", "A title", "A cause.", [], []), TestContext.Current.CancellationToken);
        await Assertions.Expect(page).ToHaveTitleAsync("(1) Lab · Alumia Lab");
        await Assertions.Expect(page.GetByRole(AriaRole.Link, new() { Name = "Troubleshooting 1 open" })).ToBeVisibleAsync();
        await writer.Write(tx => TroubleLog.Heal(tx, orgId, "session:1", "It went away"), TestContext.Current.CancellationToken);
        await Assertions.Expect(page).ToHaveTitleAsync("Lab · Alumia Lab");
    }

    /// <summary>The page, or what it shows now where there is no address, is no wider than its window, and axe finds nothing in it.</summary>
    private static async Task CheckAsync(IPage page, string? address = null, bool isWhole = true)
    {
        if (address is not null)
            await page.GotoAsync(address);
        await page.Locator("main h1").First.WaitForAsync(new LocatorWaitForOptions { State = WaitForSelectorState.Attached });
        await page.Locator("[aria-busy=true], .skeleton").First.WaitForAsync(new LocatorWaitForOptions { State = WaitForSelectorState.Detached });
        Assert.True(await page.EvaluateAsync<int>("document.documentElement.scrollWidth - innerWidth") <= 0, $"{page.Url} is wider than its window");
        if (!isWhole)
            return;
        var found = (await page.RunAxe()).Violations.SelectMany(violation => violation.Nodes.Select(node => $"{violation.Impact} {violation.Id}: {node.Html}")).ToList();
        Assert.True(found.Count == 0, $"{page.Url}\n{string.Join('\n', found)}");
    }

    private static BrowserNewContextOptions Window(int width, int height, ColorScheme scheme) =>
        new() { ViewportSize = new ViewportSize { Width = width, Height = height }, ColorScheme = scheme };

    private async Task<IPage> EnterAsync(LabHost lab, BrowserNewContextOptions? options = null)
    {
        var page = await PageAsync(lab, options);
        await EnterAsync(page);
        return page;
    }

    private static async Task EnterAsync(IPage page)
    {
        await page.GotoAsync("/sign-in");
        await page.GetByRole(AriaRole.Button, new() { Name = "Enter the demo lab" }).ClickAsync();
        await page.GetByRole(AriaRole.Textbox, new() { Name = "Message" }).WaitForAsync();
    }
}
