using System.Text;
using Alumia.Lab.Blocks;
using Alumia.Lab.Blocks.Content;
using Alumia.Lab.Blocks.Editors;
using Bunit;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.JSInterop;
using static Alumia.Lab.Tests.Blocks.LiveBlocks;

namespace Alumia.Lab.Tests.Blocks;

public sealed class EditorTests
{
    [Fact]
    public async Task It_saves_what_is_written_and_closes()
    {
        await using var live = await OpenAsync();
        var block = await live.MakeAsync(BlockKind.Document, "One");
        var saved = await EditAsync(live, block);
        await WriteAsync(live, "Two\n\nand a bit");
        WaitFor(live.Dialogs, "and a bit");
        live.Dialogs.Find("#block-title").Input("Green tea");
        await Button(live.Dialogs, "Save").ClickAsync(new());
        Assert.True(await saved.WaitAsync(Patience, Ct));
        var view = await live.Shelf.GetAsync(Shelves.Mia, block.Id, Ct);
        Assert.Equal(("Green tea", 2, "Two\n\nand a bit"), (view.Block.Title, view.Block.Version, view.Content));
    }

    [Fact]
    public async Task A_refused_text_stays_where_it_is()
    {
        await using var live = await OpenAsync();
        var block = await live.MakeAsync(BlockKind.Document, "One");
        _ = await EditAsync(live, block);
        await WriteAsync(live, new string('a', 200_001));
        await Button(live.Dialogs, "Save").ClickAsync(new());
        live.Dialogs.WaitForAssertion(() => Assert.Contains("200,000", live.Dialogs.Find("[role=alert]").TextContent, StringComparison.Ordinal), Patience);
        Assert.Single(live.Dialogs.FindAll("textarea"));
        await WriteAsync(live, "Two");
        await Button(live.Dialogs, "Save").ClickAsync(new());
        live.Dialogs.WaitForAssertion(() => Assert.Empty(live.Dialogs.FindAll(".mud-dialog")), Patience);
        Assert.Equal("Two", (await live.Shelf.GetAsync(Shelves.Mia, block.Id, Ct)).Content);
    }

    [Fact]
    public async Task It_says_that_somebody_saved_meanwhile_and_settles_the_clash_right_there()
    {
        await using var live = await OpenAsync();
        var block = await live.MakeAsync(BlockKind.Document, "One");
        var saved = await EditAsync(live, block);
        await WriteAsync(live, "Mia's");
        await live.Shelf.EditAsync(Shelves.Ben, block.Id, 1, "Tea", "Ben's", Ct);
        WaitFor(live.Dialogs, "Ben saved version 2 while you wrote");
        Assert.Single(live.Dialogs.FindAll("textarea"));
        await Button(live.Dialogs, "Save").ClickAsync(new());
        WaitFor(live.Dialogs, "Mia wrote version 3 on top of version 1 while Ben wrote version 2.");
        await Button(live.Dialogs, "Use Mia's").ClickAsync(new());
        Assert.True(await saved.WaitAsync(Patience, Ct));
        Assert.Equal("Mia's", (await live.Shelf.GetAsync(Shelves.Mia, block.Id, Ct)).Content);
    }

    [Fact]
    public async Task It_asks_before_it_throws_away_and_only_then()
    {
        await using var live = await OpenAsync();
        var block = await live.MakeAsync(BlockKind.Document, "One");
        live.Field.Setup<IJSStreamReference>("text").SetResult(new Text("One"));
        var left = await EditAsync(live, block);
        await live.Dialogs.Find(".editor").KeyDownAsync(new KeyboardEventArgs { Key = "Escape" });
        Assert.False(await left.WaitAsync(Patience, Ct));
        left = await EditAsync(live, block);
        await WriteAsync(live, "Two");
        await live.Dialogs.Find(".editor").KeyDownAsync(new KeyboardEventArgs { Key = "Escape" });
        WaitFor(live.Dialogs, "What you wrote is not saved.");
        await Button(live.Dialogs, "Keep writing").ClickAsync(new());
        await Button(live.Dialogs, "Cancel").ClickAsync(new());
        await Button(live.Dialogs, "Throw away").ClickAsync(new());
        Assert.False(await left.WaitAsync(Patience, Ct));
        Assert.Equal("One", (await live.Shelf.GetAsync(Shelves.Mia, block.Id, Ct)).Content);
    }

