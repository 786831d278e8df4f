using Alumia.Lab.Tools;

namespace Alumia.Lab.Blocks.Tools;

/// <summary>Finds what is on the canvas already.</summary>
public sealed class SearchBlocks(BlockShelf shelf) : BlockTool("search_blocks",
    "Searches the blocks on the project's canvas (documents, code, tables, charts, images; everybody's) for words in title or content, the best first. Use it before you add a block.",
    """
    {"type":"object","properties":{"query":{"type":"string","minLength":1,"maxLength":500,"description":"The words to look for."}},"required":["query"],"additionalProperties":false}
    """)
{
    protected override async Task<ToolOutput.Result> AnswerAsync(ToolCall call, CancellationToken cancellation)
    {
        var hits = await shelf.SearchAsync(call.Context, call.Text("query")!, cancellation);
        return new ToolOutput.Result(hits.Count == 0
            ? "No block has any of these words."
            : string.Join('\n', hits.Select(hit => $"{Line(hit.Block)}\n  {hit.Excerpt}")));
    }
}
