using Alumia.Lab.Tools;

namespace Alumia.Lab.Blocks.Tools;

/// <summary>Improves a block that is there, whoever made it.</summary>
public sealed class UpdateBlock(BlockShelf shelf) : BlockTool("update_block",
    "Makes a new version of a block on the project's canvas, whoever made it; older versions are kept. Read it with read_block first: "
    + "it is refused where the version that you read is no longer the newest. Keep what others wrote unless you were asked to remove it.",
    """
    {"type":"object","properties":{
      "block_id":{"type":"string","minLength":1},
      "version":{"type":"integer","minimum":1,"description":"The version that you read."},
      "title":{"type":"string","minLength":1,"maxLength":255,"description":"A new title; left out to keep the old one."},
      "content":{"type":"string","maxLength":4000000,"description":"The whole new content, in the form that read_block gives: Markdown for a document, else JSON. Code: {\"language\",\"code\"}. Table: {\"columns\":[\"\"],\"rows\":[[\"\"]]}. Chart: {\"type\",\"xLabel\",\"yLabel\",\"labels\":[\"\"],\"series\":[{\"name\",\"values\":[0],\"x\":[0]}]}. Image: {\"mediaType\",\"alt\",\"data\"}, data in base64."}
    },"required":["block_id","version","content"],"additionalProperties":false}
    """)
{
    protected override async Task<ToolOutput.Result> AnswerAsync(ToolCall call, CancellationToken cancellation)
    {
        var block = await shelf.UpdateAsync(call.Context, call.Text("block_id")!, (int)call.Number("version")!.Value, call.Text("title"), call.Text("content")!, cancellation);
        return new ToolOutput.Result($"The {block.Kind.Word()} \"{block.Title}\" is at version {block.Version} now.", block.Id);
    }
}
