using Alumia.Lab.Tools;

namespace Alumia.Lab.Sandbox.Tools;

/// <summary>A tool of the session's folder: its answer is a text.</summary>
public abstract class FileTool(string name, string description, string schema) : AnsweringTool(name, description, schema)
{
    protected sealed override async Task<ToolOutput.Result> AnswerAsync(ToolCall call, CancellationToken cancellation) => new(await SayAsync(call, cancellation));

    protected abstract Task<string> SayAsync(ToolCall call, CancellationToken cancellation);
}
