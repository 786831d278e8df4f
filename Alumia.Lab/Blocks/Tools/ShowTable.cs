using System.Text.Json;
using Alumia.Lab.Blocks.Content;
using Alumia.Lab.Tools;

namespace Alumia.Lab.Blocks.Tools;

/// <summary>Shows people a table that they can sort and filter.</summary>
public sealed class ShowTable(BlockShelf shelf) : ShowTool(shelf, BlockKind.Table, "a table that people can sort, filter and take as CSV",
    """
    "columns":{"type":"array","minItems":1,"maxItems":100,"items":{"type":"string"},"description":"The names of the columns."},
    "rows":{"type":"array","items":{"type":"array","items":{"type":["string","number"]}},"description":"Each row has one cell for each column; an empty cell is an empty string."}
    """, """
    "columns","rows"
    """)
{
    protected override string Content(ToolCall call) => new TableContent(
        [.. call.Arguments.GetProperty("columns").EnumerateArray().Select(column => column.GetString()!)],
        [.. call.Arguments.GetProperty("rows").EnumerateArray().Select(row => (IReadOnlyList<string>)[.. row.EnumerateArray().Select(Cell)])]).ToJson();

    /// <summary>A number as the model wrote it.</summary>
    private static string Cell(JsonElement cell) => cell.ValueKind == JsonValueKind.String ? cell.GetString()! : cell.GetRawText();
}
