using Alumia.Lab.Blocks;
using Alumia.Lab.Blocks.Content;
using Alumia.Lab.Blocks.Tools;
using Alumia.Lab.Storage;
using Alumia.Lab.Tools;
using static Alumia.Lab.Tests.Blocks.Shelves;

namespace Alumia.Lab.Tests.Blocks;

/// <summary>The tools, called as a model calls them: JSON against their schemas.</summary>
public sealed class BlockToolsTests
{
    private static CancellationToken Gone => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_kind_is_shown_and_stored_in_its_form()
    {
        await using var shelves = await OpenAsync(StorageProvider.Sqlite);
        Assert.Equal("# Tea", await ShownAsync(shelves, "show_document", """{"title":"Tea","content":"# Tea"}"""));
        Assert.Equal(new CodeContent("sql", "SELECT 1"), CodeContent.Parse(await ShownAsync(shelves, "show_code", """{"title":"One","language":"sql","code":"SELECT 1"}""")));
        var table = TableContent.Parse(await ShownAsync(shelves, "show_table", """{"title":"Teas","columns":["name","grams"],"rows":[["Sencha",2.50],["Assam",1e3]]}"""));
        Assert.Equal([["Sencha", "2.50"], ["Assam", "1e3"]], table.Rows);
        var chart = ChartContent.Parse(await ShownAsync(shelves, "show_chart", """{"title":"Sales","type":"bar","labels":["May"],"series":[{"name":"Tea","values":[3]}],"y_label":"kilos"}"""));
        Assert.Equal((ChartType.Bar, "kilos", 3.0), (chart.Type, chart.YLabel, chart.Series[0].Values[0]));
        var points = ChartContent.Parse(await ShownAsync(shelves, "show_chart", """{"title":"Points","type":"scatter","series":[{"name":"Tea","values":[3,4],"x":[1,2]}]}"""));
        Assert.Equal([1, 2], points.Series[0].X!);
        foreach (var data in new[] { "<svg/>", Convert.ToBase64String("<svg/>"u8) })
        {
            var image = ImageContent.Parse(await ShownAsync(shelves, "show_image", $$"""{"title":"Dot {{data.Length}}","alt":"A dot","media_type":"image/svg+xml","data":"{{data}}"}"""));
            Assert.Equal("<svg/>"u8.ToArray(), Convert.FromBase64String(image.Data));
        }
    }

    [Theory]
    [InlineData("show_table", """{"title":"Teas","columns":["name"],"rows":[["a","b"]]}""")]
    [InlineData("show_chart", """{"title":"Sales","type":"bar","labels":["May"],"series":[{"name":"Tea","values":[3,4]}]}""")]
    [InlineData("show_image", """{"title":"Dot","alt":"","media_type":"image/png","data":"PHN2Zy8+"}""")]
    [InlineData("show_document", """{"title":"Tea","content":"One","block_id":"blk_none"}""")]
    [InlineData("read_block", """{"block_id":"blk_none"}""")]
    [InlineData("update_block", """{"block_id":"blk_none","version":1,"content":"x"}""")]
    public async Task What_cannot_be_is_told_to_the_model_and_nothing_is_stored(string tool, string arguments)
    {
        await using var shelves = await OpenAsync(StorageProvider.Sqlite);
        Assert.IsType<ToolOutput.Error>(await CallAsync(shelves, tool, arguments));
        Assert.Empty(await shelves.Shelf.ListAsync(Mia, ProjectId, Gone));
    }

    [Theory]
    [InlineData("show_table", """{"title":"Teas","columns":[],"rows":[]}""")]
    [InlineData("show_table", """{"title":"Teas","columns":["name"],"rows":[[true]]}""")]
    [InlineData("show_chart", """{"title":"Sales","type":"donut","series":[]}""")]
    [InlineData("show_code", """{"title":"","language":"sql","code":"x"}""")]
    [InlineData("update_block", """{"block_id":"blk_1","content":"x"}""")]
    [InlineData("search_blocks", """{"query":""}""")]
    public void What_does_not_fit_the_schema_is_not_run(string tool, string arguments) =>
        Assert.NotNull(new SchemaCheck().Check(Tools(null!).Single(one => one.Name == tool), arguments, out _));

