using Alumia.Lab.Blocks.Content;
using Alumia.Lab.Blocks.Markdown;
using Alumia.Lab.Blocks.Views;
using Alumia.Lab.Organizations;

namespace Alumia.Lab.Blocks;

/// <summary>A block as a file to keep.</summary>
internal sealed record BlockFile(string Name, string MediaType, string Text);

/// <summary>What leaves the lab when a person copies or downloads a block.</summary>
internal static class BlockFiles
{
    private const string Utf8 = ";charset=utf-8";

    /// <summary>Where a version of an image block, or of a page's picture, is served.</summary>
    internal static string ImageAddress(OrgScope scope, string blockId, int version) => $"/{scope.OrgSlug}/blocks/{blockId}/image?v={version}";

    /// <summary>Null for a picture, which has an address of its own.</summary>
    /// <exception cref="Refusal">The content cannot be read.</exception>
    internal static BlockFile? FileOf(BlockView view, CodeHighlighter highlighter)
    {
        var title = view.Block.Title;
        switch (view.Block.Kind)
        {
            case BlockKind.Code:
                var code = CodeContent.Parse(view.Content);
                return new(BrowserFiles.Name(title, highlighter.Extension(code.Language)), "text/plain" + Utf8, code.Code);
            case BlockKind.Table:
                return new(BrowserFiles.Name(title, ".csv"), "text/csv" + Utf8, "\uFEFF" + Csv.Write(TableContent.Parse(view.Content)));
            case BlockKind.Chart:
                return new(BrowserFiles.Name(title, ".svg"), "image/svg+xml" + Utf8, ChartSvg.ForFile(ChartContent.Parse(view.Content), 840, 440));
            case BlockKind.Image or BlockKind.Page:
                return null;
            default:
                return new(BrowserFiles.Name(title, ".md"), "text/markdown" + Utf8, view.Content);
        }
    }

    /// <summary>For the clipboard; tables, and the numbers of charts, as spreadsheets paste them; of a page its address. Null for an image.</summary>
    /// <exception cref="Refusal">The content cannot be read.</exception>
    internal static string? TextOf(BlockView view) => view.Block.Kind switch
    {
        BlockKind.Code => CodeContent.Parse(view.Content).Code,
        BlockKind.Table => Csv.WriteTabs(TableContent.Parse(view.Content)),
        BlockKind.Chart => Csv.WriteTabs(ChartTable.Of(ChartContent.Parse(view.Content))),
        BlockKind.Image => null,
        BlockKind.Page => PageContent.Parse(view.Content).Address,
        _ => view.Content,
    };
}
