using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Alumia.Lab.Blocks.Content;
using OxyPlot;

namespace Alumia.Lab.Blocks.Views;

/// <summary>A chart as SVG, drawn on the server: no script, and one string on the wire.</summary>
internal static partial class ChartSvg
{
    private const double Widest = 1e100;

    /// <summary>For a page: as wide as its place, in the colours of the theme. Null where it cannot be drawn.</summary>
    internal static string? ForPage(ChartContent chart, double width, double height)
    {
        if (!CanDraw(chart) || Draw(chart, width, height) is not { } root)
            return null;
        // Ids are the page's, and a page has many charts.
        var own = Guid.NewGuid().ToString("N")[..8];
        foreach (var element in root.DescendantsAndSelf())
        {
            element.Attribute("font-family")?.Remove();
            foreach (var attribute in element.Attributes())
            {
                attribute.Value = attribute.Name.LocalName switch
                {
                    "id" => own + attribute.Value,
                    "clip-path" => attribute.Value.Replace("url(#", $"url(#{own}", StringComparison.Ordinal),
                    _ => Rgb().Replace(attribute.Value, Token),
                };
            }
        }
        root.SetAttributeValue("width", null);
        root.SetAttributeValue("height", null);
        return root.ToString(SaveOptions.DisableFormatting);
    }

    /// <summary>For a file of its own: on white.</summary>
    /// <exception cref="Refusal">It cannot be drawn.</exception>
    internal static string ForFile(ChartContent chart, double width, double height)
    {
        if (!CanDraw(chart) || Draw(chart, width, height) is not { } root)
            throw Refusal.Invalid("content", "This chart cannot be drawn. Show it as a table and keep that.");
        root.AddFirst(new XElement(root.Name.Namespace + "rect", new XAttribute("width", "100%"), new XAttribute("height", "100%"), new XAttribute("fill", "white")));
        return root.ToString();
    }

    /// <summary>Axes need a span that a number can hold, and steps that still change it; a pie needs something to divide.</summary>
    private static bool CanDraw(ChartContent chart) => chart.Type == ChartType.Pie
        ? chart.Series[0].Values.Sum() is > 0 and < Widest
        : IsSpan(chart.Series.SelectMany(series => series.Values)) && IsSpan(chart.Series.SelectMany(series => series.X ?? []));

    private static bool IsSpan(IEnumerable<double> values)
    {
        var all = values.DefaultIfEmpty(0).ToList();
        var (low, high) = (all.Min(), all.Max());
        var far = Math.Max(Math.Abs(low), Math.Abs(high));
        return far < Widest && (high == low || high - low > Math.Max(far * 1e-9, 1e-200));
    }

    private static XElement? Draw(ChartContent chart, double width, double height)
    {
        var plot = ChartPlot.Of(chart, width);
        plot.DefaultFont = "sans-serif";
        plot.Background = OxyColors.Transparent;
        var drawn = SvgExporter.ExportToString(plot, width, height, isDocument: false, new TextMeasure());
        // OxyPlot catches what goes wrong and writes it into the drawing.
        if (plot.GetLastPlotException() is not null)
            return null;
        var root = XElement.Parse(drawn);
        // Letters may be wider than they were measured: they are not cut.
        foreach (var group in root.Elements().Where(element => element.Elements().Any(child => child.Name.LocalName == "text")))
            group.SetAttributeValue("clip-path", null);
        root.SetAttributeValue("viewBox", string.Create(CultureInfo.InvariantCulture, $"0 0 {width} {height}"));
        return root;
    }

    private static string Token(Match match)
    {
        var parts = match.Groups.Values.Skip(1).Select(group => int.Parse(group.ValueSpan, CultureInfo.InvariantCulture)).ToList();
        var colour = $"#{parts[0]:X2}{parts[1]:X2}{parts[2]:X2}";
        return ChartPalette.Tokens.TryGetValue(colour, out var token) ? $"var(--{token})" : match.Value;
    }

    /// <summary>Room for the wider of the fonts that a reader may have: OxyPlot measures Helvetica.</summary>
    private sealed class TextMeasure() : PdfRenderContext(100, 100, OxyColors.Transparent)
    {
        public override OxySize MeasureText(string text, string fontFamily, double fontSize, double fontWeight)
        {
            var size = base.MeasureText(text, "Arial", fontSize, fontWeight);
            return new OxySize(size.Width * 1.15, size.Height);
        }
    }

    [GeneratedRegex(@"rgb\((\d+),\s*(\d+),\s*(\d+)\)")]
    private static partial Regex Rgb();
}
