using System.Text;
using System.Text.Json;
using Alumia.Lab.Blocks.Content;

namespace Alumia.Lab.Blocks;

/// <summary>The words of a content, as people read them.</summary>
internal static class BlockWords
{
    /// <summary>Where an image's or a page's words end at the latest, in characters of its content.</summary>
    public const int ImageWords = 8_000;

    public static string Of(BlockKind kind, string content) => kind switch
    {
        BlockKind.Code => CodeContent.Parse(content).Code,
        BlockKind.Table => Table(TableContent.Parse(content)),
        BlockKind.Chart => Chart(ChartContent.Parse(content)),
        BlockKind.Image => Alt(content),
        BlockKind.Page => Page(PageHead.Of(content.Length > ImageWords ? content[..ImageWords] : content)),
        _ => content,
    };

    /// <summary>What an image shows, from the beginning of its content alone: the bytes come after it.</summary>
    private static string Alt(string beginning)
    {
        var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(beginning), isFinalBlock: false, default);
        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.PropertyName && reader.ValueTextEquals("alt"u8))
                return reader.Read() && reader.TokenType == JsonTokenType.String ? reader.GetString()! : "";
        }
        return "";
    }

    private static string Page(PageHead page) => $"{page.Title}\n{page.Address}";

    private static string Table(TableContent table) =>
        string.Join('\n', table.Rows.Prepend(table.Columns).Select(row => string.Join(" | ", row)));

    private static string Chart(ChartContent chart) =>
        string.Join(' ', new[] { chart.XLabel, chart.YLabel }.Concat(chart.Labels).Concat(chart.Series.Select(series => series.Name)).Where(word => !string.IsNullOrEmpty(word)));
}
