using Alumia.Lab.Blocks.Content;
using Alumia.Lab.Blocks.Views;
using CsCheck;

namespace Alumia.Lab.Tests.Blocks;

public sealed class CsvTests
{
    private static readonly Gen<string> _cells = Gen.OneOf(
        Gen.String[Gen.OneOf(Gen.Char['a', 'z'], Gen.OneOf(',', '"', '\n', ' ', ';', '\'', 'é')), 1, 8].Where(text => !text.TrimStart(' ').StartsWith('\n')),
        Gen.OneOf("1", "-2.5", "a,b", "say \"hi\"", "two\nlines", "😀"));

    [Fact]
    public void A_table_comes_back_from_its_csv_and_from_the_clipboard() =>
        Gen.Int[1, 4].SelectMany(width => Gen.Select(_cells.Array[width], _cells.Array[width].Array[0, 5])).Sample((columns, rows) =>
        {
            var table = new TableContent(columns, rows);
            var cells = rows.Prepend(columns).ToList();
            // Commas mean columns only where there is no tab.
            Assert.Equal(cells, Csv.Read(Csv.Write(table)));
            if (columns.Length > 1)
                Assert.Equal(cells, Csv.Read(Csv.WriteTabs(table)));
        });

    [Theory]
    [InlineData("=1+1")]
    [InlineData("+cmd|' /C calc'!A0")]
    [InlineData("-1+HYPERLINK(\"x\")")]
    [InlineData("@SUM(A1)")]
    [InlineData("  =1+1")]
    [InlineData("\t=1")]
    [InlineData("\r=1")]
    [InlineData("＝1+1")]
    public void What_a_spreadsheet_would_run_is_a_text(string cell)
    {
        var table = new TableContent([cell], [[cell]]);
        var written = "'" + cell.Replace("\"", "\"\"", StringComparison.Ordinal);
        Assert.Equal(2, Csv.Write(table).Split(written).Length - 1);
        Assert.Equal(2, Csv.WriteTabs(table).Split(written).Length - 1);
    }

    [Theory]
    [InlineData("-5")]
    [InlineData("+5")]
    [InlineData("-1,204.50")]
    [InlineData("-3 %")]
    [InlineData("a=b")]
    [InlineData("")]
    public void Numbers_and_harmless_texts_stay_as_they_are(string cell) =>
        Assert.Equal(["x", cell], Csv.Read(Csv.Write(new TableContent(["h", "i"], [["x", cell]])))[1]);

    [Fact]
    public void A_ragged_paste_is_read_row_by_row() =>
        Assert.Equal([["a", "b"], ["c"], ["d", "e", "f"]], Csv.Read("a\tb\nc\nd\te\tf\n"));
}
