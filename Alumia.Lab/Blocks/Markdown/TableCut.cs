using System.Globalization;
using System.Text;

namespace Alumia.Lab.Blocks.Markdown;

/// <summary>Cuts tables that nobody could read, before they are parsed, and says so beneath them.</summary>
internal static class TableCut
{
    private const int MostRows = 500;
    private const int MostColumns = 100;

    public static string Apply(string text)
    {
        if (!text.Contains('|', StringComparison.Ordinal))
            return text;
        var kept = new StringBuilder(text.Length);
        var fence = new Fence();
        var rows = -1; // -1: not in a table.
        foreach (var line in text.AsSpan().EnumerateLines())
        {
            var isCode = fence.Take(line);
            if (isCode || line.IndexOf('|') < 0)
            {
                End(kept, rows);
                rows = -1;
            }
            else
            {
                rows = rows >= 0 ? rows + 1 : IsRule(line) ? 0 : -1;
                if (rows > MostRows)
                    continue;
                if (line.Count('|') > MostColumns)
                {
                    kept.Append(line.ToString().Replace("|", "\\|", StringComparison.Ordinal)).Append('\n');
                    continue;
                }
            }
            kept.Append(line).Append('\n');
        }
        End(kept, rows);
        return kept.ToString();
    }

    private static void End(StringBuilder kept, int rows)
    {
        if (rows > MostRows)
            kept.Append(CultureInfo.InvariantCulture, $"\n*{rows - MostRows:N0} more rows are not shown.*\n\n");
    }

    private static bool IsRule(ReadOnlySpan<char> line) => line.Contains('-') && line.IndexOfAnyExcept("|-: \t") < 0;
}

/// <summary>Follows a text line by line through its fenced code.</summary>
internal struct Fence
{
    private char _mark;
    private int _length;

    public readonly bool IsOpen => _length > 0;

    /// <summary>Whether this line belongs to fenced code, its fences counted.</summary>
    public bool Take(ReadOnlySpan<char> line)
    {
        var trimmed = line.TrimStart(' ');
        var mark = trimmed.IsEmpty ? '\0' : trimmed[0];
        var length = mark is '`' or '~' ? Run(trimmed, mark) : 0;
        if (IsOpen)
        {
            if (mark == _mark && length >= _length && trimmed[length..].Trim().IsEmpty)
                _length = 0;
            return true;
        }
        if (length < 3 || line.Length - trimmed.Length > 3 || mark == '`' && trimmed[length..].Contains('`'))
            return false;
        (_mark, _length) = (mark, length);
        return true;
    }

    private static int Run(ReadOnlySpan<char> text, char mark)
    {
        var end = text.IndexOfAnyExcept(mark);
        return end < 0 ? text.Length : end;
    }
}
