using System.Runtime.CompilerServices;
using System.Text.Json;
using Alumia.Lab.Tools;

namespace Alumia.Lab.Blocks;

/// <summary>Shows people a Markdown document, or a new version of it.</summary>
public sealed class ShowDocument(BlockShelf shelf) : ITool
{
    public string Name => "show_document";

    public string Description =>
        "Shows a Markdown document to the people of the project. To change a document, call it again with its block_id, or with the same title.";

    public JsonElement Schema { get; } = Arguments.Schema("""
        {"type":"object","properties":{
          "title":{"type":"string","minLength":1,"maxLength":255,"description":"What the document is called."},
          "content":{"type":"string","maxLength":200000,"description":"The whole document, as Markdown."},
          "block_id":{"type":"string","description":"The document to renew; left out for a new one."}
        },"required":["title","content"],"additionalProperties":false}
        """);

    public ToolRisk Risk => ToolRisk.Reads;

    public TimeSpan TimeLimit => TimeSpan.FromSeconds(30);

    public async IAsyncEnumerable<ToolOutput> RunAsync(ToolCall call, [EnumeratorCancellation] CancellationToken cancellation)
    {
        ToolOutput output;
        try
        {
            var block = await shelf.PutAsync(call.Context, BlockKind.Document, call.Text("title")!.Trim(), call.Text("content")!, call.Text("block_id"), cancellation);
            output = new ToolOutput.Result($"The document \"{block.Title}\" is shown: block {block.Id}, version {block.Version}.", block.Id);
        }
        catch (Refusal refusal)
        {
            output = new ToolOutput.Error(refusal.Message);
        }
        yield return output;
    }
}
