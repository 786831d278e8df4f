using System.Globalization;
using Alumia.Lab.Blocks.Content;
using Microsoft.AspNetCore.Components;

namespace Alumia.Lab.Blocks.Views;

/// <summary>A chart, drawn on the server; its numbers are a switch away.</summary>
public sealed partial class ChartView
{
    private ChartContent? _drawn;
    private TableContent _table = null!;
    private string? _small;
    private string? _large;
    private bool _isTable;

    [Parameter, EditorRequired]
    public ChartContent Chart { get; set; } = null!;

    [Parameter]
    public string Name { get; set; } = "chart";

    /// <summary>For a small place; else a wider drawing comes along, and the place decides.</summary>
    [Parameter]
    public bool IsCompact { get; set; }

    private string Kind => Chart.Type.ToString();

    private string Label
    {
        get
        {
            var points = Chart.Series.Sum(series => series.Values.Count);
            var series = Chart.Type == ChartType.Pie ? "" : $" of {string.Join(", ", Chart.Series.Take(5).Select(one => one.Name))}{(Chart.Series.Count > 5 ? " and others" : "")}";
            var axes = (Chart.XLabel, Chart.YLabel) is ({ Length: > 0 } x, { Length: > 0 } y) ? $", {y} by {x}" : "";
            return string.Create(CultureInfo.InvariantCulture, $"{Kind} chart {Name}{series}{axes}: {points:N0} {(points == 1 ? "value" : "values")}. Show as table has them all.");
        }
    }

    protected override void OnParametersSet()
    {
        if (ReferenceEquals(_drawn, Chart))
            return;
        (_drawn, _table) = (Chart, ChartTable.Of(Chart));
        _small = ChartSvg.ForPage(Chart, 400, 260);
        _large = IsCompact || _small is null ? null : ChartSvg.ForPage(Chart, 720, 400);
    }
}
