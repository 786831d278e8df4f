using System.Text.RegularExpressions;
using Alumia.Lab.Tests.Harness;
using Alumia.Lab.Tests.Stories;
using Microsoft.Playwright;

namespace Alumia.Lab.Tests.Canvas;

/// <summary>A canvas leaves as a file and comes back as a new project.</summary>
public sealed class ArchiveStories(Browsers browsers, SharedLab shared) : Story(browsers), IClassFixture<SharedLab>
{
    [Fact]
    public async Task What_is_exported_by_the_menu_is_imported_as_a_new_project_with_the_same_nodes()
    {
        var board = await Board.MakeAsync(shared.Lab, "archie");
        await board.AddSessionAsync("Brewing");
        var note = await board.AddAsync("Notes", "Steep for two minutes.");
        await board.MoveAsync(note.Id, 900, 60);
        var page = await PageAsync(shared.Lab);
        await board.OpenAsync(page, "archie");
        var before = await TitlesAsync(page);

        await MenuAsync(page);
        var download = await page.RunAndWaitForDownloadAsync(() => page.GetByRole(AriaRole.Link, new() { Name = "Export", Exact = true }).ClickAsync());
        Assert.Equal("Board.json", download.SuggestedFilename);
        using var folder = new TempFolder();
        var file = Path.Combine(folder.Path, "board.json");
        await download.SaveAsAsync(file);

        await MenuAsync(page);
        await Demo.Button(page, "Import").ClickAsync();
        var dialog = page.GetByRole(AriaRole.Dialog);
        // The field listens once Blazor has taken hold of it; a person is never that quick.
        await page.WaitForFunctionAsync("() => document.getElementById('import-file')?._blazorInputFileNextFileId !== undefined");
        await dialog.GetByLabel("Canvas file").SetInputFilesAsync(new FilePayload { Name = "other.json", MimeType = "application/json", Buffer = "{\"name\":\"x\"}"u8.ToArray() });
        await Assertions.Expect(dialog.GetByRole(AriaRole.Alert)).ToContainTextAsync("no canvas file");
        await dialog.GetByLabel("Canvas file").SetInputFilesAsync(file);
        await Assertions.Expect(dialog).ToContainTextAsync("1 session, 1 block");
        await dialog.GetByLabel("Project name").FillAsync("Board again");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Import canvas" }).ClickAsync();

        await Assertions.Expect(page).ToHaveURLAsync(new Regex($"/lab/(?!{board.Project.Id})prj_"));
        await Assertions.Expect(page).ToHaveTitleAsync(new Regex("Board again"));
        await Assertions.Expect(Board.Canvas(page)).ToHaveAttributeAsync("data-ready", "true");
        await Eventually.Value(() => TitlesAsync(page), titles => titles == before, "the new canvas shows the same nodes at the same places");
        await Assertions.Expect(Board.Canvas(page)).ToContainTextAsync("Steep for two minutes.");
    }

    private static async Task MenuAsync(IPage page) =>
        await Board.Canvas(page).Locator("summary[aria-label='Canvas menu']").ClickAsync();

    /// <summary>The nodes on screen, each with its place on the canvas.</summary>
    private static async Task<string> TitlesAsync(IPage page) => string.Join('\n', (await page.EvaluateAsync<string[]>("""
        () => [...document.querySelectorAll(".diagram-node")].map(node => `${node.querySelector("[aria-label]").getAttribute("aria-label")} ${node.style.left} ${node.style.top}`)
        """)).Order());
}
