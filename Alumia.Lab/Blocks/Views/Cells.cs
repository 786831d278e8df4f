using System.Globalization;
using Alumia.Lab.Blocks.Content;

namespace Alumia.Lab.Blocks.Views;

/// <summary>How the cells of a table compare.</summary>
internal static class Cells
{
    private static readonly StringComparer _words = StringComparer.Create(CultureInfo.InvariantCulture, CompareOptions.IgnoreCase | CompareOptions.NumericOrdering);

    /// <summary>What a cell is worth as a number: <c>1,204.5</c>, <c>-3</c>, <c>$12.40</c>, <c>12 %</c>; null where it is none.</summary>
    internal static double? Number(string cell)
    {
        var text = cell.AsSpan().Trim();
        if (text.Length > 0 && text[0] is '$' or '€' or '£' or '¥')
            text = text[1..];
        if (text.Length > 0 && text[^1] == '%')
            text = text[..^1].TrimEnd();
        return double.TryParse(text, NumberStyles.Float | NumberStyles.AllowThousands, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? number : null;
    }

    /// <summary>Whether a column holds numbers and nothing else; empty cells do not count.</summary>
    internal static bool IsNumeric(TableContent table, int column) =>
        table.Rows.Any(row => row[column].Length > 0) && table.Rows.All(row => row[column].Length == 0 || Number(row[column]) is not null);

    /// <summary>The rows in the order of one column: numbers as numbers, before words; empty cells last in both directions.</summary>
    internal static IEnumerable<IReadOnlyList<string>> Sort(IEnumerable<IReadOnlyList<string>> rows, int column, bool isDescending)
    {
        var keyed = rows.Select(row => (Row: row, Cell: row[column].Trim(), Number: Number(row[column])))
            .OrderBy(key => key.Cell.Length == 0);
        keyed = isDescending
            ? keyed.ThenBy(key => key.Number is not null).ThenByDescending(key => key.Number).ThenByDescending(key => key.Cell, _words)
            : keyed.ThenBy(key => key.Number is null).ThenBy(key => key.Number).ThenBy(key => key.Cell, _words);
        return keyed.Select(key => key.Row);
    }
}
