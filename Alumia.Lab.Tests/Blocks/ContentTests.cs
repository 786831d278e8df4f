using Alumia.Lab.Blocks;
using Alumia.Lab.Blocks.Content;
using CsCheck;

namespace Alumia.Lab.Tests.Blocks;

public sealed class ContentTests
{
    private static readonly Gen<string> _texts = Gen.OneOf(Gen.String[Gen.Char[' ', '\u024F'], 0, 12], Gen.OneOf("", "<b>", "\"", "\\", "a\nb", "😀", "\0", "=1+1"));
    private static readonly Gen<double> _numbers = Gen.OneOf(Gen.Double[-1e9, 1e9], Gen.OneOf<double>(0, -0.0, 1e300, double.Epsilon, 0.1));

    [Fact]
    public void What_is_written_as_json_reads_as_it_was()
    {
        Gen.Select(_texts, _texts).Sample((language, code) => Same(new CodeContent(language, code).ToJson(), json => CodeContent.Parse(json).ToJson()));
        Gen.Select(_texts, _texts, _texts).Sample((type, alt, data) => Same(new ImageContent(type, alt, data).ToJson(), json => ImageContent.Parse(json).ToJson()));
        Gen.Select(_texts.Array[0, 5], _texts.Array[0, 5].Array[0, 5]).Sample((columns, rows) => Same(new TableContent(columns, rows).ToJson(), json => TableContent.Parse(json).ToJson()));
        Gen.Select(Gen.Enum<ChartType>(), _texts, _texts.Array[0, 4], Gen.Select(_texts, _numbers.Array[0, 4], _numbers.Array[0, 4]).Array[0, 3]).Sample((type, label, labels, series) => Same(
            new ChartContent(type, label, null, labels, [.. series.Select(one => new ChartSeries(one.Item1, one.Item2, type == ChartType.Scatter ? one.Item3 : null))]).ToJson(),
            json => ChartContent.Parse(json).ToJson()));
        var chart = ChartContent.Parse("""{"type":"bar","labels":["a"],"series":[{"name":"s","values":[1]}]}""");
        Assert.Equal((ChartType.Bar, "a", 1.0), (chart.Type, chart.Labels[0], chart.Series[0].Values[0]));
        Assert.Contains("\"type\":\"bar\"", chart.ToJson(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(BlockKind.Table, "{\"columns\":[\"a\",\"b\"],\"rows\":[[\"1\"]]}", "Row 1 has 1 cells; there are 2 columns")]
    [InlineData(BlockKind.Table, "{\"columns\":[],\"rows\":[]}", "at least one column")]
    [InlineData(BlockKind.Table, "{\"columns\":[\"a\"],\"rows\":[[null]]}", "texts")]
    [InlineData(BlockKind.Table, "{\"columns\":[\"a\"],\"rows\":[[1]]}", "$.rows[0][0]")]
    [InlineData(BlockKind.Table, "{\"columns\":[\"a\"],\"rows\":[null]}", "texts")]
    [InlineData(BlockKind.Table, "[]", "no table")]
    [InlineData(BlockKind.Table, "null", "JSON object")]
    [InlineData(BlockKind.Table, "{", "no table")]
    [InlineData(BlockKind.Table, "", "no table")]
    [InlineData(BlockKind.Code, "{\"language\":\"\\ud800\",\"code\":\"\"}", "no code")]
    [InlineData(BlockKind.Chart, "{\"type\":\"donut\",\"labels\":[],\"series\":[]}", "$.type")]
    [InlineData(BlockKind.Chart, "{\"type\":7,\"labels\":[\"a\"],\"series\":[{\"name\":\"s\",\"values\":[1]}]}", "type")]
    [InlineData(BlockKind.Chart, "{\"type\":\"line\",\"labels\":[\"a\"],\"series\":[]}", "1 to 20 series")]
    [InlineData(BlockKind.Chart, "{\"type\":\"line\",\"labels\":[\"a\"],\"series\":[{\"name\":\"s\",\"values\":[]}]}", "1 to 2,000 points")]
    [InlineData(BlockKind.Chart, "{\"type\":\"line\",\"labels\":[\"a\"],\"series\":[{\"name\":\"s\",\"values\":[1,2]}]}", "2 values; there are 1 labels")]
    [InlineData(BlockKind.Chart, "{\"type\":\"line\",\"labels\":[\"a\"],\"series\":[{\"name\":\"s\",\"values\":[1e999]}]}", "finite")]
    [InlineData(BlockKind.Chart, "{\"type\":\"pie\",\"labels\":[\"a\"],\"series\":[{\"name\":\"s\",\"values\":[-1]}]}", "negative")]
    [InlineData(BlockKind.Chart, "{\"type\":\"pie\",\"labels\":[\"a\"],\"series\":[{\"name\":\"s\",\"values\":[1]},{\"name\":\"t\",\"values\":[1]}]}", "one series")]
    [InlineData(BlockKind.Chart, "{\"type\":\"scatter\",\"series\":[{\"name\":\"s\",\"values\":[1,2],\"x\":[1]}]}", "as many x as values")]
    [InlineData(BlockKind.Chart, "{\"type\":\"scatter\",\"series\":[{\"name\":\"s\",\"values\":[1]}]}", "as many x as values")]
    [InlineData(BlockKind.Image, "{\"mediaType\":\"text/html\",\"alt\":\"\",\"data\":\"\"}", "image/png")]
    [InlineData(BlockKind.Image, "{\"mediaType\":\"image/png\",\"alt\":\"\",\"data\":\"%%\"}", "base64")]
    [InlineData(BlockKind.Image, "{\"mediaType\":\"image/png\",\"alt\":\"\",\"data\":\"PGh0bWw+\"}", "not image/png")]
    [InlineData(BlockKind.Image, "{\"mediaType\":\"image/svg+xml\",\"alt\":\"\",\"data\":\"PGh0bWw+\"}", "not image/svg+xml")]
    [InlineData(BlockKind.Document, "a\0b", "cannot be stored")]
    public void What_does_not_fit_is_refused_in_words(BlockKind kind, string content, string words)
    {
        var refusal = Assert.Throws<Refusal>(() => BlockContents.Check(kind, content));
        Assert.Equal(RefusalKind.Invalid, refusal.Kind);
        Assert.Contains(words, refusal.Fields["content"], StringComparison.Ordinal);
    }

    [Fact]
    public void Half_a_character_is_refused()
    {
        Assert.Throws<Refusal>(() => BlockContents.Check(BlockKind.Document, "a" + (char)0xD800));
        Assert.Throws<Refusal>(() => BlockContents.Check(BlockKind.Table, "{\"columns\":[\"" + (char)0xDC00 + "\"]}"));
        BlockContents.Check(BlockKind.Document, "a😀");
    }

    [Fact]
    public void Limits_are_where_they_are_said_to_be()
    {
        AtMost(200_000, length => (BlockKind.Document, new string('a', length)));
        AtMost(200_000, length => (BlockKind.Code, new CodeContent("", new string('a', length)).ToJson()));
        AtMost(100, columns => (BlockKind.Table, Table(columns, 1)));
        AtMost(10_000, rows => (BlockKind.Table, Table(1, rows)));
        AtMost(20, series => (BlockKind.Chart, Line(series, 1)));
        AtMost(2_000, points => (BlockKind.Chart, Line(1, points)));
        AtMost(2 * 1024 * 1024, size => (BlockKind.Image, Png(size)));
    }

    [Theory]
    [InlineData("image/png", "iVBORw0KGgoAAA==")]
    [InlineData("image/jpeg", "/9j/4AAQ")]
    [InlineData("image/gif", "R0lGODlhAQ==")]
    [InlineData("image/webp", "UklGRgAAAABXRUJQVlA4")]
    [InlineData("image/svg+xml", "77u/PD94bWwgdmVyc2lvbj0iMS4wIj8+PHN2Zy8+")]
    public void Pictures_are_known_by_their_first_bytes(string mediaType, string data) =>
        BlockContents.Check(BlockKind.Image, new ImageContent(mediaType, "", data).ToJson());

    private static void Same(string json, Func<string, string> again) => Assert.Equal(json, again(json));

    private static void AtMost(int most, Func<int, (BlockKind Kind, string Content)> make)
    {
        var (kind, fits) = make(most);
        BlockContents.Check(kind, fits);
        Assert.Throws<Refusal>(() => BlockContents.Check(kind, make(most + 1).Content));
    }

    private static string Table(int columns, int rows) =>
        new TableContent([.. Enumerable.Repeat("c", columns)], [.. Enumerable.Range(0, rows).Select(_ => Enumerable.Repeat("1", columns).ToList())]).ToJson();

    private static string Line(int series, int points) => new ChartContent(ChartType.Line, null, null, [.. Enumerable.Repeat("l", points)],
        [.. Enumerable.Range(0, series).Select(_ => new ChartSeries("s", [.. Enumerable.Repeat(1.0, points)], null))]).ToJson();

    private static string Png(int size)
    {
        var bytes = new byte[size];
        ((ReadOnlySpan<byte>)[0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]).CopyTo(bytes);
        return new ImageContent("image/png", "", Convert.ToBase64String(bytes)).ToJson();
    }
}
