using System.Text.Json;
using Alumia.Lab.Blocks.Content;
using Alumia.Lab.Offline.Models;
using Alumia.Lab.Tests.Harness;
using Alumia.Lab.Tools;
using Microsoft.Extensions.DependencyInjection;

namespace Alumia.Lab.Tests.Offline;

/// <summary>Asked in plain words, the stand-in shows what the lab's real tools take.</summary>
public sealed class ShowRequestsTests(SharedLab shared) : IClassFixture<SharedLab>
{
    private readonly List<ITool> _tools = [.. shared.Lab.Services.GetServices<ITool>()];

    [Theory]
    [InlineData("Make a table of apples, pears and plums", "show_table", "Apples, pears and plums")]
    [InlineData("Please show me a small table about the history of tea", "show_table", "The history of tea")]
    [InlineData("Draw a bar chart of rainfall: January 3, February 5.5 and March 2", "show_chart", "Rainfall")]
    [InlineData("show a chart", "show_chart", "Show a chart")]
    [InlineData("Draw a pie chart of cakes", "show_chart", "Cakes")]
    [InlineData("draw a scatter chart of heights: 3, 5, 8", "show_chart", "Heights")]
    [InlineData("Write code that counts words in C#", "show_code", "Counts words")]
    [InlineData("Write a Python function for sorting", "show_code", "Sorting")]
    [InlineData("Draw a picture of a red fox", "show_image", "A red fox")]
    [InlineData("draw a cat", "show_image", "Draw a cat")]
    [InlineData("Write a document about tables of numbers", "show_document", "Tables of numbers")]
    [InlineData("Write a report with a table of costs", "show_document", null)]
    public void What_is_asked_for_is_what_is_shown(string request, string tool, string? title)
    {
        var call = Assert.Single(Calls(request));
        Assert.Equal(tool, call.Name);
        if (title is not null)
            Assert.Equal(title, Checked(call).GetProperty("title").GetString());
        Content(call);
    }

    [Fact]
    public void What_is_listed_is_in_the_table_and_the_chart()
    {
        var chart = Checked(Assert.Single(Calls("Draw a line chart of rainfall: January 3, February 5.5 and March 2")));
        Assert.Equal("line", chart.GetProperty("type").GetString());
        Assert.Equal(["January", "February", "March"], chart.GetProperty("labels").EnumerateArray().Select(label => label.GetString()!));
        Assert.Equal([3, 5.5, 2], chart.GetProperty("series")[0].GetProperty("values").EnumerateArray().Select(value => value.GetDouble()));
        Assert.False(chart.TryGetProperty("y_label", out _));
        var table = Checked(Assert.Single(Calls("make a table of costs: tea 4, cake 12")));
        Assert.Equal("""[["tea",4],["cake",12]]""", table.GetProperty("rows").GetRawText());
        // What nobody listed is made up, and says so.
        Assert.Equal("made-up numbers", Checked(Assert.Single(Calls("draw a bar chart of rainfall"))).GetProperty("y_label").GetString());
    }

    [Theory]
    [InlineData("Search the blocks for \"green tea\"", "search_blocks", """{"query":"green tea"}""")]
    [InlineData("Which blocks are there?", "list_blocks", "{}")]
    [InlineData("What is on the canvas?", "list_blocks", "{}")]
    [InlineData("Read block blk_0abc", "read_block", """{"block_id":"blk_0abc"}""")]
    public void The_canvas_is_looked_at(string request, string tool, string arguments)
    {
        var call = Assert.Single(Calls(request));
        Assert.Equal((tool, arguments), (call.Name, call.Arguments));
        Checked(call);
    }

    [Fact]
    public void A_document_and_then_a_chart_come_one_after_another() =>
        Assert.Equal(["show_document", "show_chart"], Calls("Write a document about the tides and draw a line chart of them").Select(call => call.Name));

    private List<PlannedCall> Calls(string request) => Requests.Calls(request, [.. _tools.Select(tool => new OfferedTool(tool.Name, tool.Description, tool.Schema))]);

    /// <summary>The arguments, which fit the tool's schema.</summary>
    private JsonElement Checked(PlannedCall call)
    {
        Assert.Null(new SchemaCheck().Check(_tools.Single(tool => tool.Name == call.Name), call.Arguments, out var arguments));
        return arguments;
    }

    private void Content(PlannedCall call)
    {
        var arguments = Checked(call);
        if (call.Name == "show_image")
            Assert.StartsWith("<svg", arguments.GetProperty("data").GetString());
        if (call.Name == "show_code")
            Assert.Contains(arguments.GetProperty("language").GetString()!, (string[])["csharp", "python"]);
        if (call.Name == "show_chart")
            Assert.True(Enum.TryParse<ChartType>(arguments.GetProperty("type").GetString(), true, out _));
    }
}
