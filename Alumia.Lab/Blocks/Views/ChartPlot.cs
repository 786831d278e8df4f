using System.Globalization;
using System.Xml;
using Alumia.Lab.Blocks.Content;
using OxyPlot;
using OxyPlot.Axes;
using OxyPlot.Legends;
using OxyPlot.Series;

namespace Alumia.Lab.Blocks.Views;

/// <summary>A chart as OxyPlot's model.</summary>
internal static class ChartPlot
{
    private const int MostSlices = 12;
    private const int MostMarkers = 60;
    private const int MostLabel = 16;

    private static readonly MarkerType[] _markers = [MarkerType.Circle, MarkerType.Square, MarkerType.Triangle, MarkerType.Diamond];
    private static readonly LineStyle[] _dashes = [LineStyle.Solid, LineStyle.Dash, LineStyle.Dot];
    private static readonly OxyColor _text = OxyColor.Parse(ChartPalette.Text);
    private static readonly OxyColor _muted = OxyColor.Parse(ChartPalette.Muted);
    private static readonly OxyColor _line = OxyColor.Parse(ChartPalette.Line);

    /// <param name="chart">What to draw.</param>
    /// <param name="width">In pixels; decides how many labels find room.</param>
    internal static PlotModel Of(ChartContent chart, double width)
    {
        var plot = new PlotModel
        {
            Culture = CultureInfo.InvariantCulture,
            DefaultFontSize = 12,
            TextColor = _muted,
            PlotAreaBorderThickness = new OxyThickness(0),
            Padding = new OxyThickness(4, 8, 12, 4),
        };
        if (chart.Type == ChartType.Pie)
        {
            plot.Series.Add(Pie(chart));
            return plot;
        }
        if (chart.Series.Count > 1)
            plot.Legends.Add(new Legend { LegendPlacement = LegendPlacement.Outside, LegendPosition = LegendPosition.TopLeft, LegendOrientation = LegendOrientation.Horizontal, LegendTextColor = _text });
        plot.Axes.Add(chart.Type == ChartType.Scatter ? Numbers(AxisPosition.Bottom, chart.XLabel) : Categories(chart, width));
        var values = Numbers(AxisPosition.Left, chart.YLabel);
        if (chart.Type == ChartType.Bar && chart.Series.All(series => series.Values.All(value => value >= 0)))
            values.Minimum = 0;
        plot.Axes.Add(values);
        for (var i = 0; i < chart.Series.Count; i++)
            plot.Series.Add(Series(chart, i));
        return plot;
    }

    private static LinearAxis Numbers(AxisPosition position, string? title) => new()
    {
        Position = position,
        Key = position == AxisPosition.Left ? "y" : "x",
        Title = Clean(title ?? "", 60),
        TickStyle = OxyPlot.Axes.TickStyle.None,
        MajorGridlineStyle = LineStyle.Solid,
        MajorGridlineColor = _line,
        MajorGridlineThickness = 1,
        AxislineColor = _line,
        LabelFormatter = Short,
        IntervalLength = 44,
        AxisTitleDistance = 16,
        MinimumPadding = 0.04,
        MaximumPadding = 0.06,
    };

    private static CategoryAxis Categories(ChartContent chart, double width)
    {
        var axis = new CategoryAxis
        {
            Position = AxisPosition.Bottom,
            Key = "x",
            Title = Clean(chart.XLabel ?? "", 60),
            IsTickCentered = true,
            TickStyle = OxyPlot.Axes.TickStyle.None,
            AxislineStyle = LineStyle.Solid,
            AxislineColor = _line,
            GapWidth = 0.4,
            AxisTitleDistance = 8,
        };
        axis.Labels.AddRange(chart.Labels.Select(label => Clean(label, MostLabel)));
        var longest = axis.Labels.Select(label => label.Length).DefaultIfEmpty(1).Max();
        axis.MajorStep = Math.Max(1, Math.Ceiling(axis.Labels.Count * (longest * 6.6 + 10) / (width - 60)));
        return axis;
    }

    private static Series Series(ChartContent chart, int index)
    {
        var series = chart.Series[index];
        var (name, colour) = (Clean(series.Name, 40), Colour(index));
        switch (chart.Type)
        {
            case ChartType.Bar:
                // Bars that stand: OxyPlot's own lie, so its axes change places.
                var bars = new BarSeries { Title = name, FillColor = colour, StrokeThickness = 0, XAxisKey = "y", YAxisKey = "x" };
                bars.Items.AddRange(series.Values.Select((value, place) => new BarItem(value, place)));
                return bars;
            case ChartType.Scatter:
                var points = new ScatterSeries { Title = name, MarkerType = Marker(index), MarkerSize = 3.5, MarkerFill = colour };
                points.Points.AddRange(series.Values.Select((value, place) => new ScatterPoint(series.X![place], value)));
                return points;
            default:
                var line = new LineSeries { Title = name, Color = colour, StrokeThickness = 2, LineStyle = _dashes[index / ChartPalette.Series.Count % _dashes.Length] };
                if (series.Values.Count <= MostMarkers)
                    (line.MarkerType, line.MarkerSize, line.MarkerFill) = (Marker(index), 3, colour);
                line.Points.AddRange(series.Values.Select((value, place) => new DataPoint(place, value)));
                return line;
        }
    }

    private static PieSeries Pie(ChartContent chart)
    {
        var pie = new PieSeries
        {
            InsideLabelFormat = null,
            OutsideLabelFormat = "{1} {2:0}%",
            TextColor = _text,
            Stroke = OxyColor.Parse(ChartPalette.Surface),
            StrokeThickness = 1.5,
            StartAngle = -90,
            Diameter = 0.9,
            TickLabelDistance = 4,
            TickRadialLength = 6,
            TickHorizontalLength = 6,
        };
        var slices = chart.Labels.Zip(chart.Series[0].Values).Where(slice => slice.Second > 0).ToList();
        if (slices.Count > MostSlices)
        {
            var largest = slices.OrderByDescending(slice => slice.Second).Take(MostSlices - 1).ToHashSet();
            var rest = slices.Where(slice => !largest.Contains(slice)).ToList();
            slices = [.. slices.Where(largest.Contains), ($"{rest.Count} others", rest.Sum(slice => slice.Second))];
        }
        foreach (var (label, value) in slices)
            pie.Slices.Add(new PieSlice(Clean(label, MostLabel), value) { Fill = Colour(pie.Slices.Count) });
        return pie;
    }

    private static OxyColor Colour(int index) => OxyColor.Parse(ChartPalette.Series[index % ChartPalette.Series.Count]);

    private static MarkerType Marker(int index) => _markers[index % _markers.Length];

    private static string Short(double value) => Math.Abs(value) switch
    {
        0 => "0",
        >= 1e7 or < 1e-4 => value.ToString("0.###e0", CultureInfo.InvariantCulture),
        _ => value.ToString("#,0.####", CultureInfo.InvariantCulture),
    };

    /// <summary>A label that fits, without what XML cannot hold.</summary>
    private static string Clean(string text, int most)
    {
        var info = new StringInfo(text);
        var cut = info.LengthInTextElements > most ? info.SubstringByTextElements(0, most - 1) + "…" : text;
        return string.Concat(cut.EnumerateRunes().Select(rune => rune.IsBmp && !XmlConvert.IsXmlChar((char)rune.Value) ? "\uFFFD" : rune.ToString()));
    }
}