    [Fact]
    public async Task A_table_is_written_grown_shrunk_pasted_into_and_saved()
    {
        await using var live = await OpenAsync();
        var block = await live.MakeAsync(BlockKind.Table, new TableContent(["a", "b"], [["1", "2"], ["3", "4"]]).ToJson());
        var saved = await EditAsync(live, block);
        live.Dialogs.WaitForElement("textarea[aria-label='Row 2, b']", Patience);
        live.Dialogs.Find("textarea[aria-label='Row 1, a']").Change("<b>");
        live.Dialogs.Find("textarea[aria-label='Name of column 2']").Change("beta");
        await Button(live.Dialogs, "Add row").ClickAsync(new());
        await Button(live.Dialogs, "Add column").ClickAsync(new());
        live.Dialogs.Find("button[aria-label='Remove row 2']").Click();
        var editor = live.Dialogs.FindComponent<TableEditor>();
        await editor.InvokeAsync(() => editor.Instance.PasteAsync(1, 1, new Text("x\ty\tz\nq\n")));
        await editor.InvokeAsync(() => editor.Instance.PasteAsync(0, 0, new Text(string.Join('\t', Enumerable.Repeat("wide", 101)))));
        WaitFor(live.Dialogs, "up to 100 columns and 10,000 cells");
        live.Dialogs.Find("button[aria-label='Remove column Column 3']").Click();
        await Button(live.Dialogs, "Save").ClickAsync(new());
        Assert.True(await saved.WaitAsync(Patience, Ct));
        var table = TableContent.Parse((await live.Shelf.GetAsync(Shelves.Mia, block.Id, Ct)).Content);
        Assert.Equal(["a", "beta", "Column 4"], table.Columns);
        Assert.Equal([["<b>", "2", ""], ["", "x", "z"], ["", "q", ""]], table.Rows);
    }

    [Fact]
    public async Task Code_keeps_its_language()
    {
        await using var live = await OpenAsync();
        var block = await live.MakeAsync(BlockKind.Code, new CodeContent("python", "x = 1").ToJson());
        var saved = await EditAsync(live, block);
        await WriteAsync(live, "const x = 1;");
        live.Dialogs.Find("#code-language").Input("javascript");
        await Button(live.Dialogs, "Save").ClickAsync(new());
        Assert.True(await saved.WaitAsync(Patience, Ct));
        Assert.Equal(new CodeContent("javascript", "const x = 1;"), CodeContent.Parse((await live.Shelf.GetAsync(Shelves.Mia, block.Id, Ct)).Content));
    }

    [Fact]
    public async Task A_block_is_made_by_hand_and_a_wrong_image_is_refused()
    {
        await using var live = await OpenAsync();
        Task<Block?> made = null!;
        await live.Page.Renderer.Dispatcher.InvokeAsync(() => { made = BlockDialogs.NewAsync(live.DialogService, Shelves.Mia, Shelves.ProjectId); });
        live.Dialogs.WaitForElement("#block-name", Patience).Input("Picture");
        live.Dialogs.FindAll("input[type=radio]")[3].Change("on");
        Assert.True(Button(live.Dialogs, "Create block").HasAttribute("disabled"));
        live.Dialogs.FindComponent<Microsoft.AspNetCore.Components.Forms.InputFile>().UploadFiles(InputFileContent.CreateFromText("<html>", "a.png", contentType: "image/png"));
        live.Dialogs.WaitForAssertion(() => Assert.False(Button(live.Dialogs, "Create block").HasAttribute("disabled")), Patience);
        await live.Dialogs.Find("#block-form").SubmitAsync();
        WaitFor(live.Dialogs, "is not image/png");
        live.Dialogs.FindAll("input[type=radio]")[1].Change("on");
        await live.Dialogs.Find("#block-form").SubmitAsync();
        var block = await made.WaitAsync(Patience, Ct);
        Assert.Equal((BlockKind.Table, "Picture"), (block!.Kind, block.Title));
    }

    /// <summary>Opens the editor; the task ends with it.</summary>
    private static async Task<Task<bool>> EditAsync(LiveBlocks live, Block block)
    {
        Task<bool> saved = null!;
        await live.Page.Renderer.Dispatcher.InvokeAsync(() => { saved = BlockDialogs.EditAsync(live.DialogService, Shelves.Mia, block.Id); });
        live.Dialogs.WaitForElement(".content textarea", Patience);
        return saved;
    }

    /// <summary>As the browser does it: the text is fetched when it has changed.</summary>
    private static async Task WriteAsync(LiveBlocks live, string text)
    {
        var field = live.Dialogs.FindComponent<TextField>();
        live.Field.Setup<IJSStreamReference>("text").SetResult(new Text(text));
        await field.InvokeAsync(field.Instance.WrittenAsync);
    }

    /// <summary>A text that comes from the browser as a stream.</summary>
    private sealed class Text(string text) : IJSStreamReference
    {
        public long Length => Encoding.UTF8.GetByteCount(text);

        public ValueTask<Stream> OpenReadStreamAsync(long maxAllowedSize = 512000, CancellationToken cancellationToken = default) =>
            Length > maxAllowedSize ? throw new ArgumentOutOfRangeException(nameof(maxAllowedSize)) : new(new MemoryStream(Encoding.UTF8.GetBytes(text)));

        public ValueTask DisposeAsync() => default;
    }
}
