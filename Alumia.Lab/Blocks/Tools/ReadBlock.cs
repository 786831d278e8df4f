using Alumia.Lab.Blocks.Content;
using Alumia.Lab.Tools;

namespace Alumia.Lab.Blocks.Tools;

/// <summary>Gives a block's content to the model.</summary>
public sealed class ReadBlock(BlockShelf shelf) : BlockTool("read_block",
    "Reads a block of the project's canvas: its version, and its content in the form that update_block takes.",
    """
    {"type":"object","properties":{"block_id":{"type":"string","minLength":1}},"required":["block_id"],"additionalProperties":false}
    """)
{
    protected override async Task<ToolOutput.Result> AnswerAsync(ToolCall call, CancellationToken cancellation)
    {
        var (block, content, _) = await shelf.ReadAsync(call.Context, call.Text("block_id")!, cancellation);
        return new ToolOutput.Result($"{Line(block)}\n\n{Told(block, content)}");
    }

    private static string Told(Block block, string content) => block.Kind switch
    {
        BlockKind.Image => Described(ImageContent.Parse(content)),
        // What a page calls itself is the page's own word.
        BlockKind.Page => Untrusted.Wrap("a page of the web", BlockWords.Of(block.Kind, content)),
        _ => content,
    };

    /// <summary>A picture's bytes say nothing as text.</summary>
    private static string Described(ImageContent image) =>
        $"{image.MediaType}, {image.Data.Length / 4 * 3:N0} bytes. It shows: {(image.Alt.Length == 0 ? "(nobody said what)" : image.Alt)}";
}
