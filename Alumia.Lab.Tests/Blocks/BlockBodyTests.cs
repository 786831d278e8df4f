using Alumia.Lab.Blocks;
using Alumia.Lab.Blocks.Content;
using Alumia.Lab.Organizations;
using Alumia.Lab.Tests.Harness;
using Bunit;
using Microsoft.AspNetCore.Components;
using static Alumia.Lab.Tests.Blocks.LiveBlocks;

namespace Alumia.Lab.Tests.Blocks;

public sealed class BlockBodyTests
{
    public static TheoryData<BlockKind, string, string> Kinds => new()
    {
        { BlockKind.Document, "Hello **there**", ".md strong" },
        { BlockKind.Code, new CodeContent("python", "x = 1").ToJson(), ".code-view code" },
        { BlockKind.Table, new TableContent(["a"], [["1"]]).ToJson(), ".table-view td" },
        { BlockKind.Chart, new ChartContent(ChartType.Line, null, null, ["a"], [new("s", [1], null)]).ToJson(), ".chart-view svg" },
        { BlockKind.Image, new ImageContent("image/gif", "A dot", "R0lGODlhAQ==").ToJson(), "img[alt='A dot'][loading=lazy]" },
    };

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Each_kind_has_its_view_and_its_card_says_what_it_is(BlockKind kind, string content, string view)
    {
        await using var live = await OpenAsync();
        var block = await live.MakeAsync(kind, content);
        var body = live.Render<BlockBody>(parameters => parameters.Add(one => one.BlockId, block.Id));
        body.WaitForElement(view, Patience);
        var card = live.Render<BlockCard>(parameters => parameters.Add(one => one.BlockId, block.Id));
        card.WaitForElement(view, Patience);
        Assert.Equal($"{kind} Tea", card.Find("article").GetAttribute("aria-label"));
        Assert.DoesNotContain("data-block", body.Markup + card.Markup, StringComparison.Ordinal);
        if (kind == BlockKind.Image)
            Assert.Equal($"/demo/blocks/{block.Id}/image?v=1", body.Find("img").GetAttribute("src"));
    }

    [Fact]
    public async Task It_follows_its_block_and_says_when_it_is_gone()
    {
        await using var live = await OpenAsync();
        var block = await live.MakeAsync(BlockKind.Document, "One");
        var body = live.Render<BlockBody>(parameters => parameters.Add(one => one.BlockId, block.Id));
        WaitFor(body, "One");
        await live.Shelf.EditAsync(Shelves.Ben, block.Id, 1, "Tea", "Two", Ct);
        WaitFor(body, "Two");
        await live.Shelf.DeleteAsync(Shelves.Ben, [block.Id], Ct);
        WaitFor(body, "This block was deleted");
        await live.Shelf.RestoreAsync(Shelves.Ben, [block.Id], Ct);
        WaitFor(body, "Two");
        var strange = live.Render<BlockBody>(parameters => parameters.Add(one => one.BlockId, block.Id), Shelves.Mia with { OrgId = "org_2" });
        WaitFor(strange, "you may not see it");
    }

    [Fact]
    public async Task What_cannot_be_read_is_told_and_shown_as_it_is()
    {
        await using var live = await OpenAsync();
        var face = live.Render<BlockFace>(parameters => parameters.Add(one => one.BlockId, "blk").Add(one => one.Kind, BlockKind.Table).Add(one => one.Version, 1)
            .Add(one => one.Title, "Tea").Add(one => one.Content, "{\"columns\":<script>"));
        Assert.Contains("This block cannot be shown", face.Markup, StringComparison.Ordinal);
        Assert.Equal("{\"columns\":<script>", face.Find("pre").TextContent);
        Assert.Empty(face.FindAll("script"));
    }

    [Theory]
    [InlineData("Keep both", "Ben's", 2)]
    [InlineData("Use Mia's", "Mia's", 1)]
    [InlineData("Keep the shown one", "Ben's", 1)]
    public async Task A_clash_says_who_wrote_what_and_is_settled_as_a_person_chooses(string choice, string shown, int blocks)
    {
        await using var live = await OpenAsync();
        var block = await ClashAsync(live);
        Block? made = null;
        var body = live.Render<BlockBody>(parameters => parameters.Add(one => one.BlockId, block.Id).Add(one => one.OnMade, (Block one) => made = one));
        WaitFor(body, "Mia wrote version 3 on top of version 1 while Ben wrote version 2.");
        await Button(body, choice).ClickAsync(new());
        body.WaitForAssertion(() => Assert.Empty(body.FindAll(".clash")), Patience);
        WaitFor(body, shown);
        Assert.Equal(blocks, (await live.Shelf.ListAsync(Shelves.Mia, Shelves.ProjectId, Ct)).Count);
        Assert.Equal(blocks == 2, made!.Id != block.Id);
    }

