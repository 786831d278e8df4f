namespace Alumia.Lab.Blocks.Content;

/// <summary>What a block of each kind may hold.</summary>
public static class BlockContents
{
    private const int MostCharacters = 200_000;
    private const int MostJson = 1_000_000;

    /// <summary>What a browser can send at once, whatever the characters.</summary>
    internal const int MostInCell = 5_000;

    private const int MostName = 1_000;
    private const int MostAddress = 4_000;

    /// <exception cref="Refusal">The content is not of this kind, or larger than a block may be; it says what is wrong.</exception>
    public static void Check(BlockKind kind, string content)
    {
        Need(IsStorable(content), $"The text holds a character that cannot be stored: NUL, or half of a pair.");
        switch (kind)
        {
            case BlockKind.Document:
                Need(content.Length <= MostCharacters, $"A document holds up to 200,000 characters; this one has {content.Length:N0}.");
                break;
            case BlockKind.Code:
                Check(CodeContent.Parse(content));
                break;
            case BlockKind.Table:
                Need(content.Length <= MostJson, $"A table holds up to a million characters.");
                Check(TableContent.Parse(content));
                break;
            case BlockKind.Chart:
                Need(content.Length <= MostJson, $"A chart holds up to a million characters.");
                Check(ChartContent.Parse(content));
                break;
            case BlockKind.Image:
                Check(ImageContent.Parse(content));
                break;
            case BlockKind.Page:
                Check(PageContent.Parse(content));
                break;
            default:
                throw Refusal.Invalid("kind", $"There are no blocks of the kind {kind}.");
        }
    }

    private static void Check(CodeContent code)
    {
        Need(code.Language.Length <= 40, $"The name of a language has up to 40 characters.");
        Need(code.Code.Length <= MostCharacters, $"Code holds up to 200,000 characters; this has {code.Code.Length:N0}.");
    }

    private static void Check(TableContent table)
    {
        var width = table.Columns.Count;
        Need(width > 0, $"A table needs at least one column.");
        Need(width <= 100, $"A table has up to 100 columns; this one has {width:N0}.");
        for (var i = 0; i < table.Rows.Count; i++)
            Need(table.Rows[i].Count == width, $"Row {i + 1} has {table.Rows[i].Count} cells; there are {width} columns.");
        Need(table.Rows.Prepend(table.Columns).All(row => row.All(cell => cell.Length <= MostInCell)), $"A cell holds up to {MostInCell:N0} characters.");
        Need((long)width * table.Rows.Count <= 10_000, $"A table has up to 10,000 cells; this one has {(long)width * table.Rows.Count:N0}.");
    }

    private static void Check(ChartContent chart)
    {
        Need(Enum.IsDefined(chart.Type), $"A chart is of the type line, bar, pie or scatter.");
        Need(chart.Series.Count is > 0 and <= 20, $"A chart has 1 to 20 series; this one has {chart.Series.Count:N0}.");
        Need(chart.Labels.Count <= 2_000 && chart.Series.Sum(series => (long)series.Values.Count) is > 0 and <= 2_000, $"A chart has 1 to 2,000 points, those of all series together.");
        Need(chart.Labels.Concat(chart.Series.Select(series => series.Name)).All(name => name.Length <= MostName)
            && (chart.XLabel?.Length ?? 0) <= MostName && (chart.YLabel?.Length ?? 0) <= MostName, $"Names and labels of a chart have up to 1,000 characters.");
        Need(chart.Series.All(series => series.Values.Concat(series.X ?? []).All(double.IsFinite)), $"Values of a chart are finite numbers.");
        if (chart.Type == ChartType.Scatter)
        {
            foreach (var series in chart.Series)
                Need(series.X?.Count == series.Values.Count, $"The series \"{series.Name}\" of a scatter chart needs as many x as values: {series.X?.Count ?? 0} and {series.Values.Count}.");
            return;
        }
        foreach (var series in chart.Series)
            Need(series.Values.Count == chart.Labels.Count, $"The series \"{series.Name}\" has {series.Values.Count} values; there are {chart.Labels.Count} labels.");
        if (chart.Type == ChartType.Pie)
            Need(chart.Series is [var only] && only.Values.All(value => value >= 0), $"A pie chart has one series, and none of its values is negative.");
    }

    private static void Check(ImageContent image)
    {
        Need(ImageBytes.MediaTypes.Contains(image.MediaType), $"An image is one of {string.Join(", ", ImageBytes.MediaTypes)}.");
        Need(image.Alt.Length <= MostName, $"The words for an image have up to 1,000 characters.");
        CheckPicture(image.MediaType, image.Data);
    }

    private static void Check(PageContent page)
    {
        Need(page.MediaType is "image/png" or "image/jpeg", $"The picture of a page is image/png or image/jpeg.");
        Need(page.Address.Length <= MostAddress && page.Title.Length <= MostName, $"A page's address has up to 4,000 characters, its title up to 1,000.");
        CheckPicture(page.MediaType, page.Data);
    }

    private static void CheckPicture(string mediaType, string data)
    {
        // 4 characters for 3 bytes: what is far too long is not even decoded.
        var bytes = new byte[ImageBytes.Most];
        Need(data.Length <= ImageBytes.Most * 2, $"An image has up to 2 MB.");
        if (!Convert.TryFromBase64String(data, bytes, out var length))
            throw Refusal.Invalid("content", data.Length / 4 * 3 - 2 > ImageBytes.Most ? "An image has up to 2 MB." : "The image's data is no base64.");
        Need(ImageBytes.Fit(mediaType, bytes.AsSpan(0, length)), $"The data of the image is not {mediaType}.");
    }

    // PostgreSQL keeps no NUL in a text, and neither database half a surrogate pair.
    internal static bool IsStorable(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\0' || (char.IsSurrogate(text[i]) && (i + 1 == text.Length || !char.IsSurrogatePair(text[i], text[i + 1]))))
                return false;
            if (char.IsSurrogate(text[i]))
                i++;
        }
        return true;
    }

    private static void Need(bool isSo, FormattableString otherwise)
    {
        if (!isSo)
            throw Refusal.Invalid("content", FormattableString.Invariant(otherwise));
    }
}
