using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Alumia.Lab.Tools;

/// <summary>A tool that looks and writes in what is the lab's own, and answers at once; a refusal is its error.</summary>
public abstract class AnsweringTool(string name, string description, string schema) : ITool
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
}