    [Fact]
    public async Task A_viewer_reads_of_a_clash_and_gets_no_choice()
    {
        await using var live = await OpenAsync();
        var block = await ClashAsync(live);
        var viewer = Shelves.Mia with { Role = OrgRole.Viewer };
        var body = live.Render<BlockBody>(parameters => parameters.Add(one => one.BlockId, block.Id), viewer);
        WaitFor(body, "Mia wrote version 3");
        Assert.Empty(Buttons(body, "Keep both"));
        var menu = live.Render<BlockActions>(parameters => parameters.Add(one => one.BlockId, block.Id).Add(one => one.Kind, BlockKind.Document), viewer);
        Assert.Equal(["Full screen", "Versions", "Copy", "Download"], menu.FindAll("button.menu-item").Select(item => item.TextContent));
    }

    [Fact]
    public async Task The_menu_asks_for_the_kind_duplicates_and_deletes_with_a_way_back()
    {
        await using var live = await OpenAsync();
        var block = await live.MakeAsync(BlockKind.Chart, (string)Kinds.ElementAt(3).Data.Item2, title: "<b>Tea</b>");
        Block? made = null;
        var menu = live.Render<BlockActions>(parameters => parameters.Add(one => one.BlockId, block.Id).Add(one => one.OnMade, (Block one) => made = one));
        await menu.Find("details").TriggerEventAsync("ontoggle", EventArgs.Empty);
        Button(menu, "Duplicate");
        Assert.Equal(["Full screen", "Versions", "Duplicate", "Copy", "Download", "Delete"], menu.FindAll("button.menu-item").Select(item => item.TextContent));
        await Button(menu, "Duplicate").ClickAsync(new());
        Assert.Equal("<b>Tea</b> (copy)", made!.Title);
        // The notice names it as a text.
        WaitFor(live.Notices, "&lt;b&gt;Tea&lt;/b&gt; (copy)");
        await Button(menu, "Delete").ClickAsync(new());
        Assert.Equal([made.Id], (await live.Shelf.ListAsync(Shelves.Mia, Shelves.ProjectId, Ct)).Select(one => one.Id));
        await Button(live.Notices, "Undo").ClickAsync(new());
        await Eventually.Value(() => live.Shelf.ListAsync(Shelves.Mia, Shelves.ProjectId, Ct), all => all.Count == 2, "the block is back");
    }

    [Fact]
    public async Task A_canvas_takes_over_the_deletion()
    {
        await using var live = await OpenAsync();
        var block = await live.MakeAsync(BlockKind.Document, "One");
        var asked = 0;
        var menu = live.Render<BlockActions>(parameters => parameters.Add(one => one.BlockId, block.Id).Add(one => one.Kind, BlockKind.Document)
            .Add(one => one.OnDelete, EventCallback.Factory.Create(this, () => asked++)));
        await Button(menu, "Delete").ClickAsync(new());
        Assert.Equal(1, asked);
        Assert.Single(await live.Shelf.ListAsync(Shelves.Mia, Shelves.ProjectId, Ct));
    }

    [Fact]
    public async Task Old_versions_are_read_and_used_again()
    {
        await using var live = await OpenAsync();
        var block = await ClashAsync(live);
        await live.Page.Renderer.Dispatcher.InvokeAsync(() => BlockDialogs.VersionsAsync(live.DialogService, Shelves.Mia, block.Id));
        WaitFor(live.Dialogs, "Version 3");
        Assert.Equal(["Version 3", "Version 2", "Version 1"], live.Dialogs.FindAll(".version-list .num").Select(version => version.TextContent));
        Assert.Contains("Ben's", live.Dialogs.Find(".version").TextContent, StringComparison.Ordinal);
        await live.Dialogs.FindAll(".version-list button")[2].ClickAsync(new());
        Assert.Contains("The first", live.Dialogs.Find(".version").TextContent, StringComparison.Ordinal);
        await Button(live.Dialogs, "Use this version").ClickAsync(new());
        live.Dialogs.WaitForAssertion(() => Assert.Empty(live.Dialogs.FindAll(".mud-dialog")), Patience);
        var view = await live.Shelf.GetAsync(Shelves.Mia, block.Id, Ct);
        Assert.Equal((4, "The first"), (view.Block.Version, view.Content));
    }

    private static async Task<Block> ClashAsync(LiveBlocks live)
    {
        var block = await live.MakeAsync(BlockKind.Document, "The first");
        await live.Shelf.EditAsync(Shelves.Ben, block.Id, 1, "Tea", "Ben's", Ct);
        Assert.True((await live.Shelf.EditAsync(Shelves.Mia, block.Id, 1, "Tea", "Mia's", Ct)).IsClash);
        return block;
    }
}
