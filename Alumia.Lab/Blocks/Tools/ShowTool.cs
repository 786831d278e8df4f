using Alumia.Lab.Tools;

namespace Alumia.Lab.Blocks.Tools;

/// <summary>What the tools that put a block on the canvas share: title, block_id, and what happens with the content.</summary>
public abstract class ShowTool(BlockShelf shelf, BlockKind kind, string what, string properties, string required) : BlockTool(
    $"show_{kind.Word()}",
    $"Shows {what} to the people of the project, on its canvas. Before you add one, use search_blocks to see whether it is there already; "
    + "to change your own, call this again with its block_id or with the same title, and to change somebody else's use update_block, rather than adding its twin.",
    $$"""
    {"type":"object","properties":{
      "title":{"type":"string","minLength":1,"maxLength":255,"description":"What it is called."},
      {{properties}},
      "block_id":{"type":"string","description":"The {{kind.Word()}} to renew; left out for a new one."}
    },"required":["title",{{required}}],"additionalProperties":false}
    """)
{
    protected override async Task<ToolOutput.Result> AnswerAsync(ToolCall call, CancellationToken cancellation)
    {
        var block = await shelf.PutAsync(call.Context, kind, call.Text("title")!, Content(call), call.Text("block_id"), cancellation);
        return new ToolOutput.Result($"The {kind.Word()} \"{block.Title}\" is shown: block {block.Id}, version {block.Version}.", block.Id);
    }

    /// <summary>The content that the call's arguments make, in the form in which it is stored.</summary>
    protected abstract string Content(ToolCall call);
}
