using System.Text.RegularExpressions;
using System.Xml.Linq;
using Alumia.Lab.Blocks.Content;
using Alumia.Lab.Blocks.Views;
using Alumia.Lab.Tests.Harness;
using CsCheck;

namespace Alumia.Lab.Tests.Blocks;

public sealed partial class ChartTests
{
    private const string Hostile = "<script>window.__pwned=1</script>\" onload=\"x\u0001 rgb(61,78,216)";
    private static readonly string _tokens = File.ReadAllText(Path.Combine(Repository.Root, "wwwroot", "css", "tokens.css"));

    public static TheoryData<ChartType> Types => [.. Enum.GetValues<ChartType>()];

    [Theory]
    [MemberData(nameof(Types))]
    public void It_is_drawn_in_the_themes_colours_with_labels_that_are_text_and_ids_of_its_own(ChartType type)
    {
        var chart = Chart(type, [Hostile, "b", "c"], [3, 1, 2]);
        var (one, two) = (XElement.Parse(ChartSvg.ForPage(chart, 400, 260)!), XElement.Parse(ChartSvg.ForPage(chart, 400, 260)!));
        Assert.DoesNotContain(one.Descendants(), element => element.Name.LocalName is "script" or "foreignObject" or "image" or "a" or "style");
        Assert.DoesNotContain(one.DescendantsAndSelf().Attributes(), attribute => attribute.Name.LocalName.StartsWith("on", StringComparison.Ordinal) || attribute.Value.Contains("rgb(61", StringComparison.Ordinal));
        Assert.Contains(one.Descendants().Attributes(), attribute => attribute.Value.Contains("var(--series-1)", StringComparison.Ordinal));
        Assert.Contains(one.Descendants(), element => element.Name.LocalName == "text" && element.Value.StartsWith("<script>", StringComparison.Ordinal));
        Assert.Empty(Ids(one).Intersect(Ids(two)));
        Assert.Contains("fill=\"white\"", ChartSvg.ForFile(chart, 840, 440), StringComparison.Ordinal);
    }

    /// <summary>OxyPlot counts its way along an axis: a span that no number holds would never end.</summary>
    [Fact]
    public void Numbers_of_any_size_are_drawn_or_told_to_be_beyond_it()
    {
        var any = Gen.OneOf(Gen.Double, Gen.OneOf<double>(0, 1, -1, 1e99, -1e99, 1e300, -1e308, double.MaxValue, double.Epsilon, 1e15, 1e15 + 1, 1e-300)).Where(double.IsFinite);
        Gen.Select(Gen.Enum<ChartType>(), any.Array[1, 6]).Sample((type, values) =>
        {
            var chart = Chart(type, [.. values.Select((_, place) => $"l{place}")], type == ChartType.Pie ? [.. values.Select(Math.Abs)] : values);
            Assert.DoesNotContain("exception", ChartSvg.ForPage(chart, 400, 260) ?? "", StringComparison.OrdinalIgnoreCase);
        }, iter: 400, threads: 1);
        Assert.NotNull(ChartSvg.ForPage(Chart(ChartType.Line, ["a", "b"], [-1e9, 1e9]), 400, 260));
        Assert.NotNull(ChartSvg.ForPage(Chart(ChartType.Bar, ["a", "b"], [0, 0]), 400, 260));
        Assert.Null(ChartSvg.ForPage(Chart(ChartType.Pie, ["a"], [0]), 400, 260));
        Assert.Throws<Refusal>(() => ChartSvg.ForFile(Chart(ChartType.Pie, ["a"], [0]), 400, 260));
    }

    [Fact]
    public void The_largest_chart_is_drawn_too()
    {
        var values = Enumerable.Range(0, 2_000).Select(n => Math.Sin(n / 30.0)).ToArray();
        foreach (var type in Enum.GetValues<ChartType>())
            Assert.NotNull(ChartSvg.ForPage(Chart(type, [.. values.Select((_, place) => $"label {place}")], type == ChartType.Pie ? [.. values.Select(Math.Abs)] : values), 400, 260));
    }

    [Fact]
    public void Its_table_has_every_number()
    {
        var lines = ChartTable.Of(new ChartContent(ChartType.Line, "Month", null, ["Jan", "Feb"], [new("Tea", [1, 2.5], null), new("", [3, 4], null)]));
        Assert.Equal(["Month", "Tea", "Series 2"], lines.Columns);
        Assert.Equal([["Jan", "1", "3"], ["Feb", "2.5", "4"]], lines.Rows);
        var points = ChartTable.Of(new ChartContent(ChartType.Scatter, null, "Weight", [], [new("A", [1, 2], [5, 6])]));
        Assert.Equal(["Series", "x", "Weight"], points.Columns);
        Assert.Equal([["A", "5", "1"], ["A", "6", "2"]], points.Rows);
    }

    [Fact]
    public void The_palette_is_that_of_the_tokens_and_seen_on_both_surfaces()
    {
        var light = Tokens(":root");
        Assert.All(ChartPalette.Tokens, pair => Assert.Equal(pair.Key, light[pair.Value]));
        foreach (var theme in new[] { light, Tokens(":root[data-theme=\"dark\"]") })
        {
            var series = theme.Where(token => token.Key.StartsWith("series-", StringComparison.Ordinal)).ToList();
            Assert.Equal(8, series.Count);
            Assert.All(series, token => Assert.True(Contrast(token.Value, theme["surface"]) >= 3, $"{token.Key} {token.Value}"));
        }
    }

    private static ChartContent Chart(ChartType type, string[] labels, double[] values) => new(type, Hostile, "y", type == ChartType.Scatter ? [] : labels,
        [new ChartSeries(Hostile, values, type == ChartType.Scatter ? values : null), .. type == ChartType.Pie ? [] : new[] { new ChartSeries("other", values, type == ChartType.Scatter ? values : null) }]);

    private static IEnumerable<string> Ids(XElement svg) => svg.DescendantsAndSelf().Attributes("id").Select(id => id.Value);

    private static Dictionary<string, string> Tokens(string selector)
    {
        var start = _tokens.IndexOf(selector + " {", StringComparison.Ordinal);
        return Token().Matches(_tokens[start.._tokens.IndexOf('}', start)]).ToDictionary(match => match.Groups[1].Value, match => match.Groups[2].Value);
    }

    private static double Contrast(string one, string other)
    {
        var (a, b) = (Luminance(one), Luminance(other));
        return (Math.Max(a, b) + 0.05) / (Math.Min(a, b) + 0.05);
    }

    private static double Luminance(string hex)
    {
        var parts = Convert.FromHexString(hex[1..]).Select(part => part / 255.0).Select(part => part <= 0.04045 ? part / 12.92 : Math.Pow((part + 0.055) / 1.055, 2.4)).ToList();
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2];
    }

    [GeneratedRegex(@"--([\w-]+): (#[0-9A-Fa-f]{6});")]
    private static partial Regex Token();
}
