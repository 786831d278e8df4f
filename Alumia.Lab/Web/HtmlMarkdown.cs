using AngleSharp.Html;
using AngleSharp.Html.Parser;
using AngleSharp.Html.Parser.Tokens;
using AngleSharp.Text;

namespace Alumia.Lab.Web;

/// <summary>A page as text: its title, and what it says as Markdown.</summary>
internal sealed record PageText(string Title, string Markdown);

/// <summary>
/// HTML to Markdown, tag by tag as they come: no tree is built, so that no page, however deep or crooked, takes more than its length of time.
/// </summary>
internal sealed class HtmlMarkdown
{
    private static readonly HashSet<string> _skipped = ["script", "style", "template", "svg", "math", "iframe", "object", "noembed", "noframes", "canvas", "audio", "video"];
    private static readonly HashSet<string> _blocks =
    [
        "p", "div", "section", "article", "main", "header", "footer", "nav", "aside", "form", "fieldset", "figure", "figcaption", "address", "details", "summary", "dl", "dt", "dd",
        "body", "center", "caption", "legend", "option",
    ];

    private readonly MarkdownWriter _writer = new();
    private readonly MarkdownTable _tables;
    private Uri _base;
    private string? _skipping;
    private int _depth;
    private string? _title;
    private bool _isTitle;

    private HtmlMarkdown(Uri address) => (_base, _tables) = (address, new MarkdownTable(_writer));

    /// <summary>The text of the page that was found at this address.</summary>
    public static PageText Of(string html, Uri address, CancellationToken cancellation)
    {
        var page = new HtmlMarkdown(address);
        using var source = new TextSource(html);
        using var tokenizer = new HtmlTokenizer(source, HtmlEntityProvider.Resolver);
        for (var token = tokenizer.Get(); token.Type != HtmlTokenType.EndOfFile; token = tokenizer.Get())
        {
            cancellation.ThrowIfCancellationRequested();
            page.Take(token, tokenizer);
        }
        return new PageText(page._title ?? "", page._writer.ToString());
    }

    private void Take(HtmlToken token, HtmlTokenizer tokenizer)
    {
        switch (token.Type)
        {
            case HtmlTokenType.StartTag:
                var tag = token.AsTag();
                // A tokenizer knows no elements: whose content is no markup, it must be told.
                tokenizer.State = tag.Name switch
                {
                    "script" => HtmlParseMode.Script,
                    "style" or "xmp" or "iframe" or "noembed" or "noframes" => HtmlParseMode.Rawtext,
                    "title" or "textarea" => HtmlParseMode.RCData,
                    "plaintext" => HtmlParseMode.Plaintext,
                    _ => HtmlParseMode.PCData,
                };
                Start(tag);
                break;
            case HtmlTokenType.EndTag:
                End(token.Name);
                break;
            case HtmlTokenType.Character when _isTitle:
                _title += string.Join(' ', token.Data.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
                break;
            case HtmlTokenType.Character when _skipping is null:
                _writer.Text(token.Data);
                break;
        }
    }

    private void Start(HtmlTagToken tag)
    {
        if (_skipping is not null)
        {
            if (tag.Name == _skipping && !tag.IsSelfClosing)
                _depth++;
            return;
        }
        switch (tag.Name)
        {
            case var name when _skipped.Contains(name):
                if (!tag.IsSelfClosing || name is "script" or "style" or "iframe")
                    (_skipping, _depth) = (name, 1);
                break;
            case "title":
                _isTitle = _title is null;
                break;
            case "base" when Absolute(tag.GetAttribute("href")) is { Scheme: "http" or "https" } address:
                _base = address;
                break;
            case ['h', >= '1' and <= '6' and var level]:
                _writer.Heading(level - '0');
                break;
            case "br":
                _writer.Break(1);
                break;
            case "hr":
                _writer.Break(2);
                _writer.Write("---");
                _writer.Break(2);
                break;
            case "b" or "strong":
                _writer.Opening("**");
                break;
            case "i" or "em":
                _writer.Opening("*");
                break;
            case "code" or "kbd" or "samp":
                _writer.Opening("`");
                break;
            case "a":
                _writer.LinkBegins(Link(tag.GetAttribute("href")));
                break;
            case "img" when tag.GetAttribute("alt") is { Length: > 0 } alt && Link(tag.GetAttribute("src")) is { } address:
                _writer.Opening("![");
                _writer.Text(alt);
                _writer.Closing($"]({address})");
                break;
            default:
                Structure(tag.Name, begins: true);
                break;
        }
    }

    private void End(string name)
    {
        if (name == "title")
            _isTitle = false;
        if (_skipping is not null)
        {
            if (name == _skipping && --_depth == 0)
                _skipping = null;
            return;
        }
        switch (name)
        {
            case ['h', >= '1' and <= '6']:
                _writer.Break(2);
                break;
            case "b" or "strong":
                _writer.Closing("**");
                break;
            case "i" or "em":
                _writer.Closing("*");
                break;
            case "code" or "kbd" or "samp":
                _writer.Closing("`");
                break;
            case "a":
                _writer.LinkEnds();
                break;
            default:
                Structure(name, begins: false);
                break;
        }
    }

    private void Structure(string name, bool begins)
    {
        switch (name)
        {
            case "ul" or "ol" or "menu":
                _writer.List(begins, name == "ol");
                break;
            case "li" when begins:
                _writer.Item();
                break;
            case "blockquote":
                _writer.Quote(begins);
                break;
            case "pre" or "textarea":
                _writer.Pre(begins);
                break;
            case "table":
                if (begins)
                    _tables.Begin();
                else
                    _tables.End();
                break;
            case "tr":
                if (begins)
                    _tables.Row();
                else
                    _tables.RowEnds();
                break;
            case "td" or "th" when begins:
                _tables.Cell();
                break;
            case var _ when _blocks.Contains(name):
                _writer.Break(name is "option" or "dt" or "dd" or "figcaption" ? 1 : 2);
                break;
        }
    }

    /// <summary>Where it leads, if that is somewhere on the web and not only elsewhere on this page.</summary>
    private string? Link(string? reference) =>
        string.IsNullOrWhiteSpace(reference) || reference.StartsWith('#') || Absolute(reference) is not { Scheme: "http" or "https" or "mailto" } address
            ? null
            : address.AbsoluteUri.Replace(")", "%29", StringComparison.Ordinal);

    private Uri? Absolute(string? reference) => Uri.TryCreate(_base, reference?.Trim(), out var address) ? address : null;
}
