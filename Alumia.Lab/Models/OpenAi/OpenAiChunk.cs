using System.Text.Json;

namespace Alumia.Lab.Models.OpenAi;

/// <summary>A piece of a tool call.</summary>
internal readonly record struct ToolCallDelta(int Index, string? Id, string? Name, string? Arguments, string? Extra);

/// <summary>
/// What one event of a chat-completions stream says. Read forward-only: at many streams at once an object model costs more than all the rest.
/// </summary>
internal sealed class OpenAiChunk
{
    public static readonly OpenAiChunk Done = new() { IsDone = true };

    public bool IsDone { get; private init; }

    public string? Text { get; private set; }

    public string? Reasoning { get; private set; }

    public List<ToolCallDelta>? ToolCalls { get; private set; }

    public string? FinishReason { get; private set; }

    public OpenAiUsage? Usage { get; private set; }

    public string? Error { get; private set; }

    public int? ErrorStatus { get; private set; }

    public static OpenAiChunk Parse(ReadOnlySpan<byte> data)
    {
        if (data.Trim((byte)' ').SequenceEqual("[DONE]"u8))
            return Done;
        var chunk = new OpenAiChunk();
        var json = new Utf8JsonReader(data);
        json.Read();
        if (json.TokenType != JsonTokenType.StartObject)
            throw new JsonException("A chunk is an object.");
        while (json.NextProperty())
        {
            if (json.ValueTextEquals("choices"u8))
                chunk.ReadChoices(ref json);
            else if (json.ValueTextEquals("usage"u8))
                chunk.ReadUsage(ref json);
            else if (json.ValueTextEquals("x_groq"u8))
                chunk.ReadGroq(ref json);
            else if (json.ValueTextEquals("error"u8))
                chunk.ReadError(ref json);
            else
                json.Skip();
        }
        return chunk;
    }

    private void ReadChoices(ref Utf8JsonReader json)
    {
        json.Read();
        if (json.TokenType != JsonTokenType.StartArray)
            return;
        while (json.Read() && json.TokenType == JsonTokenType.StartObject)
        {
            while (json.NextProperty())
            {
                if (json.ValueTextEquals("delta"u8) || json.ValueTextEquals("message"u8))
                    ReadDelta(ref json);
                else if (json.ValueTextEquals("finish_reason"u8))
                    FinishReason = json.NextString() ?? FinishReason;
                else if (json.ValueTextEquals("usage"u8))
                    ReadUsage(ref json); // Moonshot's place for it.
                else
                    json.Skip();
            }
        }
    }

    private void ReadDelta(ref Utf8JsonReader json)
    {
        json.Read();
        if (json.TokenType != JsonTokenType.StartObject)
            return;
        var isThought = false;
        while (json.NextProperty())
        {
            if (json.ValueTextEquals("content"u8))
                ReadContent(ref json);
            else if (json.ValueTextEquals("reasoning_content"u8) || json.ValueTextEquals("reasoning"u8))
                Reasoning ??= json.NextString(); // Some send both names with the same text.
            else if (json.ValueTextEquals("tool_calls"u8))
                ReadToolCalls(ref json);
            else if (json.ValueTextEquals("refusal"u8))
                Text = json.NextString() ?? Text;
            else if (json.ValueTextEquals("extra_content"u8))
                isThought = json.NextRaw() is { } extra && extra.Contains("\"thought\":true", StringComparison.Ordinal);
            else
                json.Skip();
        }
        if (isThought)
            (Text, Reasoning) = (null, Text?.Replace("<thought>", "", StringComparison.Ordinal)); // Gemini marks a whole delta as thought, and tags it too.
        else if (Text?.StartsWith("</thought>", StringComparison.Ordinal) == true)
            Text = Text["</thought>".Length..];
    }

    /// <summary>Text, or Mistral's list of text and thinking parts.</summary>
    private void ReadContent(ref Utf8JsonReader json)
    {
        json.Read();
        if (json.TokenType == JsonTokenType.String)
        {
            Text = json.GetString();
            return;
        }
        if (json.TokenType != JsonTokenType.StartArray)
        {
            json.Skip();
            return;
        }
        using var parts = JsonDocument.ParseValue(ref json);
        foreach (var part in parts.RootElement.EnumerateArray())
        {
            if (part.TryGetProperty("text", out var text))
                Text += text.GetString();
            else if (part.TryGetProperty("thinking", out var thinking) && thinking.ValueKind == JsonValueKind.Array)
                Reasoning += string.Concat(thinking.EnumerateArray().Select(piece => piece.TryGetProperty("text", out var thought) ? thought.GetString() : ""));
        }
    }

    private void ReadToolCalls(ref Utf8JsonReader json)
    {
        json.Read();
        if (json.TokenType != JsonTokenType.StartArray)
            return;
        while (json.Read() && json.TokenType == JsonTokenType.StartObject)
        {
            (int Index, string? Id, string? Name, string? Arguments, string? Extra) call = default;
            while (json.NextProperty())
            {
                if (json.ValueTextEquals("index"u8))
                    call.Index = (int)(json.NextNumber() ?? 0);
                else if (json.ValueTextEquals("id"u8))
                    call.Id = json.NextString();
                else if (json.ValueTextEquals("extra_content"u8))
                    call.Extra = json.NextRaw();
                else if (json.ValueTextEquals("function"u8))
                    (call.Name, call.Arguments) = ReadFunction(ref json);
                else
                    json.Skip();
            }
            (ToolCalls ??= []).Add(new(call.Index, call.Id, call.Name, call.Arguments, call.Extra));
        }
    }

    private static (string? Name, string? Arguments) ReadFunction(ref Utf8JsonReader json)
    {
        (string? Name, string? Arguments) function = default;
        json.Read();
        if (json.TokenType != JsonTokenType.StartObject)
            return function;
        while (json.NextProperty())
        {
            if (json.ValueTextEquals("name"u8))
                function.Name = json.NextString();
            else if (json.ValueTextEquals("arguments"u8))
                function.Arguments = json.NextText();
            else
                json.Skip();
        }
        return function;
    }

    private void ReadUsage(ref Utf8JsonReader json)
    {
        json.Read();
        if (json.TokenType == JsonTokenType.StartObject)
            Usage = OpenAiUsage.Read(ref json);
    }

    /// <summary>Groq's own corner: usage on the finishing chunk, and errors in mid-stream.</summary>
    private void ReadGroq(ref Utf8JsonReader json)
    {
        json.Read();
        if (json.TokenType != JsonTokenType.StartObject)
            return;
        while (json.NextProperty())
        {
            if (json.ValueTextEquals("usage"u8))
                ReadUsage(ref json);
            else if (json.ValueTextEquals("error"u8))
                ReadError(ref json);
            else
                json.Skip();
        }
    }

    private void ReadError(ref Utf8JsonReader json)
    {
        json.Read();
        if (json.TokenType == JsonTokenType.String)
        {
            Error = json.GetString();
            return;
        }
        if (json.TokenType != JsonTokenType.StartObject)
            return;
        Error = "";
        while (json.NextProperty())
        {
            if (json.ValueTextEquals("message"u8))
                Error = json.NextString() ?? Error;
            else if (json.ValueTextEquals("code"u8) || json.ValueTextEquals("status"u8) || json.ValueTextEquals("status_code"u8))
                ErrorStatus = int.TryParse(json.NextText(), out var status) ? status : ErrorStatus;
            else
                json.Skip();
        }
    }
}
