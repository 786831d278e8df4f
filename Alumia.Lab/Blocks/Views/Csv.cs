using System.Globalization;
using Alumia.Lab.Blocks.Content;
using CsvHelper;

namespace Alumia.Lab.Blocks.Views;

/// <summary>Tables as text for spreadsheets, and back.</summary>
internal static class Csv
{
    private const string Beginnings = "=+-@\t\r\n＝＋－＠";

    /// <summary>RFC 4180. What a spreadsheet would take for a formula is made a text by an apostrophe; numbers stay what they are.</summary>
    internal static string Write(TableContent table) => Write(table.Rows.Prepend(table.Columns), ',');

    /// <summary>Rows of a longer file, which is written piece by piece.</summary>
    internal static string Write(IEnumerable<IReadOnlyList<string>> rows) => Write(rows, ',');

    /// <summary>A time (UTC ms) as a cell that people, spreadsheets and programs read alike.</summary>
    internal static string Time(long ms) => DateTimeOffset.FromUnixTimeMilliseconds(ms).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    /// <summary>Hands somebody a file of such rows, for them alone, written as they are read.</summary>
    internal static async Task SendAsync(HttpResponse response, string name, IReadOnlyList<string> columns, IAsyncEnumerable<IReadOnlyList<string>> rows, CancellationToken cancellation)
    {
        response.ContentType = "text/csv; charset=utf-8";
        response.Headers.CacheControl = "private, no-store";
        response.Headers.ContentDisposition = $"attachment; filename=\"{name}\"";
        await response.WriteAsync(Write([columns]), cancellation);
        await foreach (var piece in rows.Chunk(500).WithCancellation(cancellation))
            await response.WriteAsync(Write(piece), cancellation);
    }

    /// <summary>As spreadsheets put it on the clipboard.</summary>
    internal static string WriteTabs(TableContent table) => Write(table.Rows.Prepend(table.Columns), '\t');

    /// <summary>The cells of a pasted text: tabs where it has any, else commas. Rows may differ in width.</summary>
    internal static IReadOnlyList<IReadOnlyList<string>> Read(string text)
    {
        var options = new CsvReaderOptions
        {
            Separator = text.Contains('\t', StringComparison.Ordinal) ? '\t' : ',',
            HasHeader = false,
            SkipEmptyLines = false,
            FieldCountMismatch = CsvFieldCountHandling.Allow,
        };
        using var reader = CsvReader.Create(new StringReader(text), options, leaveOpen: false);
        var rows = new List<IReadOnlyList<string>>();
        while (reader.Read())
            rows.Add([.. Enumerable.Range(0, reader.FieldCount).Select(reader.GetString)]);
        return rows;
    }

    private static string Write(IEnumerable<IReadOnlyList<string>> rows, char separator)
    {
        var text = new StringWriter(CultureInfo.InvariantCulture);
        using (var writer = CsvWriter.Create(text, new CsvWriterOptions { Separator = separator, NewLine = "\r\n" }, leaveOpen: true))
        {
            foreach (var row in rows)
            {
                foreach (var cell in row)
                    writer.WriteField(Harmless(cell));
                writer.EndRecord();
            }
        }
        return text.ToString();
    }

    private static string Harmless(string cell)
    {
        var start = cell.AsSpan().TrimStart(' ');
        return start.Length > 0 && Beginnings.Contains(start[0]) && Cells.Number(cell) is null ? "'" + cell : cell;
    }
}
