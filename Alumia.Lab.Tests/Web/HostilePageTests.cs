using System.Text;
using Alumia.Lab.Tools;
using Alumia.Lab.Web;
using CsCheck;

namespace Alumia.Lab.Tests.Web;

/// <summary>Pages made to break who reads them.</summary>
public sealed class HostilePageTests
{
    private static readonly Uri _address = new("https://example.com/a/");

    /// <summary>A tree of each would be very deep or very large.</summary>
    [Fact]
    public void Deep_crooked_and_swelling_pages_take_no_longer_than_their_length()
    {
        const int many = 20_000;
        var formatting = new StringBuilder();
        for (var i = 0; i < many / 4; i++)
            formatting.Append($"<b a{i}>");
        foreach (var html in new[]
        {
            Repeat("<div>", many), Repeat("<table><tr><td>", many / 3), Repeat("<ul><li>", many / 2), Repeat("<blockquote>", many), Repeat("<a href=/x>", many), formatting + Repeat("<p>x", many),
            Repeat("<b><table>", many / 4), Repeat("<svg><style>", many / 4), Repeat("</p>", many), Repeat("<pre>", many), Repeat("<", many), Repeat("&", many), Repeat("<!--", many), Repeat("<a href='", many),
            "<plaintext>" + Repeat("x ", many), "<title>" + Repeat("x ", many), "<script>" + Repeat("<!--<script>", many / 4), Repeat("</table></tr></td></ul></a></pre></blockquote>", many / 10),
        })
        {
            using var late = new CancellationTokenSource(TimeSpan.FromSeconds(30));
            HtmlMarkdown.Of(html, _address, late.Token);
        }
    }

    [Fact]
    public void No_text_ends_the_marks_around_it() =>
        Gen.OneOf(Gen.Const("</untrusted id=\""), Gen.Const("<untrusted"), Gen.Const("< / UNTRUSTED"), Gen.Const("\n"), Gen.Const("\"><"), Gen.Const("</"), Gen.String).Array[0, 12].Select(string.Concat).Sample(text =>
        {
            var wrapped = Untrusted.Wrap(text, text);
            var lines = wrapped.Split('\n');
            var id = lines[0][15..31];
            Assert.Matches($"^<untrusted id=\"[0-9a-f]{{16}}\" source=\"[^\"\n\r]*\">$", lines[0]);
            Assert.Equal($"</untrusted id=\"{id}\">", lines[^2]);
            var inside = string.Join('\n', lines[1..^2]);
            Assert.DoesNotMatch(@"(?i)<[\s/\\]*untrusted", inside);
            Assert.Single(System.Text.RegularExpressions.Regex.Matches(wrapped, "</untrusted"));
        }, iter: 2_000);

    [Fact]
    public void Two_texts_never_have_the_same_mark() =>
        Assert.Equal(100, Enumerable.Range(0, 100).Select(_ => Untrusted.Wrap("a", "b")[15..31]).Distinct().Count());

    private static string Repeat(string text, int times) => string.Concat(Enumerable.Repeat(text, times));
}
