using Alumia.Lab.Tools;

namespace Alumia.Lab.Blocks.Tools;

/// <summary>Shows people a Markdown document, or a new version of it.</summary>
public sealed class ShowDocument(BlockShelf shelf) : ShowTool(shelf, BlockKind.Document, "a Markdown document",
    """
    "content":{"type":"string","maxLength":200000,"description":"The whole document, as Markdown."}
    """, """
    "content"
    """)
{
    protected override string Content(ToolCall call) => call.Text("content")!;
}
