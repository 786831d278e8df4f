using Alumia.Lab.Blocks.Content;
using Alumia.Lab.Blocks.Markdown;
using Alumia.Lab.Blocks.Views;
using Bunit;
using Microsoft.Extensions.DependencyInjection;

namespace Alumia.Lab.Tests.Blocks;

public sealed class ViewsTests : BunitContext
{
    private static readonly TableContent _stock = new(["Name", "Left"], [["Tea", "10"], ["coffee", "9"], ["Cocoa", ""], ["Apples", "1,200"], ["<img src=x onerror=alert(1)>", "-3"]]);
    private readonly BunitJSModuleInterop _module;

    public ViewsTests()
    {
        _module = JSInterop.SetupModule("./js/blocks.js");
        _module.SetupVoid("save", _ => true).SetVoidResult();
        Services.AddScoped<BrowserFiles>();
        Services.AddSingleton(new CodeHighlighter(TimeProvider.System));
    }

    [Fact]
    public void A_column_sorts_up_then_down_then_not_and_says_so()
    {
        var view = Render<TableView>(parameters => parameters.Add(table => table.Table, _stock));
        Sort(view, 1);
        Assert.Equal(["-3", "9", "10", "1,200", ""], Column(view, 1));
        Assert.Equal([null, "ascending"], view.FindAll("th").Select(head => head.GetAttribute("aria-sort")));
        Sort(view, 1);
        Assert.Equal(["1,200", "10", "9", "-3", ""], Column(view, 1));
        Assert.Equal("descending", view.FindAll("th")[1].GetAttribute("aria-sort"));
        Sort(view, 1);
        Assert.Equal(["10", "9", "", "1,200", "-3"], Column(view, 1));
        Sort(view, 0);
        Assert.Equal(["<img src=x onerror=alert(1)>", "Apples", "Cocoa", "coffee", "Tea"], Column(view, 0));
    }

    [Fact]
    public void A_filter_leaves_the_rows_that_have_its_words_and_the_csv_has_what_is_shown()
    {
        var view = Render<TableView>(parameters => parameters.Add(table => table.Table, _stock).Add(table => table.Name, "My / stock"));
        Assert.Equal("5 rows", view.Find("[role=status]").TextContent);
        view.Find("input[aria-label=Filter]").Input("CO");
        Assert.Equal(["coffee", "Cocoa"], Column(view, 0));
        Assert.Equal("2 of 5 rows", view.Find("[role=status]").TextContent);
        view.FindAll("button").Single(button => button.TextContent == "CSV").Click();
        var call = Assert.Single(_module.Invocations["save"]);
        Assert.Equal(["My - stock.csv", "text/csv;charset=utf-8", "\uFEFFName,Left\r\ncoffee,9\r\nCocoa,\r\n"], call.Arguments);
        view.Find("input[aria-label=Filter]").Input("nothing like it");
        Assert.Contains("No row has this text", view.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void Many_rows_come_a_page_at_a_time()
    {
        var table = new TableContent(["n"], [.. Enumerable.Range(1, 250).Select(n => (string[])[$"{n}"])]);
        var view = Render<TableView>(parameters => parameters.Add(one => one.Table, table));
        Assert.Equal(100, view.FindAll("tbody tr").Count);
        Button(view, "Next").Click();
        Button(view, "Next").Click();
        Assert.Equal(("201", 50), (Column(view, 0)[0], view.FindAll("tbody tr").Count));
        Assert.True(Button(view, "Next").HasAttribute("disabled"));
        view.Render(parameters => parameters.Add(one => one.Table, new TableContent(["n"], [["only"]])));
        Assert.Equal(["only"], Column(view, 0));
    }

    [Fact]
    public void Hostile_cells_and_code_are_text()
    {
        var table = Render<TableView>(parameters => parameters.Add(one => one.Table, new TableContent(["<script>x</script>"], [["<img src=x onerror=alert(1)>"], ["javascript:alert(1)"]])));
        Assert.Empty(table.FindAll("script, img, a"));
        var code = Render<CodeView>(parameters => parameters.Add(one => one.Code, new CodeContent("html", "</code></pre><script>x()</script><img src=x onerror=y>")));
        Assert.Empty(code.FindAll("script, img"));
        Assert.Equal("</code></pre><script>x()</script><img src=x onerror=y>", code.Find("code").TextContent);
    }

    [Theory]
    [InlineData("python", "fib", "fib.py")]
    [InlineData("cs", "Program.cs", "Program.cs")]
    [InlineData("bash", "run", "run.sh")]
    [InlineData("klingon", "x", "x.txt")]
    [InlineData("", "notes", "notes.txt")]
    public void Code_is_kept_as_a_file_of_its_language(string language, string name, string file)
    {
        var view = Render<CodeView>(parameters => parameters.Add(one => one.Code, new CodeContent(language, "x")).Add(one => one.Name, name));
        Button(view, "Download").Click();
        Assert.Equal(file, _module.Invocations["save"].Single().Arguments[0]);
    }

    [Fact]
    public void A_chart_has_words_and_a_table()
    {
        var chart = new ChartContent(ChartType.Bar, null, null, ["a", "b"], [new("Tea", [1, 2], null)]);
        var view = Render<ChartView>(parameters => parameters.Add(one => one.Chart, chart).Add(one => one.Name, "Sales").Add(one => one.IsCompact, true));
        Assert.Equal("Bar chart Sales of Tea: 2 values. Show as table has them all.", view.Find("[role=img]").GetAttribute("aria-label"));
        Assert.Single(view.FindAll("svg"));
        Button(view, "Show as table").Click();
        Assert.Equal(["1", "2"], Column(view, 1));
        Assert.Equal("true", Button(view, "Show as table").GetAttribute("aria-pressed"));
        view.Render(parameters => parameters.Add(one => one.Chart, chart with { Type = ChartType.Pie, Series = [new("Tea", [0, 0], null)] }));
        Button(view, "Show as table").Click();
        Assert.Contains("All values of this pie are zero", view.Markup, StringComparison.Ordinal);
    }

    private static AngleSharp.Dom.IElement Button<T>(IRenderedComponent<T> view, string words) where T : Microsoft.AspNetCore.Components.IComponent =>
        Assert.Single(view.FindAll("button"), button => button.TextContent == words);

    private static void Sort(IRenderedComponent<TableView> view, int column) => view.FindAll("th button")[column].Click();

    private static List<string> Column<T>(IRenderedComponent<T> view, int column) where T : Microsoft.AspNetCore.Components.IComponent =>
        [.. view.FindAll("tbody tr").Select(row => row.Children[column].TextContent)];
}
