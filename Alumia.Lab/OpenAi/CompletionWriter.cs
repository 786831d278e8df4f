using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Alumia.Lab.Models;
using Microsoft.Extensions.AI;

namespace Alumia.Lab.OpenAi;

/// <summary>Writes one completion to the client: chunk by chunk as it comes, or whole at its end. Nothing is sent before there is something to send.</summary>
internal sealed class CompletionWriter(HttpResponse response, ChatRequest request, long createdAtMs)
{
    private static readonly JsonWriterOptions _options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private readonly StringBuilder _text = new(), _reasoning = new();
    private readonly List<FunctionCallContent> _calls = [];
    private readonly string _id = $"chatcmpl-{Guid.NewGuid():N}";
    private readonly Utf8JsonWriter _json = new(response.BodyWriter, _options);

    private bool Streams => request.Stream == true;

    /// <summary>Whether something was sent: a failure has no status any more.</summary>
    public bool HasBegun { get; private set; }

    /// <summary>More of the answer's text.</summary>
    public void Text(string text) => More(isReasoning: false, text);

    /// <summary>More of the reasoning.</summary>
    public void Reasoning(string text) => More(isReasoning: true, text);

    /// <summary>A call of one of the client's own tools.</summary>
    public void Call(FunctionCallContent call)
    {
        _calls.Add(call);
        if (!Streams)
            return;
        Begin();
        Chunk(call, (json, call) =>
        {
            json.WriteStartArray("tool_calls"u8);
            WriteCall(json, call, _calls.Count - 1);
            json.WriteEndArray();
        });
    }

    /// <summary>Sends what a stream was given; a whole answer is sent at its end.</summary>
    public ValueTask<FlushResult> FlushAsync(CancellationToken cancellation) => Streams ? response.BodyWriter.FlushAsync(cancellation) : default;

    /// <summary>The end, with what it used and why it ended.</summary>
    public async Task EndAsync(string reason, UsageDetails usage, CancellationToken cancellation)
    {
        if (Streams)
        {
            Begin();
            Chunk("", null, reason);
            if (request.IncludesUsage)
                UsageChunk(usage);
            response.BodyWriter.Write("data: [DONE]\n\n"u8);
        }
        else
        {
            response.ContentType = "application/json";
            Whole(reason, usage);
        }
        await response.BodyWriter.FlushAsync(cancellation);
    }

    /// <summary>A failure in the middle of a stream.</summary>
    public async Task FailAsync(OpenAiFault fault, CancellationToken cancellation)
    {
        response.BodyWriter.Write("data: "u8);
        response.BodyWriter.Write(JsonSerializer.SerializeToUtf8Bytes(fault.Body, JsonSerializerOptions.Web));
        response.BodyWriter.Write("\n\n"u8);
        await FlushAsync(cancellation);
    }

    private void More(bool isReasoning, string text)
    {
        if (!Streams)
        {
            (isReasoning ? _reasoning : _text).Append(text);
            return;
        }
        Begin();
        Chunk(text, isReasoning
            ? static (json, text) => json.WriteString("reasoning_content"u8, text)
            : static (json, text) => json.WriteString("content"u8, text));
    }

    private void Begin()
    {
        if (HasBegun)
            return;
        HasBegun = true;
        response.ContentType = "text/event-stream";
        response.Headers.CacheControl = "no-cache";
        response.Headers["X-Accel-Buffering"] = "no";
        Chunk("", static (json, _) =>
        {
            json.WriteString("role"u8, "assistant"u8);
            json.WriteString("content"u8, ""u8);
        });
    }

    private void Chunk<T>(T what, Action<Utf8JsonWriter, T>? delta, string? reason = null)
    {
        Head("chat.completion.chunk"u8);
        _json.WriteStartArray("choices"u8);
        _json.WriteStartObject();
        _json.WriteNumber("index"u8, 0);
        _json.WriteStartObject("delta"u8);
        delta?.Invoke(_json, what);
        _json.WriteEndObject();
        _json.WriteString("finish_reason"u8, reason);
        _json.WriteEndObject();
        _json.WriteEndArray();
        Tail();
    }

    private void UsageChunk(UsageDetails usage)
    {
        Head("chat.completion.chunk"u8);
        _json.WriteStartArray("choices"u8);
        _json.WriteEndArray();
        WriteUsage(usage);
        Tail();
    }

    private void Head(ReadOnlySpan<byte> kind)
    {
        if (Streams)
            response.BodyWriter.Write("data: "u8);
        _json.Reset();
        _json.WriteStartObject();
        _json.WriteString("id"u8, _id);
        _json.WriteString("object"u8, kind);
        _json.WriteNumber("created"u8, createdAtMs / 1000);
        _json.WriteString("model"u8, request.Model);
    }

    private void Tail()
    {
        _json.WriteEndObject();
        _json.Flush();
        if (Streams)
            response.BodyWriter.Write("\n\n"u8);
    }

    private void Whole(string reason, UsageDetails usage)
    {
        Head("chat.completion"u8);
        _json.WriteStartArray("choices"u8);
        _json.WriteStartObject();
        _json.WriteNumber("index"u8, 0);
        _json.WriteStartObject("message"u8);
        _json.WriteString("role"u8, "assistant"u8);
        if (_text.Length == 0 && _calls.Count > 0)
            _json.WriteNull("content"u8);
        else
            _json.WriteString("content"u8, _text.ToString());
        _json.WriteNull("refusal"u8);
        if (_reasoning.Length > 0)
            _json.WriteString("reasoning_content"u8, _reasoning.ToString());
        if (_calls.Count > 0)
        {
            _json.WriteStartArray("tool_calls"u8);
            foreach (var call in _calls)
                WriteCall(_json, call, null);
            _json.WriteEndArray();
        }
        _json.WriteEndObject();
        _json.WriteNull("logprobs"u8);
        _json.WriteString("finish_reason"u8, reason);
        _json.WriteEndObject();
        _json.WriteEndArray();
        WriteUsage(usage);
        Tail();
    }

    private void WriteUsage(UsageDetails usage)
    {
        _json.WriteStartObject("usage"u8);
        _json.WriteNumber("prompt_tokens"u8, usage.InputTokenCount ?? 0);
        _json.WriteNumber("completion_tokens"u8, usage.OutputTokenCount ?? 0);
        _json.WriteNumber("total_tokens"u8, (usage.InputTokenCount ?? 0) + (usage.OutputTokenCount ?? 0));
        _json.WriteStartObject("prompt_tokens_details"u8);
        _json.WriteNumber("cached_tokens"u8, usage.CachedInputTokenCount ?? 0);
        _json.WriteEndObject();
        _json.WriteStartObject("completion_tokens_details"u8);
        _json.WriteNumber("reasoning_tokens"u8, usage.ReasoningTokenCount ?? 0);
        _json.WriteEndObject();
        _json.WriteEndObject();
    }

    /// <summary>Clients' tool names have no dots, so what came back from the wire as one was a double dash.</summary>
    private static void WriteCall(Utf8JsonWriter json, FunctionCallContent call, int? index)
    {
        json.WriteStartObject();
        if (index is { } place)
            json.WriteNumber("index"u8, place);
        json.WriteString("id"u8, call.CallId);
        json.WriteString("type"u8, "function"u8);
        json.WriteStartObject("function"u8);
        json.WriteString("name"u8, ToolNames.ToWire(call.Name));
        json.WriteString("arguments"u8, ToolCalls.RawText(call));
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
