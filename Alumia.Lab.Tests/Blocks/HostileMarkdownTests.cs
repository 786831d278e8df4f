using System.Text;
using System.Text.RegularExpressions;
using Alumia.Lab.Blocks.Markdown;
using AngleSharp.Html.Parser;

namespace Alumia.Lab.Tests.Blocks;

public sealed class HostileMarkdownTests : IDisposable
{
    private static readonly HashSet<string> _elements =
    [
        "p", "a", "em", "strong", "del", "code", "pre", "div", "span", "button", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "input",
        "blockquote", "hr", "br", "img", "table", "thead", "tbody", "tr", "th", "td", "colgroup", "col", "html", "head", "body",
    ];

    private readonly MarkdownRenderer _renderer = new(new CodeHighlighter(TimeProvider.System));

    public static TheoryData<string> Corpus =>
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "text <b onmouseover=alert(1)>bold</b> <svg/onload=alert(1)>",
        "<div>\n\n<iframe src=https://evil.example></iframe>\n\n</div>",
        "<!-- --><style>@import 'https://evil.example/x.css'</style>",
        "[a](javascript:alert(1))",
        "[a](JaVaScRiPt:alert(1))",
        "[a](java\tscript:alert(1))",
        "[a](<java\nscript:alert(1)>)",
        "[a](&#106;avascript:alert(1))",
        "[a](javascript&colon;alert(1))",
        "[a](\\javascript:alert(1))",
        "[a](\u0001javascript:alert(1))",
        "[a](vbscript:msgbox(1))",
        "[a](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)",
        "[a](file:///etc/passwd)",
        "[a](//evil.example/x)",
        "[a](/\\evil.example/x)",
        "[a](https:evil)",
        "[a][r]\n\n[r]: javascript:alert(1)",
        "<javascript:alert(1)>",
        "<data:text/html,x>",
        "![x](https://evil.example/track.png)",
        "![x](//evil.example/track.png)",
        "![x](data:image/svg+xml;base64,PHN2Zz4=)",
        "![x](data:image/png;base64,AAAA\"onerror=alert(1))",
        "![x](/blocks/../../admin)",
        "![\" onerror=\"alert(1)](data:image/png;base64,AAAA)",
        "[![x](https://evil.example/a.png)](https://evil.example/b)",
        "[a](https://ok.example/\"onmouseover=\"alert(1))",
        "[a](https://ok.example \"t\" onclick=alert(1))",
        "| a | b |\n|---|---|\n| <script>alert(1)</script> | ![x](https://evil.example/c.png) |",
        "```html\n<script>alert(1)</script>\n```",
        "```\"><script>alert(1)</script>\nx\n```",
        "```csharp\nvar x = \"</code></pre><script>alert(1)</script>\";\n```",
        "- [x] <input onfocus=alert(1) autofocus>",
        "# x {onclick=alert(1)}",
        "https://ok.example/<script>alert(1)</script>",
        "www.evil.example\"onmouseover=alert(1)",
        "\0<script>\0alert(1)</script>",
    ];

    [Theory]
    [MemberData(nameof(Corpus))]
    public void A_hostile_text_runs_nothing_and_asks_nothing(string text)
    {
        foreach (var html in new[] { _renderer.ToHtml(text), _renderer.ToHtmlWhileStreaming(text) })
            AssertHarmless(html);
    }

    [Fact]
    public void Markdown_that_people_write_comes_out_as_they_mean_it()
    {
        var html = _renderer.ToHtml("""
            **Bold** ~~gone~~ [link](https://ok.example/a?b=1&c=2) <me@ok.example> https://ok.example

            - [x] done

            | a | b |
            |---|---|
            | 1 | 2 |

            ![chart](/blocks/blk_1/picture) ![dot](data:image/png;base64,AAAA) ![remote](https://ok.example/p.png) [local](/demo/lab)
            """);
        var page = new HtmlParser().ParseDocument(html);
        Assert.NotNull(page.QuerySelector("strong"));
        Assert.NotNull(page.QuerySelector("del"));
        Assert.NotNull(page.QuerySelector("input[type=checkbox][disabled]"));
        Assert.NotNull(page.QuerySelector("table td"));
        Assert.Equal(["/blocks/blk_1/picture", "data:image/png;base64,AAAA"], page.QuerySelectorAll("img").Select(picture => picture.GetAttribute("src")));
        Assert.Equal(["https://ok.example/a?b=1&c=2", "mailto:me@ok.example", "https://ok.example", "https://ok.example/p.png", "/demo/lab"],
            page.QuerySelectorAll("a").Select(link => link.GetAttribute("href")));
        Assert.Equal("remote", page.QuerySelector("a[href$='p.png']")!.TextContent);
    }

    [Theory]
    [InlineData("nested lists")]
    [InlineData("nested quotes")]
    [InlineData("mixed nesting")]
    [InlineData("open brackets")]
    [InlineData("open emphasis")]
    [InlineData("open links")]
    [InlineData("backticks")]
    [InlineData("a tall table")]
    [InlineData("a wide table")]
    [InlineData("pipes")]
    [InlineData("a long line")]
    public void A_huge_or_deep_text_is_shown_in_good_time(string what)
    {
        var text = what switch
        {
            "nested lists" => string.Concat(Enumerable.Range(0, 1000).Select(depth => new string(' ', depth * 2) + "- item\n")),
            "nested quotes" => new string('>', 20_000) + " deep",
            "mixed nesting" => string.Concat(Enumerable.Repeat("> - ", 5_000)) + "deep",
            "open brackets" => new string('[', 50_000),
            "open emphasis" => string.Concat(Enumerable.Repeat("*a **b ", 10_000)),
            "open links" => string.Concat(Enumerable.Repeat("[a](", 20_000)),
            "backticks" => string.Concat(Enumerable.Range(1, 300).Select(length => new string('`', length) + " ")),
            "a tall table" => "| a | b |\n|---|---|\n" + string.Concat(Enumerable.Repeat("| 1 | 2 |\n", 20_000)),
            "a wide table" => string.Concat(Enumerable.Repeat("|a", 5_000)) + "|\n" + string.Concat(Enumerable.Repeat("|-", 5_000)) + "|\n",
            "pipes" => new string('|', 50_000),
            _ => new string('a', 900_000),
        };
        var began = System.Diagnostics.Stopwatch.StartNew();
        var html = _renderer.ToHtml(text);
        TestContext.Current.TestOutputHelper!.WriteLine($"{what}: {began.ElapsedMilliseconds} ms, {html.Length} characters");
        Assert.True(began.Elapsed < TimeSpan.FromSeconds(30));
        Assert.False(string.IsNullOrEmpty(html));
    }

    [Fact]
    public void A_table_of_more_than_500_rows_is_cut_and_says_so()
    {
        var html = _renderer.ToHtml("| a | b |\n|---|---|\n" + string.Concat(Enumerable.Repeat("| 1 | 2 |\n", 620)) + "\nAfter");
        Assert.Equal(501, Regex.Count(html, "<tr>"));
        Assert.Contains("120 more rows are not shown", html, StringComparison.Ordinal);
        Assert.Contains("After", html, StringComparison.Ordinal);
    }

    [Fact]
    public void Code_is_coloured_by_classes_and_long_code_is_left_plain()
    {
        var html = _renderer.ToHtml("```csharp\npublic int X = 1; // why\n```");
        Assert.Contains("tok-keyword", html, StringComparison.Ordinal);
        Assert.Contains("tok-comment", html, StringComparison.Ordinal);
        Assert.DoesNotContain("style=", html, StringComparison.Ordinal);
        var text = new HtmlParser().ParseDocument(html).QuerySelector("code")!.TextContent;
        Assert.Equal("public int X = 1; // why", text);

        var length = _renderer.ToHtml("```csharp\n" + string.Concat(Enumerable.Repeat("public int X;\n", 5000)) + "```");
        Assert.DoesNotContain("tok-", length, StringComparison.Ordinal);
    }

    [Fact]
    public void A_growing_text_renders_finished_blocks_once_and_loses_nothing()
    {
        var text = new StringBuilder();
        for (var i = 0; i < 40; i++)
            text.Append($"Paragraph {i}\n\n1. one\n\n2. two\n\n```python\nx = {i}\n\ny = 1\n```\n\n");
        var whole = text.ToString();
        var streaming = new StreamingMarkdown(_renderer);
        List<string> before = [];
        for (var length = 1; length <= whole.Length; length += 7)
        {
            streaming.Update(whole[..length]);
            Assert.All(before.Zip(streaming.Finished), pair => Assert.Same(pair.First, pair.Second));
            before = [.. streaming.Finished];
        }
        streaming.Update(whole);
        Assert.True(streaming.Finished.Count > 40);
        Assert.Equal(Words(_renderer.ToHtml(whole)), Words(string.Concat(streaming.Finished) + streaming.Open));

        streaming.Update("Cut");
        Assert.Empty(streaming.Finished);
    }

    public void Dispose() => _renderer.Dispose();

    private static string Words(string html) => Regex.Replace(new HtmlParser().ParseDocument(html).Body!.TextContent, @"\s+", " ").Trim();

    private static void AssertHarmless(string html)
    {
        var page = new HtmlParser().ParseDocument(html);
        foreach (var element in page.All)
        {
            Assert.Contains(element.LocalName, _elements);
            Assert.DoesNotContain(element.Attributes, attribute => attribute.Name.StartsWith("on", StringComparison.OrdinalIgnoreCase));
            if (element.LocalName == "img")
                Assert.Matches("^(data:image/(png|jpeg|gif|webp);base64,|/blocks/)", element.GetAttribute("src")!);
            if (element.LocalName == "a")
            {
                Assert.Matches("^(https?://|mailto:|/[^/\\\\]|#)", element.GetAttribute("href")!);
                Assert.Equal("noopener noreferrer nofollow", element.GetAttribute("rel"));
            }
            else
            {
                Assert.False(element.HasAttribute("href"));
            }
        }
    }
}
