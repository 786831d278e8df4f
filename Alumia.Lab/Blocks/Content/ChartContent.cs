using System.Text.Json.Serialization;

namespace Alumia.Lab.Blocks.Content;

public enum ChartType
{
    [JsonStringEnumMemberName("line")] Line,
    [JsonStringEnumMemberName("bar")] Bar,
    [JsonStringEnumMemberName("pie")] Pie,
    [JsonStringEnumMemberName("scatter")] Scatter,
}

/// <summary>A named row of values; <see cref="X"/> says where they stand in a scatter chart.</summary>
public sealed record ChartSeries(string Name, IReadOnlyList<double> Values, IReadOnlyList<double>? X);

/// <summary>A chart: its series, and a label for each of their values (for none in a scatter chart).</summary>
public sealed record ChartContent(ChartType Type, string? XLabel, string? YLabel, IReadOnlyList<string> Labels, IReadOnlyList<ChartSeries> Series)
{
    /// <exception cref="Refusal">It is no chart.</exception>
    public static ChartContent Parse(string json)
    {
        var content = ContentJson.Parse(json, ContentJson.Default.ChartContent, "chart");
        var (labels, series) = (content.Labels ?? [], content.Series ?? []);
        if (labels.Contains(null!) || series.Contains(null!))
            throw Refusal.Invalid("content", "Labels and series of a chart cannot be left empty with null.");
        return content with
        {
            Labels = labels,
            Series = [.. series.Select(one => one with { Name = one.Name ?? "", Values = one.Values ?? [] })],
        };
    }

    public string ToJson() => System.Text.Json.JsonSerializer.Serialize(this, ContentJson.Default.ChartContent);
}
