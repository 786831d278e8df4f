using System.Net;
using Markdig;
using Markdig.Extensions.Tables;
using Markdig.Renderers;
using Markdig.Renderers.Html;
using Markdig.Renderers.Html.Inlines;
using Microsoft.Extensions.Caching.Memory;

namespace Alumia.Lab.Blocks.Markdown;

/// <summary>Turns Markdown that nobody vouches for into HTML that runs nothing and asks nothing of the outside.</summary>
public sealed class MarkdownRenderer(CodeHighlighter highlighter) : IDisposable
{
    private const int MostCharacters = 1_000_000;
    private const int MostMarks = 5_000;

    private static readonly MarkdownPipeline _pipeline = new MarkdownPipelineBuilder()
        .DisableHtml().UsePipeTables().UseTaskLists().UseAutoLinks()
        .UseEmphasisExtras(Markdig.Extensions.EmphasisExtras.EmphasisExtraOptions.Strikethrough)
        .Build();

    private readonly MemoryCache _cache = new(new MemoryCacheOptions { SizeLimit = 32_000_000 });

    /// <summary>The text as safe HTML.</summary>
    public string ToHtml(string text)
    {
        if (_cache.TryGetValue(text, out string? known))
            return known!;
        var html = Render(text, isStreaming: false);
        _cache.Set(text, html, new MemoryCacheEntryOptions { Size = text.Length + html.Length, SlidingExpiration = TimeSpan.FromMinutes(20) });
        return html;
    }

    /// <summary>As <see cref="ToHtml"/> for a text that still grows: not kept, and its open code is not coloured yet.</summary>
    public string ToHtmlWhileStreaming(string text) => Render(text, isStreaming: true);

    public void Dispose() => _cache.Dispose();

    private string Render(string text, bool isStreaming)
    {
        if (text.Length > MostCharacters || IsTangled(text))
            return Plain(text);
        try
        {
            var writer = new StringWriter();
            var renderer = new HtmlRenderer(writer);
            _pipeline.Setup(renderer);
            renderer.ObjectRenderers.ReplaceOrAdd<LinkInlineRenderer>(new SafeLinkRenderer());
            renderer.ObjectRenderers.ReplaceOrAdd<AutolinkInlineRenderer>(new SafeAutolinkRenderer());
            renderer.ObjectRenderers.ReplaceOrAdd<CodeBlockRenderer>(new CodeRenderer(highlighter, isStreaming));
            renderer.ObjectRenderers.ReplaceOrAdd<HtmlTableRenderer>(new TableRenderer());
            renderer.Render(Markdig.Markdown.Parse(TableCut.Apply(text), _pipeline));
            return writer.ToString();
        }
        catch (ArgumentException)
        {
            // Markdig's own limit on depth.
            return Plain(text);
        }
    }

    private static string Plain(string text) => $"<pre class=\"md-plain\" tabindex=\"0\">{WebUtility.HtmlEncode(text)}</pre>";

    // The parser's time grows with the square of the marks in one paragraph; nobody writes so many.
    private static bool IsTangled(string text)
    {
        var (fence, marks) = (new Fence(), 0);
        foreach (var line in text.AsSpan().EnumerateLines())
        {
            if (fence.Take(line) || line.Trim().IsEmpty)
                marks = 0;
            else
                marks += line.Count('[') + line.Count('*') + line.Count('_') + line.Count('>');
            if (marks > MostMarks)
                return true;
        }
        return false;
    }
}
