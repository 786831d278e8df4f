using Alumia.Lab.Tools;

namespace Alumia.Lab.Blocks.Tools;

/// <summary>Tells what is on the canvas.</summary>
public sealed class ListBlocks(BlockShelf shelf) : BlockTool("list_blocks",
    "Lists the blocks on the project's canvas with id, kind, version and title, the last changed first.",
    """
    {"type":"object","properties":{},"additionalProperties":false}
    """)
{
    private const int Most = 100;

    protected override async Task<ToolOutput.Result> AnswerAsync(ToolCall call, CancellationToken cancellation)
    {
        var blocks = await shelf.ListAsync(call.Context, cancellation);
        var lines = blocks.OrderByDescending(block => block.UpdatedAtMs).Take(Most).Select(Line);
        return new ToolOutput.Result(blocks.Count == 0
            ? "The canvas has no blocks yet."
            : string.Join('\n', blocks.Count > Most ? lines.Append($"And {blocks.Count - Most} older ones: use search_blocks.") : lines));
    }
}
