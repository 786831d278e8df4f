using Alumia.Lab.Tests.Harness;
using Alumia.Lab.Tests.Stories;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace Alumia.Lab.Tests.Canvas;

/// <summary>A full canvas, its inspector, its help and its dialogs, as the accessibility check sees them.</summary>
public sealed class CanvasAccessStory(Browsers browsers, SharedLab shared) : Story(browsers), IClassFixture<SharedLab>
{
    private const string AllKinds = """
        Show it all [[tool show_document {"title":"Plan","content":"# Plan\n\n1. Measure\n2. Cut\n\n| a | b |\n|---|---|\n| 1 | 2 |"}]]
        [[tool show_table {"title":"Towns","columns":["Town","People"],"rows":[["Bern",133000],["Basel",171000]]}]]
        [[tool show_chart {"title":"Rain","type":"line","labels":["Jan","Feb","Mar"],"series":[{"name":"Basel","values":[40,55,31]},{"name":"Bern","values":[30,25,61]}]}]]
        [[tool show_code {"title":"Trip","language":"python","code":"def trip(days):\n    return days"}]]
        [[tool show_image {"title":"Dot","alt":"A dot","media_type":"image/svg+xml","data":"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 8 8'><circle cx='4' cy='4' r='3'/></svg>"}]] [[tool wait {"seconds":1}]]
        """;

    private static readonly string[] _kinds = ["document", "table", "chart", "code", "image"];

    [Theory]
    [InlineData(1440, 900, ColorScheme.Light)]
    [InlineData(390, 844, ColorScheme.Dark)]
    public async Task A_canvas_with_every_kind_of_block_passes_the_check_and_fits_its_window(int width, int height, ColorScheme scheme)
    {
        var board = await Board.MakeAsync(shared.Lab, $"axel-{width}-{scheme}".ToLowerInvariant());
        var page = await PageAsync(shared.Lab, new() { ViewportSize = new() { Width = width, Height = height }, ColorScheme = scheme });
        await People.SignInAsync(page, board.Owner.OrgSlug);
        await page.GotoAsync(board.Address);
        await Demo.SendLongAsync(page, AllKinds.ReplaceLineEndings(" "));
        await Demo.StatusAsync(page, "idle");
        if (width < 720)
            await page.GetByRole(AriaRole.Tab, new() { Name = "Canvas", Exact = true }).ClickAsync();
        foreach (var kind in _kinds)
            await Assertions.Expect(page.Locator($"[data-block={kind}] .face")).ToBeVisibleAsync();
        await CheckAsync(page, "the canvas");

        await page.GetByRole(AriaRole.Button, new() { Name = "Help", Exact = true }).ClickAsync();
        await CheckAsync(page, "the help sheet");
        await page.Keyboard.PressAsync("Escape");
        await page.Locator("[data-session] .call").Last.ClickAsync();
        await page.GetByRole(AriaRole.Complementary, new() { Name = "Inspector" }).WaitForAsync();
        await CheckAsync(page, "the inspector");
        await page.GetByRole(AriaRole.Button, new() { Name = "Close inspector", Exact = true }).ClickAsync();

        if (width >= 720 && !Soak.IsOn)
            return; // Dialogs are narrower than any window but a phone's.
        if (width < 720)
            await page.GetByRole(AriaRole.Tab, new() { Name = "Canvas", Exact = true }).ClickAsync();
        foreach (var (kind, deed) in new[] { ("document", "Edit"), ("table", "Edit"), ("code", "Edit"), ("chart", "Full screen"), ("table", "Versions") })
        {
            await page.GetByRole(AriaRole.Button, new() { Name = "Fit", Exact = true }).ClickAsync();
            var menu = page.Locator($"[data-block={kind}] details.menu");
            await menu.Locator("summary").ClickAsync();
            await menu.GetByRole(AriaRole.Button, new() { Name = deed, Exact = true }).ClickAsync();
            await page.GetByRole(AriaRole.Dialog).WaitForAsync();
            await page.Locator(".mud-dialog .skeleton, .mud-dialog :text('Reading the block')").First.WaitForAsync(new() { State = WaitForSelectorState.Detached });
            await CheckAsync(page, $"{deed} of the {kind}");
            await page.Keyboard.PressAsync("Escape");
            await Assertions.Expect(page.GetByRole(AriaRole.Dialog)).ToHaveCountAsync(0);
        }
    }

    private static async Task CheckAsync(IPage page, string what)
    {
        Assert.True(await page.EvaluateAsync<int>("document.documentElement.scrollWidth - innerWidth") <= 0, $"{what} is wider than its window");
        var found = (await page.RunAxe()).Violations.SelectMany(violation => violation.Nodes.Select(node => $"{violation.Impact} {violation.Id}: {node.Html}")).ToList();
        Assert.True(found.Count == 0, $"{what}\n{string.Join('\n', found)}");
    }
}
