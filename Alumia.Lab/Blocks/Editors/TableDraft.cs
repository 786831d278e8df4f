using Alumia.Lab.Blocks.Content;

namespace Alumia.Lab.Blocks.Editors;

/// <summary>A table that is being written. It always has a column, and every row has a cell for each.</summary>
internal sealed class TableDraft
{
    private const int MostColumns = 100;
    private const int MostCells = 10_000;

    private readonly List<List<string>> _rows;

    internal TableDraft(TableContent table)
    {
        Columns = [.. table.Columns];
        _rows = [.. table.Rows.Select(row => row.ToList())];
    }

    internal List<string> Columns { get; }

    internal IReadOnlyList<List<string>> Rows => _rows;

    internal TableContent Content => new([.. Columns], [.. _rows.Select(row => (IReadOnlyList<string>)[.. row])]);

    private static bool MayGrow(int columns, int rows) => columns <= MostColumns && (long)columns * rows <= MostCells;

    internal bool AddRow() => Grow(Columns.Count, _rows.Count + 1);

    internal bool AddColumn() => Grow(Columns.Count + 1, _rows.Count);

    internal void RemoveRow(int row) => _rows.RemoveAt(row);

    internal void RemoveColumn(int column)
    {
        Columns.RemoveAt(column);
        _rows.ForEach(row => row.RemoveAt(column));
    }

    /// <summary>Lays cells over those from here on, and adds rows and columns where they reach beyond. Row -1 is the names of the columns.</summary>
    /// <returns>False where a table may not be so large; nothing is changed then.</returns>
    internal bool Paste(int row, int column, IReadOnlyList<IReadOnlyList<string>> cells)
    {
        var width = cells.Select(line => line.Count).DefaultIfEmpty(0).Max();
        if (!Grow(Math.Max(Columns.Count, column + width), Math.Max(_rows.Count, row + cells.Count)))
            return false;
        for (var down = 0; down < cells.Count; down++)
        {
            var target = row + down < 0 ? Columns : _rows[row + down];
            for (var right = 0; right < cells[down].Count; right++)
                target[column + right] = cells[down][right];
        }
        return true;
    }

    private bool Grow(int columns, int rows)
    {
        if (!MayGrow(columns, rows))
            return false;
        while (Columns.Count < columns)
        {
            Columns.Add($"Column {Columns.Count + 1}");
            _rows.ForEach(row => row.Add(""));
        }
        while (_rows.Count < rows)
            _rows.Add([.. Columns.Select(_ => "")]);
        return true;
    }
}