    [Fact]
    public async Task A_model_finds_reads_and_improves_what_a_person_wrote()
    {
        await using var shelves = await OpenAsync(StorageProvider.Sqlite);
        Assert.Equal("The canvas has no blocks yet.", await TextAsync(shelves, "list_blocks", "{}"));
        Assert.Equal("No block has any of these words.", await TextAsync(shelves, "search_blocks", """{"query":"tea"}"""));
        var block = await shelves.Shelf.CreateAsync(Mia, ProjectId, BlockKind.Document, "Tea", "One", Gone);
        var line = $"{block.Id} (document, version 1): Tea";
        Assert.Equal(line, await TextAsync(shelves, "list_blocks", "{}"));
        Assert.Equal($"{line}\n  One", await TextAsync(shelves, "search_blocks", """{"query":"tea"}"""));
        Assert.Equal($"{line}\n\nOne", await TextAsync(shelves, "read_block", $$"""{"block_id":"{{block.Id}}"}"""));
        var updated = Assert.IsType<ToolOutput.Result>(await CallAsync(shelves, "update_block", $$"""{"block_id":"{{block.Id}}","version":1,"content":"One\n\nTwo"}"""));
        Assert.Equal(block.Id, updated.BlockId);
        Assert.Contains("version 2", updated.Text);
        var late = Assert.IsType<ToolOutput.Error>(await CallAsync(shelves, "update_block", $$"""{"block_id":"{{block.Id}}","version":1,"content":"Three"}"""));
        Assert.Contains("at version 2, not 1", late.Message);
        Assert.Equal("One\n\nTwo", (await shelves.Shelf.GetAsync(Mia, block.Id, Gone)).Content);
    }

    [Fact]
    public async Task An_image_is_read_as_words_and_not_as_bytes()
    {
        await using var shelves = await OpenAsync(StorageProvider.Sqlite);
        var image = new ImageContent("image/svg+xml", "A green leaf", Convert.ToBase64String("<svg/>"u8)).ToJson();
        var block = await shelves.Shelf.CreateAsync(Mia, ProjectId, BlockKind.Image, "Leaf", image, Gone);
        var text = await TextAsync(shelves, "read_block", $$"""{"block_id":"{{block.Id}}"}""");
        Assert.Contains("A green leaf", text);
        Assert.DoesNotContain(ImageContent.Parse(image).Data, text);
    }

    private static ITool[] Tools(BlockShelf shelf) =>
    [
        new ShowDocument(shelf), new ShowCode(shelf), new ShowTable(shelf), new ShowChart(shelf), new ShowImage(shelf),
        new SearchBlocks(shelf), new ListBlocks(shelf), new ReadBlock(shelf), new UpdateBlock(shelf),
    ];

    private static async Task<ToolOutput> CallAsync(Shelves shelves, string name, string json)
    {
        var tool = Tools(shelves.Shelf).Single(tool => tool.Name == name);
        Assert.Null(new SchemaCheck().Check(tool, json, out var arguments));
        return Assert.Single(await tool.RunAsync(new ToolCall("call", arguments, Ala), Gone).ToListAsync(Gone));
    }

    private static async Task<string> TextAsync(Shelves shelves, string name, string json) =>
        Assert.IsType<ToolOutput.Result>(await CallAsync(shelves, name, json)).Text;

    private static async Task<string> ShownAsync(Shelves shelves, string name, string json)
    {
        var result = Assert.IsType<ToolOutput.Result>(await CallAsync(shelves, name, json));
        var view = await shelves.Shelf.GetAsync(Mia, result.BlockId!, Gone);
        Assert.Equal(name, $"show_{view.Block.Kind.Word()}");
        Assert.Contains(view.Block.Id, result.Text);
        return view.Content;
    }
}
