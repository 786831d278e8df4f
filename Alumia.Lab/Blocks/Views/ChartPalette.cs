namespace Alumia.Lab.Blocks.Views;

/// <summary>
/// The colours of charts, as <c>tokens.css</c> names them and sets them in the light; a test compares them. Charts are drawn with these
/// and worn with the tokens, so that they follow the theme; a chart that is saved keeps these.
/// </summary>
internal static class ChartPalette
{
    internal const string Text = "#1C1D20";
    internal const string Muted = "#5F636B";
    internal const string Line = "#E3E3DF";
    internal const string Surface = "#FFFFFF";

    internal static IReadOnlyList<string> Series { get; } = ["#3D4ED8", "#A6452F", "#30907C", "#B18C1A", "#EF57B1", "#0C4472", "#A179F8", "#693110"];

    /// <summary>Light colour to the name of its token.</summary>
    internal static IReadOnlyDictionary<string, string> Tokens { get; } = Series.Select((colour, index) => (colour, $"series-{index + 1}"))
        .Concat([(Text, "text"), (Muted, "muted"), (Line, "line"), (Surface, "surface")]).ToDictionary(pair => pair.Item1, pair => pair.Item2);
}
