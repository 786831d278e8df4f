using Alumia.Lab.Blocks;
using Alumia.Lab.Organizations;
using Alumia.Lab.Tests.Harness;
using Alumia.Lab.Tests.Stories;
using CsCheck;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;

namespace Alumia.Lab.Tests.Canvas;

/// <summary>Two people write into the same document and move the same nodes at once, at random: they end with one canvas, and no text is lost.</summary>
public sealed class TwoPeopleStory(Browsers browsers, SharedLab shared) : Story(browsers), IClassFixture<SharedLab>
{
    private enum Deed
    {
        Move,
        WriteAbove,
        WriteBelow,
        Rewrite,
    }

    private static readonly string[] _settlings = ["Keep both", "Use ", "Keep the shown one"];

    private static readonly Gen<(Deed What, int Node, int Dx, int Dy, int Settling)> _deed =
        Gen.Select(Gen.Enum<Deed>(), Gen.Int[0, 2], Gen.Int[-60, 60], Gen.Int[-20, 60], Gen.Int[0, 2]);

    private static readonly Gen<((Deed What, int Node, int Dx, int Dy, int Settling)[] Mine, (Deed What, int Node, int Dx, int Dy, int Settling)[] Theirs)> _run =
        Gen.Select(_deed.Array[1, 3], _deed.Array[1, 3]);

    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    [Fact]
    public async Task They_end_with_the_same_canvas_and_no_text_is_lost()
    {
        var board = await Board.MakeAsync(shared.Lab, "tina");
        await People.JoinAsync(shared.Lab, board.Owner, "tom", OrgRole.Member);
        var blocks = new[] { await board.AddAsync("Shared", "first\n\nlast"), await board.AddAsync("Beside"), await board.AddAsync("Below") };
        var (mine, theirs) = (await PageAsync(shared.Lab), await PageAsync(shared.Lab));
        await board.OpenAsync(mine, "tina");
        await board.OpenAsync(theirs, "tom");
        var (runs, texts, swept) = (Soak.Count(20, 200), new List<string>(), "");
        for (var run = 0; run < runs; run++)
        {
            var (first, second) = _run.Single();
            swept += await SweepAsync(board, blocks);
            await PutApartAsync(board, blocks, mine, theirs);
            var written = await Task.WhenAll(DoAsync(mine, blocks, first, $"tina{run}"), DoAsync(theirs, blocks, second, $"tom{run}"));
            texts.AddRange(written.SelectMany(each => each));
            await board.AgreeAsync(mine, theirs);
            await AgreeOnBlocksAsync(mine, theirs);
            var kept = swept + await AllTextAsync(board, _ => true);
            Assert.All(texts, text => Assert.True(kept.Contains(text, StringComparison.Ordinal), $"Run {run}: {text} is lost. {string.Join(", ", first)} and {string.Join(", ", second)}"));
        }
        Figures.Print($"Two people on one canvas: {runs} random runs, {texts.Count} texts written, none lost");
    }

    /// <summary>Takes the copies away that came of clashes, or many runs would make the nodes too small to press; returns their texts.</summary>
    private async Task<string> SweepAsync(Board board, Block[] blocks)
    {
        var shelf = shared.Lab.Services.GetRequiredService<BlockShelf>();
        var copies = (await shelf.ListAsync(board.Owner, board.Project.Id, Ended)).Select(block => block.Id).Except(blocks.Select(block => block.Id)).ToList();
        var texts = await AllTextAsync(board, copies.Contains);
        if (copies.Count > 0)
            await shelf.DeleteAsync(board.Owner, copies, Ended);
        return texts;
    }

    /// <summary>Each run begins with the nodes well apart, so that every title can be reached.</summary>
    private static async Task PutApartAsync(Board board, Block[] blocks, params IPage[] pages)
    {
        for (var i = 0; i < blocks.Length; i++)
            await board.MoveAsync(blocks[i].Id, i * 700, i * 160);
        foreach (var page in pages)
            await page.GetByRole(AriaRole.Button, new() { Name = "Fit", Exact = true }).ClickAsync();
        await board.AgreeAsync(pages);
    }

