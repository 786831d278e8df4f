using Markdig.Extensions.Tables;
using Markdig.Renderers;
using Markdig.Renderers.Html;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace Alumia.Lab.Blocks.Markdown;

/// <summary>Links open elsewhere and tell nothing; a remote picture becomes a link with its description.</summary>
internal sealed class SafeLinkRenderer : HtmlObjectRenderer<LinkInline>
{
    protected override void Write(HtmlRenderer renderer, LinkInline link)
    {
        var address = link.GetDynamicUrl?.Invoke() ?? link.Url;
        if (link.IsImage && SafeAddress.IsPicture(address))
        {
            renderer.Write("<img loading=\"lazy\" src=\"").WriteEscape(address!).Write("\" alt=\"");
            WritePlainly(renderer, link);
            renderer.Write("\">");
            return;
        }
        var isLink = SafeAddress.IsLink(address) && !IsInLink(link);
        if (isLink)
            Open(renderer, address!);
        if (link.IsImage && link.FirstChild is null)
            renderer.Write("picture");
        renderer.WriteChildren(link);
        if (isLink)
            renderer.Write("</a>");
    }

    internal static void Open(HtmlRenderer renderer, string address) =>
        renderer.Write("<a href=\"").WriteEscapeUrl(address).Write("\" target=\"_blank\" rel=\"noopener noreferrer nofollow\">");

    // A picture inside a link has become a link, and links do not nest.
    private static bool IsInLink(LinkInline link)
    {
        var parent = link.Parent;
        while (parent is not null && !(parent is LinkInline { IsImage: false } outer && SafeAddress.IsLink(outer.Url)))
            parent = parent.Parent;
        return parent is not null;
    }

    private static void WritePlainly(HtmlRenderer renderer, LinkInline link)
    {
        var before = renderer.EnableHtmlForInline;
        renderer.EnableHtmlForInline = false;
        renderer.WriteChildren(link);
        renderer.EnableHtmlForInline = before;
    }
}

internal sealed class SafeAutolinkRenderer : HtmlObjectRenderer<AutolinkInline>
{
    protected override void Write(HtmlRenderer renderer, AutolinkInline link)
    {
        var address = link.IsEmail ? "mailto:" + link.Url : link.Url;
        if (!SafeAddress.IsLink(address))
        {
            renderer.WriteEscape(link.Url);
            return;
        }
        SafeLinkRenderer.Open(renderer, address);
        renderer.WriteEscape(link.Url).Write("</a>");
    }
}

/// <summary>Code with its language, a button that copies it, and colours once it is whole.</summary>
internal sealed class CodeRenderer(CodeHighlighter highlighter, bool isStreaming) : HtmlObjectRenderer<CodeBlock>
{
    protected override void Write(HtmlRenderer renderer, CodeBlock block)
    {
        var fenced = block as FencedCodeBlock;
        var language = fenced?.Info ?? "";
        var isOpen = isStreaming && fenced is { ClosingFencedCharCount: 0 };
        var code = block.Lines.ToString();
        renderer.EnsureLine();
        renderer.Write("<div class=\"md-code\"><div class=\"md-code-bar\"><span>").WriteEscape(language)
            .Write("</span><button type=\"button\" class=\"md-copy\" data-copy=\"code\">Copy</button></div><pre tabindex=\"0\"><code>");
        renderer.Write(isOpen ? System.Net.WebUtility.HtmlEncode(code) : highlighter.ToHtml(code, language));
        renderer.WriteLine("</code></pre></div>");
    }
}

/// <summary>A wide table scrolls by itself and not the whole page.</summary>
internal sealed class TableRenderer : HtmlTableRenderer
{
    protected override void Write(HtmlRenderer renderer, Table table)
    {
        renderer.Write("<div class=\"md-table\" tabindex=\"0\" role=\"group\" aria-label=\"Table\">");
        base.Write(renderer, table);
        renderer.WriteLine("</div>");
    }
}
