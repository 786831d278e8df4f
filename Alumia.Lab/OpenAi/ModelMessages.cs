using System.Text.Json;
using Alumia.Lab.Models;
using Microsoft.Extensions.AI;

namespace Alumia.Lab.OpenAi;

/// <summary>A request to a catalogue model in the words of the lab's chat clients.</summary>
internal static class ModelMessages
{
    private static readonly JsonElement _noParameters = JsonSerializer.Deserialize<JsonElement>("""{"type":"object","properties":{}}""");

    public static List<ChatMessage> Messages(ChatRequest request) => [.. request.Messages!.Select(Message)];

    public static ChatOptions Options(ChatRequest request) => new()
    {
        Temperature = request.Temperature,
        TopP = request.TopP,
        PresencePenalty = request.PresencePenalty,
        FrequencyPenalty = request.FrequencyPenalty,
        Seed = request.Seed,
        MaxOutputTokens = request.MaxCompletionTokens ?? request.MaxTokens,
        StopSequences = Stops(request.Stop),
        Tools = request.Tools is null ? null : [.. request.Tools.Select(Tool)],
        ToolMode = Mode(request.ToolChoice),
        AllowMultipleToolCalls = request.ParallelToolCalls,
        ResponseFormat = Format(request.ResponseFormat),
        Reasoning = Effort(request.ReasoningEffort),
    };

    private static ChatMessage Message(RequestMessage message) => message.Role switch
    {
        "system" or "developer" => new ChatMessage(ChatRole.System, message.Text),
        "user" => new ChatMessage(ChatRole.User, message.Text),
        "assistant" => new ChatMessage(ChatRole.Assistant, [.. Said(message)]),
        "tool" => new ChatMessage(ChatRole.Tool, [new FunctionResultContent(message.ToolCallId ?? throw OpenAiFault.BadRequest("messages", "A tool's message names its call: \"tool_call_id\"."), message.Text)]),
        _ => throw OpenAiFault.BadRequest("messages", "A message's role is one of system, developer, user, assistant and tool."),
    };

    private static IEnumerable<AIContent> Said(RequestMessage message)
    {
        if (message.Text is { Length: > 0 } text)
            yield return new TextContent(text);
        foreach (var call in message.ToolCalls ?? [])
            yield return ToolCalls.Create(Need(call?.Id, "A tool call has an id."), Need(call?.Function?.Name, "A tool call names its function."), call!.Function!.Arguments ?? "");
    }

    private static AIFunctionDeclaration Tool(RequestTool tool)
    {
        var function = tool?.Function;
        if (function?.Name is not { Length: > 0 } name)
            throw OpenAiFault.BadRequest("tools", "Each tool is of the type \"function\" and has a name.");
        return AIFunctionFactory.CreateDeclaration(name, function.Description ?? "", function.Parameters.ValueKind switch
        {
            JsonValueKind.Object => function.Parameters,
            JsonValueKind.Undefined or JsonValueKind.Null => _noParameters,
            _ => throw OpenAiFault.BadRequest("tools", $"The parameters of {name} are no JSON schema."),
        });
    }

    private static ChatToolMode? Mode(JsonElement choice) => choice.ValueKind switch
    {
        JsonValueKind.Undefined or JsonValueKind.Null => null,
        JsonValueKind.String when choice.ValueEquals("none") => ChatToolMode.None,
        JsonValueKind.String when choice.ValueEquals("auto") => ChatToolMode.Auto,
        JsonValueKind.String when choice.ValueEquals("required") => ChatToolMode.RequireAny,
        JsonValueKind.Object when choice.TryGetProperty("function", out var function) && TextIn(function, "name") is { } name => ChatToolMode.RequireSpecific(name),
        _ => throw OpenAiFault.BadRequest("tool_choice", "\"tool_choice\" is none, auto, required or a function's name."),
    };

    private static List<string>? Stops(JsonElement stop) => stop.ValueKind switch
    {
        JsonValueKind.Undefined or JsonValueKind.Null => null,
        JsonValueKind.String => [stop.GetString()!],
        JsonValueKind.Array when stop.EnumerateArray().All(one => one.ValueKind == JsonValueKind.String) => [.. stop.EnumerateArray().Select(one => one.GetString()!)],
        _ => throw OpenAiFault.BadRequest("stop", "\"stop\" is a text or a list of texts."),
    };

    private static ChatResponseFormatJson? Format(JsonElement format)
    {
        switch (TextIn(format, "type"))
        {
            case "json_object":
                return ChatResponseFormat.Json;
            case "json_schema" when format.TryGetProperty("json_schema", out var given) && given.ValueKind == JsonValueKind.Object && given.TryGetProperty("schema", out var schema):
                return ChatResponseFormat.ForJsonSchema(schema, TextIn(given, "name"), TextIn(given, "description"));
            case "json_schema":
                throw OpenAiFault.BadRequest("response_format", "\"json_schema\" holds a name and a schema.");
            default:
                return null;
        }
    }

    private static ReasoningOptions? Effort(string? effort) => effort switch
    {
        null => null,
        "none" => new ReasoningOptions { Effort = ReasoningEffort.None },
        "minimal" or "low" => new ReasoningOptions { Effort = ReasoningEffort.Low },
        "medium" => new ReasoningOptions { Effort = ReasoningEffort.Medium },
        "high" => new ReasoningOptions { Effort = ReasoningEffort.High },
        "xhigh" or "max" => new ReasoningOptions { Effort = ReasoningEffort.ExtraHigh },
        _ => throw OpenAiFault.BadRequest("reasoning_effort", "\"reasoning_effort\" is none, minimal, low, medium, high or xhigh."),
    };

    private static string? TextIn(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var text) && text.ValueKind == JsonValueKind.String ? text.GetString() : null;

    private static string Need(string? value, string otherwise) => value is { Length: > 0 } ? value : throw OpenAiFault.BadRequest("messages", otherwise);
}
