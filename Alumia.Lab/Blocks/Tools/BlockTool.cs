using System.Runtime.CompilerServices;
using System.Text.Json;
using Alumia.Lab.Tools;

namespace Alumia.Lab.Blocks.Tools;

/// <summary>What the tools of the shelf share: they look and write in the lab's own database, and answer at once.</summary>
public abstract class BlockTool(string name, string description, string schema) : ITool
{
    public string Name => name;

    public string Description => description;

    public JsonElement Schema { get; } = Arguments.Schema(schema);

    public ToolRisk Risk => ToolRisk.Reads;

    public TimeSpan TimeLimit => TimeSpan.FromSeconds(30);

    public async IAsyncEnumerable<ToolOutput> RunAsync(ToolCall call, [EnumeratorCancellation] CancellationToken cancellation)
    {
        ToolOutput output;
        try
        {
            output = await AnswerAsync(call, cancellation);
        }
        catch (Refusal refusal)
        {
            output = new ToolOutput.Error(refusal.Message);
        }
        yield return output;
    }

    protected abstract Task<ToolOutput.Result> AnswerAsync(ToolCall call, CancellationToken cancellation);

    /// <summary>A block as the model is told of it.</summary>
    protected static string Line(Block block) => $"{block.Id} ({block.Kind.Word()}, version {block.Version}): {block.Title}";
}
