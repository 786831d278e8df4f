using System.Text.Json;
using Alumia.Lab.Tools;

namespace Alumia.Lab.Tests.Harness;

/// <summary>What a tool gave in one call.</summary>
public sealed record ToolAnswer(IReadOnlyList<string> Partials, ToolOutput End)
{
    /// <summary>The text of its result; fails where it was an error.</summary>
    public string Result => End is ToolOutput.Result result ? result.Text : throw new Xunit.Sdk.XunitException($"The tool did not work: {End}");

    /// <summary>The words of its error; fails where it worked.</summary>
    public string Error => End is ToolOutput.Error error ? error.Message : throw new Xunit.Sdk.XunitException($"The tool worked: {End}");
}

/// <summary>Calls tools without a session's turn around them.</summary>
public static class ToolCalls
{
    public static readonly ToolContext Nobody = new("org_1", "prj_1", "ses_1", "agt_1", "trn_1", null);

    /// <summary>One call, its arguments checked as a model's would be.</summary>
    public static Task<ToolAnswer> CallAsync(this ITool tool, object arguments, ToolContext? context = null) =>
        tool.CallUntilAsync(arguments, context, TestContext.Current.CancellationToken);

    /// <summary>As <see cref="CallAsync"/>, until it is cancelled.</summary>
    public static async Task<ToolAnswer> CallUntilAsync(this ITool tool, object arguments, ToolContext? context, CancellationToken cancellation)
    {
        if (new SchemaCheck().Check(tool, JsonSerializer.Serialize(arguments), out var checkedArguments) is { } mismatch)
            throw new Xunit.Sdk.XunitException($"The arguments do not fit: {mismatch.Message}");
        var partials = new List<string>();
        await foreach (var output in tool.RunAsync(new ToolCall("call_1", checkedArguments, context ?? Nobody), cancellation))
        {
            if (output is not ToolOutput.Partial partial)
                return new ToolAnswer(partials, output);
            partials.Add(partial.Text);
        }
        throw new Xunit.Sdk.XunitException("The tool ended without a result.");
    }
}
