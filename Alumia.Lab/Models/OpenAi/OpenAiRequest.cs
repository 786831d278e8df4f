using System.Buffers;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace Alumia.Lab.Models.OpenAi;

/// <summary>Writes the body of a chat-completions request.</summary>
internal static class OpenAiRequest
{
    // Google's documented signature for calls whose own was not kept.
    private const string NoSignature = """{"google":{"thought_signature":"skip_thought_signature_validator"}}""";

    public static byte[] Write(ModelRoute route, IEnumerable<ChatMessage> messages, ChatOptions? options)
    {
        var buffer = new ArrayBufferWriter<byte>(4096);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("model", route.Model.ProviderModelId);
            json.WriteBoolean("stream", true);
            if (route.Provider.AsksForUsage)
            {
                json.WriteStartObject("stream_options");
                json.WriteBoolean("include_usage", true);
                json.WriteEndObject();
            }
            if (options?.MaxOutputTokens is { } limit)
                json.WriteNumber(route.Provider.MaxTokensField, Math.Min(limit, route.Model.MaxOutputTokens));
            WriteSampling(json, options);
            if (Efforts.For(route.Model, options?.Reasoning) is { } effort)
                json.WriteString("reasoning_effort", effort);
            json.WriteStartArray("messages");
            if (!string.IsNullOrEmpty(options?.Instructions))
                WriteText(json, "system", options.Instructions);
            foreach (var message in messages)
                WriteMessage(json, route.Provider, message);
            json.WriteEndArray();
            WriteTools(json, options?.Tools);
            WriteToolChoice(json, options);
            WriteFormat(json, options?.ResponseFormat);
            json.WriteEndObject();
        }
        return buffer.WrittenSpan.ToArray();
    }

    private static void WriteSampling(Utf8JsonWriter json, ChatOptions? options)
    {
        Number("temperature", options?.Temperature);
        Number("top_p", options?.TopP);
        Number("presence_penalty", options?.PresencePenalty);
        Number("frequency_penalty", options?.FrequencyPenalty);
        if (options?.Seed is { } seed)
            json.WriteNumber("seed", seed);
        if (options?.StopSequences is not { Count: > 0 } stops)
            return;
        json.WriteStartArray("stop");
        foreach (var stop in stops)
            json.WriteStringValue(stop);
        json.WriteEndArray();

        void Number(string name, float? value)
        {
            if (value is { } number)
                json.WriteNumber(name, number);
        }
    }

    private static void WriteToolChoice(Utf8JsonWriter json, ChatOptions? options)
    {
        if (options?.Tools is not { Count: > 0 })
            return;
        if (options.AllowMultipleToolCalls is { } several)
            json.WriteBoolean("parallel_tool_calls", several);
        switch (options.ToolMode)
        {
            case NoneChatToolMode:
                json.WriteString("tool_choice", "none");
                break;
            case RequiredChatToolMode { RequiredFunctionName: { } name }:
                json.WriteStartObject("tool_choice");
                json.WriteString("type", "function");
                json.WriteStartObject("function");
                json.WriteString("name", ToolNames.ToWire(name));
                json.WriteEndObject();
                json.WriteEndObject();
                break;
            case RequiredChatToolMode:
                json.WriteString("tool_choice", "required");
                break;
        }
    }

    private static void WriteFormat(Utf8JsonWriter json, ChatResponseFormat? format)
    {
        if (format is not ChatResponseFormatJson wanted)
            return;
        json.WriteStartObject("response_format");
        json.WriteString("type", wanted.Schema is null ? "json_object" : "json_schema");
        if (wanted.Schema is { } schema)
        {
            json.WriteStartObject("json_schema");
            json.WriteString("name", wanted.SchemaName ?? "answer");
            if (wanted.SchemaDescription is { } description)
                json.WriteString("description", description);
            json.WritePropertyName("schema");
            schema.WriteTo(json);
            json.WriteEndObject();
        }
        json.WriteEndObject();
    }

    private static void WriteMessage(Utf8JsonWriter json, Provider provider, ChatMessage message)
    {
        if (message.Role == ChatRole.Assistant)
        {
            WriteAssistant(json, provider, message);
            return;
        }
        foreach (var result in message.Contents.OfType<FunctionResultContent>())
        {
            json.WriteStartObject();
            json.WriteString("role", "tool");
            json.WriteString("tool_call_id", result.CallId);
            json.WriteString("content", ToolResults.Text(result));
            json.WriteEndObject();
        }
        var text = message.Text;
        if (text.Length > 0)
            WriteText(json, message.Role == ChatRole.System ? "system" : "user", text);
    }

    private static void WriteAssistant(Utf8JsonWriter json, Provider provider, ChatMessage message)
    {
        var calls = message.Contents.OfType<FunctionCallContent>().ToList();
        var text = message.Text;
        if (calls.Count == 0 && text.Length == 0)
            return; // Some providers refuse an empty message.
        json.WriteStartObject();
        json.WriteString("role", "assistant");
        json.WriteString("content", text);
        if (provider.ReturnsReasoning && calls.Count > 0)
            json.WriteString("reasoning_content", string.Concat(message.Contents.OfType<TextReasoningContent>().Select(part => part.Text)));
        if (calls.Count > 0)
        {
            json.WriteStartArray("tool_calls");
            foreach (var call in calls)
                WriteCall(json, provider, call);
            json.WriteEndArray();
        }
        json.WriteEndObject();
    }

    private static void WriteCall(Utf8JsonWriter json, Provider provider, FunctionCallContent call)
    {
        json.WriteStartObject();
        json.WriteString("id", call.CallId);
        json.WriteString("type", "function");
        json.WriteStartObject("function");
        json.WriteString("name", ToolNames.ToWire(call.Name));
        json.WriteString("arguments", ToolCalls.ArgumentsText(call));
        json.WriteEndObject();
        if (provider.Slug == "gemini")
        {
            json.WritePropertyName("extra_content");
            json.WriteRawValue(call.AdditionalProperties?.GetValueOrDefault(ToolCalls.ExtraContent) as string ?? NoSignature);
        }
        json.WriteEndObject();
    }

    private static void WriteTools(Utf8JsonWriter json, IList<AITool>? tools)
    {
        var declarations = tools?.OfType<AIFunctionDeclaration>().ToList();
        if (declarations is not { Count: > 0 })
            return;
        json.WriteStartArray("tools");
        foreach (var tool in declarations)
        {
            json.WriteStartObject();
            json.WriteString("type", "function");
            json.WriteStartObject("function");
            json.WriteString("name", ToolNames.ToWire(tool.Name));
            json.WriteString("description", tool.Description);
            json.WritePropertyName("parameters");
            tool.JsonSchema.WriteTo(json);
            json.WriteEndObject();
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static void WriteText(Utf8JsonWriter json, string role, string text)
    {
        json.WriteStartObject();
        json.WriteString("role", role);
        json.WriteString("content", text);
        json.WriteEndObject();
    }
}
