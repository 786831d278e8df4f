using System.Text.Json;
using Alumia.Lab.Blocks.Content;
using Alumia.Lab.Tools;

namespace Alumia.Lab.Blocks.Tools;

/// <summary>Shows people numbers as a chart.</summary>
public sealed class ShowChart(BlockShelf shelf) : ShowTool(shelf, BlockKind.Chart, "a chart",
    """
    "type":{"type":"string","enum":["line","bar","pie","scatter"]},
    "labels":{"type":"array","items":{"type":"string"},"description":"One for each value of a series; left out for a scatter chart."},
    "series":{"type":"array","minItems":1,"maxItems":20,"items":{"type":"object","properties":{
      "name":{"type":"string"},
      "values":{"type":"array","items":{"type":"number"},"description":"Of a scatter chart: the y of each point."},
      "x":{"type":"array","items":{"type":"number"},"description":"For a scatter chart alone: the x of each point."}
    },"required":["name","values"],"additionalProperties":false},"description":"A pie chart has one."},
    "x_label":{"type":"string","description":"What the horizontal axis shows."},
    "y_label":{"type":"string","description":"What the vertical axis shows."}
    """, """
    "type","series"
    """)
{
    protected override string Content(ToolCall call) => new ChartContent(
        Enum.Parse<ChartType>(call.Text("type")!, ignoreCase: true),
        call.Text("x_label"),
        call.Text("y_label"),
        [.. Items(call.Arguments, "labels").Select(label => label.GetString()!)],
        [.. Items(call.Arguments, "series").Select(Series)]).ToJson();

    private static ChartSeries Series(JsonElement series) => new(
        series.GetProperty("name").GetString()!,
        [.. Items(series, "values").Select(value => value.GetDouble())],
        series.TryGetProperty("x", out _) ? [.. Items(series, "x").Select(value => value.GetDouble())] : null);

    private static JsonElement.ArrayEnumerator Items(JsonElement owner, string name) =>
        owner.TryGetProperty(name, out var items) ? items.EnumerateArray() : default;
}
