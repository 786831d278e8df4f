using System.Text;
using Alumia.Lab.Blocks.Content;
using Alumia.Lab.Blocks.Views;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace Alumia.Lab.Blocks.Editors;

/// <summary>A table to write in, a page of rows at a time.</summary>
public sealed partial class TableEditor(IJSRuntime js) : IContentEditor, IAsyncDisposable
{
    private const int MostFields = 600;
    private const int MostPasted = 4_000_000;

    private readonly PageScript _hands = new(js);
    private TableDraft _table = null!;
    private ElementReference _grid;
    private DotNetObjectReference<TableEditor>? _self;
    private string? _note;
    private int _page;

    /// <summary>What it begins with.</summary>
    [Parameter, EditorRequired]
    public string Content { get; set; } = "";

    /// <summary>Something was written.</summary>
    [Parameter]
    public EventCallback OnWritten { get; set; }

    private static int MostInCell => BlockContents.MostInCell;

    private int PageSize => Math.Max(5, MostFields / _table.Columns.Count);

    private int Pages => Math.Max(1, (_table.Rows.Count + PageSize - 1) / PageSize);

    private int First => Math.Min(_page, Pages - 1) * PageSize;

    public Task<string> ContentAsync(CancellationToken cancellation) => Task.FromResult(_table.Content.ToJson());

    /// <summary>A table is kept on the server while it is written: it leaves no draft.</summary>
    public Task ForgetAsync() => Task.CompletedTask;

    /// <summary>Called by the browser: Enter in the last row begins another.</summary>
    [JSInvokable]
    public async Task EndAsync()
    {
        await AddRowAsync();
        StateHasChanged();
    }

    /// <summary>Called by the browser: cells of a spreadsheet, over those from here on.</summary>
    [JSInvokable]
    public async Task PasteAsync(int row, int column, IJSStreamReference pasted)
    {
        if (row < -1 || row >= _table.Rows.Count || column < 0 || column >= _table.Columns.Count)
            return;
        await using var bytes = await pasted.OpenReadStreamAsync(MostPasted);
        using var reader = new StreamReader(bytes, Encoding.UTF8);
        var cells = Csv.Read(await reader.ReadToEndAsync());
        await ChangeAsync(() => _table.Paste(row, column, cells));
        StateHasChanged();
    }

    protected override void OnInitialized() => _table = new TableDraft(TableContent.Parse(Content));

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!firstRender)
            return;
        _self = DotNetObjectReference.Create(this);
        await _hands.ImportAsync($"./{Assets["js/editor.js"]}", "grid", _grid, _self);
    }

    public async ValueTask DisposeAsync()
    {
        await _hands.DisposeAsync();
        _self?.Dispose();
    }

    private Task AddRowAsync() => ChangeAsync(() =>
    {
        var added = _table.AddRow();
        _page = Pages - 1;
        return added;
    });

    private Task AddColumnAsync() => ChangeAsync(_table.AddColumn);

    private Task RemoveRowAsync(int row) => ChangeAsync(() =>
    {
        _table.RemoveRow(row);
        return true;
    });

    private Task RemoveColumnAsync(int column) => ChangeAsync(() =>
    {
        _table.RemoveColumn(column);
        return true;
    });

    private Task NameAsync(int column, ChangeEventArgs args) => ChangeAsync(() =>
    {
        _table.Columns[column] = (string?)args.Value ?? "";
        return true;
    });

    private Task WriteAsync(int row, int column, ChangeEventArgs args) => ChangeAsync(() =>
    {
        _table.Rows[row][column] = (string?)args.Value ?? "";
        return true;
    });

    private Task ChangeAsync(Func<bool> change)
    {
        _note = change() ? null : "A table has up to 100 columns and 10,000 cells: this would be more.";
        return OnWritten.InvokeAsync();
    }
}
