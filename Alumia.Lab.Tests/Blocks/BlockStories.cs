using System.Text.Json;
using Alumia.Lab.Tests.Harness;
using Alumia.Lab.Tests.Stories;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace Alumia.Lab.Tests.Blocks;

/// <summary>Blocks of every kind in the chat, in a browser: read, edited, and hostile.</summary>
public sealed class BlockStories(SharedLab shared, Browsers browsers) : Story(browsers), IClassFixture<SharedLab>
{
    private const string Script = "window.__pwned=1";

    [Theory]
    [InlineData(1440, 900, ColorScheme.Light)]
    [InlineData(390, 844, ColorScheme.Dark)]
    public async Task Every_kind_is_shown_and_passes_axe_hostile_as_it_may_be(int width, int height, ColorScheme scheme)
    {
        var page = await OpenAsync(new() { ViewportSize = new() { Width = width, Height = height }, ColorScheme = scheme });
        var bad = $"<img src=x onerror={Script}>";
        await ShowAsync(page, "show_code", new { title = bad, language = "html", code = $"</code><script>{Script}</script>{bad}" }, ".code-view");
        await ShowAsync(page, "show_table", new { title = bad, columns = new[] { bad, "Link" }, rows = new[] { new[] { bad, "javascript:" + Script }, ["=cmd|' /C calc'!A0", "2"] } }, ".table-view td");
        foreach (var type in new[] { "line", "bar", "pie", "scatter" })
        {
            await ShowAsync(page, "show_chart", new
            {
                title = $"{type} {bad}",
                type,
                labels = type == "scatter" ? [] : new[] { bad, "b" },
                series = new[] { type == "scatter" ? (object)new { name = bad, values = new[] { 1, 2 }, x = new[] { 3, 4 } } : new { name = bad, values = new[] { 1, 2 } } },
            }, ".chart-view svg");
        }
        var svg = $"<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9' onload='{Script}'><script>{Script}</script><rect width='9' height='9'/></svg>";
        await ShowAsync(page, "show_image", new { title = "Square", alt = "A square", media_type = "image/svg+xml", data = Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(svg)) }, ".image-view img");
        await Assertions.Expect(Demo.Answer(page).GetByAltText("A square")).ToHaveJSPropertyAsync("naturalWidth", 9);
        Assert.Equal("undefined", await page.EvaluateAsync<string>("typeof window.__pwned"));
        Assert.Equal(0, await page.Locator(".block-card :is(script, iframe, a[href^='javascript'], img:not([loading=lazy]))").CountAsync());
        await CheckAsync(page);
        var chart = page.GetByRole(AriaRole.Article, new() { Name = $"Chart pie {bad}" });
        await OpenAsync(chart, "Full screen");
        await CheckAsync(page);
        await page.Keyboard.PressAsync("Escape");
        await GoneAsync(page);
        await Assertions.Expect(chart.GetByLabel("Block menu")).ToBeFocusedAsync();
    }

    /// <summary>A line of a circuit takes 32 KB: a longer text goes up as a stream. What was written and not saved survives the loss of the page.</summary>
    [Fact]
    public async Task A_long_document_is_edited_its_draft_survives_a_reload_and_a_table_takes_a_paste()
    {
        var page = await OpenAsync();
        await ShowAsync(page, "show_document", new { title = "Long", content = "Short" }, ".document");
        var document = page.GetByRole(AriaRole.Article, new() { Name = "Document Long" });
        await OpenAsync(document, "Edit");
        var text = string.Concat(Enumerable.Range(1, 400).Select(n => $"Line {n} of those that are written about the tides, each of which is a paragraph of some hundred characters\n\n"));
        var field = page.GetByLabel("Markdown");
        await Assertions.Expect(field).ToBeFocusedAsync();
        await field.EvaluateAsync("(area, text) => { area.value = text; area.dispatchEvent(new InputEvent('input')); }", text);
        await Assertions.Expect(page.GetByLabel("Preview")).ToContainTextAsync("Line 400 of");
        page.Dialog += async (_, dialog) => await dialog.AcceptAsync();
        await page.ReloadAsync();
        await document.WaitForAsync();
        await OpenAsync(document, "Edit");
        await Assertions.Expect(page.GetByText("This is what you wrote before on version 1 and did not save.")).ToBeVisibleAsync();
        await Demo.Button(page, "Save").ClickAsync();
        await GoneAsync(page);
        await Assertions.Expect(document).ToContainTextAsync("Line 400 of");
        await Assertions.Expect(document).ToContainTextAsync("version 2");
        await OpenAsync(document, "Edit");
        await CheckAsync(page);
        await page.Keyboard.PressAsync("Escape");
        await GoneAsync(page);

        await ShowAsync(page, "show_table", new { title = "Stock", columns = new[] { "Name", "Left" }, rows = new[] { new[] { "Tea", "1" } } }, ".table-view td");
        var table = page.GetByRole(AriaRole.Article, new() { Name = "Table Stock" });
        await OpenAsync(table, "Edit");
        await page.GetByLabel("Row 1, Name").FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.GetByLabel("Row 2, Name")).ToBeFocusedAsync();
        await page.EvaluateAsync("""
            text => { const data = new DataTransfer(); data.setData("text/plain", text); document.activeElement.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true })); }
            """, "Coffee\t7\nCocoa\t8\n");
        await Assertions.Expect(page.GetByLabel("Row 3, Left")).ToHaveValueAsync("8");
        await page.Keyboard.PressAsync("ArrowDown");
        await Assertions.Expect(page.GetByLabel("Row 3, Name")).ToBeFocusedAsync();
        await page.Keyboard.TypeAsync("Chocolate");
        await page.Keyboard.PressAsync("Escape");
        await Assertions.Expect(Demo.Button(page, "Keep writing")).ToBeFocusedAsync();
        await Demo.Button(page, "Keep writing").ClickAsync();
        await CheckAsync(page);
        await Demo.Button(page, "Save").ClickAsync();
        await GoneAsync(page);
        await Assertions.Expect(table.GetByRole(AriaRole.Row)).ToHaveTextAsync(["NameLeft", "Tea1", "Coffee7", "Chocolate8"]);
        var download = await page.RunAndWaitForDownloadAsync(() => table.GetByRole(AriaRole.Button, new() { Name = "CSV" }).ClickAsync());
        Assert.Equal("Stock.csv", download.SuggestedFilename);
        Assert.Equal("\uFEFFName,Left\r\nTea,1\r\nCoffee,7\r\nChocolate,8\r\n", System.Text.Encoding.UTF8.GetString(await File.ReadAllBytesAsync(await download.PathAsync(), TestContext.Current.CancellationToken)));
    }

    private async Task<IPage> OpenAsync(BrowserNewContextOptions? options = null)
    {
        var page = await PageAsync(shared.Lab, options);
        await Demo.EnterSampleProjectAsync(page);
        return page;
    }

    private static async Task ShowAsync(IPage page, string tool, object arguments, string shown)
    {
        await Demo.SendLongAsync(page, $"[[tool {tool} {JsonSerializer.Serialize(arguments)}]] [[say Done.]]");
        await Demo.StatusAsync(page, "idle");
        await Demo.Answer(page).Locator($".block-card {shown}").First.WaitForAsync();
    }

    private static async Task OpenAsync(ILocator card, string item)
    {
        await card.GetByLabel("Block menu").ClickAsync();
        await card.GetByRole(AriaRole.Button, new() { Name = item, Exact = true }).ClickAsync();
        await card.Page.Locator(".mud-dialog.near-full :is(.content, .framed)").First.WaitForAsync();
    }

    private static Task GoneAsync(IPage page) => Assertions.Expect(page.Locator(".mud-dialog")).ToHaveCountAsync(0);

    private static async Task CheckAsync(IPage page)
    {
        Assert.True(await page.EvaluateAsync<int>("document.documentElement.scrollWidth - innerWidth") <= 0, "the page is wider than its window");
        var found = (await page.RunAxe()).Violations.Where(violation => violation.Impact is "serious" or "critical")
            .SelectMany(violation => violation.Nodes.Select(node => $"{violation.Impact} {violation.Id}: {node.Html}")).ToList();
        Assert.True(found.Count == 0, string.Join('\n', found));
    }
}
