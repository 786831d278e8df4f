namespace Alumia.Lab.Web;

/// <summary>The tables of a page: a table in a table is layout, and only the innermost has cells.</summary>
internal sealed class MarkdownTable(MarkdownWriter writer)
{
    private readonly Stack<State> _tables = new();

    public void Begin()
    {
        if (_tables.TryPeek(out var outer))
            (outer.IsLayout, writer.IsCell) = (true, false);
        writer.Break(2);
        if (_tables.Count < 50)
            _tables.Push(new State());
    }

    public void End()
    {
        RowEnds();
        _tables.TryPop(out _);
        writer.IsCell = false;
        writer.Break(2);
    }

    public void Row()
    {
        RowEnds();
        if (!_tables.TryPeek(out var table))
            return;
        writer.Break(1);
        (table.Cells, table.IsOpen) = (0, false);
    }

    public void Cell()
    {
        if (!_tables.TryPeek(out var table) || table.IsLayout)
        {
            writer.Break(1);
            return;
        }
        CellEnds(table);
        writer.Write(table.Cells == 0 ? "| " : " ");
        table.Cells++;
        (table.IsOpen, writer.IsCell) = (true, true);
    }

    public void RowEnds()
    {
        if (!_tables.TryPeek(out var table) || table.Cells == 0)
            return;
        CellEnds(table);
        var cells = table.Cells;
        table.Cells = 0;
        writer.IsCell = false;
        if (table.IsLayout)
            return;
        writer.Break(1);
        if (table.HasHead)
            return;
        table.HasHead = true;
        writer.Write("|" + string.Concat(Enumerable.Repeat(" --- |", cells)));
        writer.Break(1);
    }

    private void CellEnds(State table)
    {
        if (table.IsOpen && !table.IsLayout)
            writer.Write(" |");
        table.IsOpen = false;
    }

    private sealed class State
    {
        public int Cells { get; set; }

        public bool IsOpen { get; set; }

        public bool HasHead { get; set; }

        public bool IsLayout { get; set; }
    }
}