    private static async Task<List<string>> DoAsync(IPage page, Block[] blocks, (Deed What, int Node, int Dx, int Dy, int Settling)[] deeds, string who)
    {
        var texts = new List<string>();
        for (var i = 0; i < deeds.Length; i++)
        {
            var deed = deeds[i];
            if (deed.What == Deed.Move)
            {
                var (x, y) = await Board.HandleAsync(page, blocks[deed.Node].Id);
                await page.Mouse.MoveAsync(x, y);
                await page.Mouse.DownAsync();
                await page.Mouse.MoveAsync(x + deed.Dx, y + deed.Dy, new() { Steps = 4 });
                await page.Mouse.UpAsync();
                continue;
            }
            var text = $"{who}-{i}-text";
            await WriteAsync(page, blocks[0].Id, deed.What, text, deed.Settling);
            texts.Add(text);
        }
        return texts;
    }

    private static async Task WriteAsync(IPage page, string blockId, Deed how, string text, int settling)
    {
        var menu = Board.Node(page, blockId).Locator("details.menu");
        await menu.Locator("summary").ClickAsync();
        await menu.GetByRole(AriaRole.Button, new() { Name = "Edit", Exact = true }).ClickAsync();
        var dialog = page.GetByRole(AriaRole.Dialog).Filter(new() { Has = page.GetByRole(AriaRole.Button, new() { Name = "Save", Exact = true }) });
        var field = dialog.GetByRole(AriaRole.Textbox, new() { Name = "Markdown" });
        var before = await field.InputValueAsync();
        await field.FillAsync(how switch
        {
            Deed.WriteAbove => $"{text}\n{before}",
            Deed.WriteBelow => $"{before}\n{text}",
            _ => text,
        });
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Save", Exact = true }).ClickAsync();
        var clash = dialog.GetByRole(AriaRole.Region, new() { Name = "Clash" });
        await Eventually.True(async () => await dialog.CountAsync() == 0 || await clash.CountAsync() > 0, "the text is saved, or the clash is shown");
        // Settled here, unless the other person does it first.
        await Eventually.True(async () =>
        {
            if (await dialog.CountAsync() == 0 || await clash.CountAsync() == 0)
                return true;
            await page.EvaluateAsync("""
                words => [...document.querySelectorAll(".mud-dialog .clash button:not(:disabled)")].find(button => button.textContent.startsWith(words))?.click()
                """, _settlings[settling]);
            return false;
        }, "the clash is settled");
        await Assertions.Expect(dialog).ToHaveCountAsync(0);
    }

    private static Task AgreeOnBlocksAsync(IPage mine, IPage theirs) => Eventually.True(
        async () => await ShownAsync(mine) is var first && first == await ShownAsync(theirs), "both show the same blocks");

    /// <summary>Every block as it is shown: title, version, text.</summary>
    private static async Task<string> ShownAsync(IPage page)
    {
        await page.GetByRole(AriaRole.Button, new() { Name = "Fit", Exact = true }).ClickAsync();
        var nodes = await page.Locator("[data-block]").AllTextContentsAsync();
        return string.Join("\n---\n", nodes.Order(StringComparer.Ordinal));
    }

    /// <summary>All versions of these blocks.</summary>
    private async Task<string> AllTextAsync(Board board, Func<string, bool> which)
    {
        var shelf = shared.Lab.Services.GetRequiredService<BlockShelf>();
        var texts = new List<string>();
        foreach (var block in (await shelf.ListAsync(board.Owner, board.Project.Id, Ended)).Where(block => which(block.Id)))
            texts.AddRange((await shelf.VersionsAsync(board.Owner, block.Id, Ended)).Select(version => version.Content));
        return string.Join('\n', texts);
    }
}
