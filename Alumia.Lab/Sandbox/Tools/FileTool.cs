using System.Runtime.CompilerServices;
using System.Text.Json;
using Alumia.Lab.Tools;

namespace Alumia.Lab.Sandbox.Tools;

/// <summary>What the tools of the session's folder share: they look and write there, and answer at once.</summary>
public abstract class FileTool(string name, string description, string schema) : ITool
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
            output = new ToolOutput.Result(await AnswerAsync(call, cancellation));
        }
        catch (Refusal refusal)
        {
            output = new ToolOutput.Error(refusal.Message);
        }
        yield return output;
    }

    protected abstract Task<string> AnswerAsync(ToolCall call, CancellationToken cancellation);
}
