using System.Globalization;
using Alumia.Lab.Blocks.Content;

namespace Alumia.Lab.Blocks.Views;

/// <summary>The numbers of a chart as a table.</summary>
internal static class ChartTable
{
    internal static TableContent Of(ChartContent chart)
    {
        if (chart.Type == ChartType.Scatter)
        {
            return new TableContent(["Series", Or(chart.XLabel, "x"), Or(chart.YLabel, "y")],
                [.. chart.Series.SelectMany(series => series.Values.Select((value, place) => (string[])[series.Name, Say(series.X![place]), Say(value)]))]);
        }
        return new TableContent([Or(chart.XLabel, "Label"), .. chart.Series.Select((series, index) => Or(series.Name, $"Series {index + 1}"))],
            [.. chart.Labels.Select((label, place) => (string[])[label, .. chart.Series.Select(series => Say(series.Values[place]))])]);
    }

    private static string Or(string? text, string otherwise) => string.IsNullOrWhiteSpace(text) ? otherwise : text;

    private static string Say(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}
