using System.Globalization;
using Alumia.Lab.Blocks.Content;
using Microsoft.AspNetCore.Components;

namespace Alumia.Lab.Blocks.Views;

/// <summary>A table to read: sorted by a column, filtered by a word, a page of rows at a time.</summary>
public sealed partial class TableView(BrowserFiles files)
{
    private TableContent? _arranged;
    private IReadOnlyList<IReadOnlyList<string>> _rows = [];
    private bool[] _numeric = [];
    private string _filter = "";
    private int? _column;
    private bool _isDescending;
    private int _page;

    [Parameter, EditorRequired]
    public TableContent Table { get; set; } = null!;

    /// <summary>What it is called; the file takes its name from it.</summary>
    [Parameter]
    public string Name { get; set; } = "table";

    /// <summary>For a small place: fewer rows at a time.</summary>
    [Parameter]
    public bool IsCompact { get; set; }

    private int PageSize => IsCompact ? 25 : 100;

    private int Pages => Math.Max(1, (_rows.Count + PageSize - 1) / PageSize);

    private string Count
    {
        get
        {
            var (all, shown) = (Table.Rows.Count, _rows.Count);
            return string.Create(CultureInfo.InvariantCulture, $"{(shown == all ? "" : $"{shown:N0} of ")}{all:N0} {(all == 1 ? "row" : "rows")}");
        }
    }

    protected override void OnParametersSet()
    {
        if (ReferenceEquals(_arranged, Table))
            return;
        _arranged = Table;
        _numeric = [.. Enumerable.Range(0, Table.Columns.Count).Select(column => Cells.IsNumeric(Table, column))];
        if (_column >= Table.Columns.Count)
            _column = null;
        var page = _page;
        Arrange();
        // A new version of the table keeps the reader where they were.
        _page = Math.Min(page, Pages - 1);
    }

    private string? Align(int column) => _numeric[column] ? "number" : null;

    private string? Sort(int column) => column != _column ? null : _isDescending ? "descending" : "ascending";

    private void SortBy(int column)
    {
        (_column, _isDescending) = (_column == column, _isDescending) switch
        {
            (false, _) => (column, false),
            (true, false) => (column, true),
            _ => ((int?)null, false),
        };
        Arrange();
    }

    private void Arrange()
    {
        var words = _filter.Trim();
        var rows = words.Length == 0
            ? Table.Rows
            : Table.Rows.Where(row => row.Any(cell => cell.Contains(words, StringComparison.OrdinalIgnoreCase)));
        _rows = [.. _column is { } column ? Cells.Sort(rows, column, _isDescending) : rows];
        _page = 0;
    }

    /// <summary>With a byte order mark: spreadsheets take a CSV for the machine's own encoding otherwise.</summary>
    private Task SaveAsync() => files.SaveAsync(BrowserFiles.Name(Name, ".csv"), "text/csv;charset=utf-8", "\uFEFF" + Csv.Write(new TableContent(Table.Columns, _rows)));
}
