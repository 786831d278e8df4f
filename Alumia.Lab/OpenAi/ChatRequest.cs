using System.Text.Json;
using System.Text.Json.Serialization;

namespace Alumia.Lab.OpenAi;

/// <summary>The body of a chat completion, as clients of OpenAI send it; what is not here is ignored.</summary>
internal sealed record ChatRequest(
    string? Model = null,
    IReadOnlyList<RequestMessage>? Messages = null,
    bool? Stream = null,
    StreamOptions? StreamOptions = null,
    IReadOnlyList<RequestTool>? Tools = null,
    JsonElement ToolChoice = default,
    bool? ParallelToolCalls = null,
    IReadOnlyList<JsonElement>? Functions = null,
    JsonElement ResponseFormat = default,
    JsonElement Stop = default,
    int? MaxTokens = null,
    int? MaxCompletionTokens = null,
    float? Temperature = null,
    float? TopP = null,
    float? PresencePenalty = null,
    float? FrequencyPenalty = null,
    long? Seed = null,
    string? ReasoningEffort = null,
    int? N = null)
{
    /// <summary>Whether the usage is sent as a chunk of its own at the end.</summary>
    public bool IncludesUsage => StreamOptions?.IncludeUsage == true;

    /// <exception cref="OpenAiFault">The body lacks what every completion needs, or asks for what no model here does.</exception>
    public ChatRequest Checked()
    {
        if (string.IsNullOrWhiteSpace(Model))
            throw OpenAiFault.BadRequest("model", "Name a model: \"agent/<slug>\" or one of GET /v1/models.");
        if (Messages is not { Count: > 0 } || Messages.Any(message => message is null))
            throw OpenAiFault.BadRequest("messages", "There must be at least one message.");
        if (N is not (null or 1))
            throw OpenAiFault.BadRequest("n", "This lab gives one choice for a request.");
        if (Functions is { Count: > 0 })
            throw OpenAiFault.BadRequest("functions", "Send \"tools\" in the place of \"functions\".");
        return this;
    }
}

internal sealed record StreamOptions(bool? IncludeUsage = null);

/// <summary>A message of the history.</summary>
internal sealed record RequestMessage(string? Role = null, JsonElement Content = default, IReadOnlyList<RequestCall>? ToolCalls = null, string? ToolCallId = null)
{
    /// <summary>The content's text, whether it came as a string or as parts.</summary>
    /// <exception cref="OpenAiFault">A part is no text.</exception>
    public string Text => Content.ValueKind switch
    {
        JsonValueKind.String => Content.GetString()!,
        JsonValueKind.Null or JsonValueKind.Undefined => "",
        JsonValueKind.Array => string.Concat(Content.EnumerateArray().Select(PartText)),
        _ => throw OpenAiFault.BadRequest("messages", "A message's content is a text, or a list of parts."),
    };

    private static string PartText(JsonElement part)
    {
        foreach (var name in (string[])["text", "refusal"])
        {
            if (part.ValueKind == JsonValueKind.Object && part.TryGetProperty(name, out var text) && text.ValueKind == JsonValueKind.String)
                return text.GetString()!;
        }
        throw OpenAiFault.BadRequest("messages", "Models and agents are sent text only: each part of a message's content is of the type \"text\".");
    }
}

internal sealed record RequestCall(string? Id = null, RequestFunction? Function = null);

internal sealed record RequestTool(RequestFunction? Function = null);

internal sealed record RequestFunction(string? Name = null, string? Description = null, JsonElement Parameters = default, string? Arguments = null);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ChatRequest))]
internal sealed partial class ChatRequestJson : JsonSerializerContext;
