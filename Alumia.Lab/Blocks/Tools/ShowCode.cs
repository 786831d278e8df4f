using Alumia.Lab.Blocks.Content;
using Alumia.Lab.Tools;

namespace Alumia.Lab.Blocks.Tools;

/// <summary>Shows people a piece of code.</summary>
public sealed class ShowCode(BlockShelf shelf) : ShowTool(shelf, BlockKind.Code, "code, highlighted, to copy and download",
    """
    "language":{"type":"string","maxLength":40,"description":"As editors name it: python, csharp, sql."},
    "code":{"type":"string","maxLength":200000,"description":"The whole code."}
    """, """
    "language","code"
    """)
{
    protected override string Content(ToolCall call) => new CodeContent(call.Text("language")!, call.Text("code")!).ToJson();
}
