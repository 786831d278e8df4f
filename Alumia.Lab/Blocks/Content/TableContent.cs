namespace Alumia.Lab.Blocks.Content;

/// <summary>A table: the names of its columns, and rows of as many cells.</summary>
public sealed record TableContent(IReadOnlyList<string> Columns, IReadOnlyList<IReadOnlyList<string>> Rows)
{
    /// <exception cref="Refusal">It is no table.</exception>
    public static TableContent Parse(string json)
    {
        var content = ContentJson.Parse(json, ContentJson.Default.TableContent, "table");
        var (columns, rows) = (content.Columns ?? [], content.Rows ?? []);
        if (columns.Contains(null!) || rows.Any(row => row is null || row.Contains(null!)))
            throw Refusal.Invalid("content", "Columns and cells of a table are texts; an empty cell is an empty text.");
        return new TableContent(columns, rows);
    }

    public string ToJson() => System.Text.Json.JsonSerializer.Serialize(this, ContentJson.Default.TableContent);
}
