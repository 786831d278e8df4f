using System.Text.Json;
using System.Text.Json.Nodes;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;

namespace Alumia.Lab.Mcp;

/// <summary>
/// A call of a tool that runs as a task only (MCP of November 2025, which the SDK does not speak): it is begun, asked about until it has ended,
/// and its result is fetched. What it says of itself meanwhile is its progress.
/// </summary>
/// <param name="ask">Sends a request and gives the result.</param>
/// <param name="progress">Is told how it stands.</param>
/// <param name="clock">For the pauses.</param>
internal sealed class McpTaskCall(Func<string, JsonObject, CancellationToken, Task<JsonObject>> ask, IProgress<ProgressNotificationValue> progress, TimeProvider clock)
{
    private const int KeepMs = 600_000;
    private const int LeastPauseMs = 250;
    private const int MostPauseMs = 10_000;
    private static readonly TimeSpan _goodbye = TimeSpan.FromSeconds(3);

    public async Task<CallToolResult> RunAsync(string tool, JsonElement arguments, CancellationToken cancellation)
    {
        var begun = await ask(RequestMethods.ToolsCall, new JsonObject
        {
            ["name"] = tool,
            ["arguments"] = JsonSerializer.SerializeToNode(arguments),
            ["task"] = new JsonObject { ["ttl"] = KeepMs },
        }, cancellation);
        if (begun["task"] is not JsonObject task || Text(task, "taskId") is not { } id)
            return Result(begun); // It answered at once.
        try
        {
            return await EndAsync(task, id, cancellation);
        }
        catch (OperationCanceledException)
        {
            using var late = new CancellationTokenSource(_goodbye, clock);
            await CancelAsync(id, late.Token);
            throw;
        }
    }

    private async Task<CallToolResult> EndAsync(JsonObject task, string id, CancellationToken cancellation)
    {
        string? told = null;
        for (var count = 1; ; count++)
        {
            var (status, words) = (Text(task, "status"), Text(task, "statusMessage"));
            if (status is "completed" or "failed")
                return Result(await ask("tasks/result", new JsonObject { ["taskId"] = id }, cancellation));
            if (status is "cancelled")
                throw new McpException($"The server cancelled it. {words}");
            if (status is "input_required")
            {
                await CancelAsync(id, cancellation);
                throw new McpException("It asks for something that only a person could answer, and the lab passes no questions of servers on.");
            }
            if (words is not null && words != told)
                progress.Report(new ProgressNotificationValue { Progress = count, Message = told = words });
            var pause = task["pollInterval"] is JsonValue wish && wish.TryGetValue(out double ms) ? Math.Clamp(ms, LeastPauseMs, MostPauseMs) : 1_000;
            await Task.Delay(TimeSpan.FromMilliseconds(pause), clock, cancellation);
            task = await ask("tasks/get", new JsonObject { ["taskId"] = id }, cancellation);
        }
    }

    private async Task CancelAsync(string id, CancellationToken cancellation)
    {
        try
        {
            await ask("tasks/cancel", new JsonObject { ["taskId"] = id }, cancellation);
        }
        catch (Exception exception) when (exception is OperationCanceledException or McpException or IOException or HttpRequestException)
        {
            // It ends by itself when its time is over.
        }
    }

    private static CallToolResult Result(JsonObject result) => result.Deserialize<CallToolResult>(McpJsonUtilities.DefaultOptions) ?? throw new McpException("The result is none.");

    private static string? Text(JsonObject of, string name) => of[name] is JsonValue value && value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : null;
}
