using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Alumia.Lab.AiSdk;

/// <summary>Writes parts as server-sent events: each with the client's place, and with no key beyond its schema.</summary>
internal sealed class PartWriter(IBufferWriter<byte> output) : IDisposable
{
    private static readonly JsonWriterOptions _options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };
    private readonly Utf8JsonWriter _json = new(output, _options);

    public void Write(in UiPart part)
    {
        if (part.After is { } place)
            WriteId(place);
        output.Write("data: "u8);
        _json.Reset();
        _json.WriteStartObject();
        WriteBody(part);
        _json.WriteEndObject();
        _json.Flush();
        output.Write("\n\n"u8);
    }

    /// <summary>Nothing comes after this.</summary>
    public void WriteDone() => output.Write("data: [DONE]\n\n"u8);

    /// <summary>Says nothing, so that neither proxies nor clients take the line for dead.</summary>
    public void WriteComment() => output.Write(":\n\n"u8);

    public void Dispose() => _json.Dispose();

    /// <summary>The error envelope as a text, which is what an error part holds.</summary>
    public static string Envelope(string code, string message)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer, _options);
        json.WriteStartObject();
        json.WriteStartObject("error");
        json.WriteString("code", code);
        json.WriteString("message", message);
        json.WriteEndObject();
        json.WriteEndObject();
        json.Flush();
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>A call's arguments as the JSON that they are; as a text where they are none.</summary>
    public static void WriteInput(Utf8JsonWriter json, string arguments)
    {
        json.WritePropertyName("input");
        try
        {
            using var parsed = JsonDocument.Parse(arguments);
            parsed.RootElement.WriteTo(json);
        }
        catch (JsonException)
        {
            json.WriteStringValue(arguments);
        }
    }

    private void WriteBody(in UiPart part)
    {
        switch (part.Kind)
        {
            case UiPartKind.TextDelta:
                WriteProse("text-delta"u8, part);
                break;
            case UiPartKind.TextStart:
                WriteProse("text-start"u8, part);
                break;
            case UiPartKind.TextEnd:
                WriteProse("text-end"u8, part);
                break;
            case UiPartKind.ReasoningDelta:
                WriteProse("reasoning-delta"u8, part);
                break;
            case UiPartKind.ReasoningStart:
                WriteProse("reasoning-start"u8, part);
                break;
            case UiPartKind.ReasoningEnd:
                WriteProse("reasoning-end"u8, part);
                break;
            case UiPartKind.Start:
                Type("start"u8);
                _json.WriteString("messageId"u8, part.Id);
                _json.WriteStartObject("messageMetadata"u8);
                _json.WriteString("sessionId"u8, part.Text);
                _json.WriteEndObject();
                break;
            case UiPartKind.StartStep:
                Type("start-step"u8);
                break;
            case UiPartKind.FinishStep:
                Type("finish-step"u8);
                break;
            case UiPartKind.Abort:
                Type("abort"u8);
                break;
            case UiPartKind.Finish:
                Type("finish"u8);
                _json.WriteString("finishReason"u8, part.Text);
                break;
            case UiPartKind.Error:
                Type("error"u8);
                _json.WriteString("errorText"u8, Envelope(part.Id, part.Text));
                break;
            case UiPartKind.Status:
                Type("data-status"u8);
                _json.WriteString("id"u8, "status"u8);
                _json.WriteStartObject("data"u8);
                _json.WriteString("status"u8, part.Id);
                if (part.Text.Length > 0)
                    _json.WriteString("why"u8, part.Text);
                _json.WriteEndObject();
                break;
            case UiPartKind.Cut:
                Type("data-cut"u8);
                _json.WriteStartObject("data"u8);
                _json.WriteNumber("step"u8, int.Parse(part.Name, CultureInfo.InvariantCulture));
                _json.WriteNumber("length"u8, part.Number);
                _json.WriteEndObject();
                _json.WriteBoolean("transient"u8, true);
                break;
            case UiPartKind.ToolApprovalRequest:
                Type("tool-approval-request"u8);
                _json.WriteString("approvalId"u8, part.Id);
                _json.WriteString("toolCallId"u8, part.Id);
                break;
            case UiPartKind.ToolOutputDenied:
                Type("tool-output-denied"u8);
                _json.WriteString("toolCallId"u8, part.Id);
                break;
            default:
                WriteTool(part);
                break;
        }
    }

    private void WriteProse(ReadOnlySpan<byte> type, in UiPart part)
    {
        Type(type);
        _json.WriteString("id"u8, part.Id);
        if (part.Text.Length > 0)
            _json.WriteString("delta"u8, part.Text);
    }

    /// <summary>The lab runs the tools, and the client knows none of them: so <c>providerExecuted</c>, or it would run them too, and <c>dynamic</c>.</summary>
    private void WriteTool(in UiPart part)
    {
        Type(part.Kind switch
        {
            UiPartKind.ToolInputStart => "tool-input-start"u8,
            UiPartKind.ToolInputDelta => "tool-input-delta"u8,
            UiPartKind.ToolInputAvailable => "tool-input-available"u8,
            UiPartKind.ToolInputError => "tool-input-error"u8,
            UiPartKind.ToolOutputError => "tool-output-error"u8,
            _ => "tool-output-available"u8,
        });
        _json.WriteString("toolCallId"u8, part.Id);
        switch (part.Kind)
        {
            case UiPartKind.ToolInputDelta:
                _json.WriteString("inputTextDelta"u8, part.Text);
                return;
            case UiPartKind.ToolInputStart:
                _json.WriteString("toolName"u8, part.Name);
                break;
            case UiPartKind.ToolInputAvailable or UiPartKind.ToolInputError:
                _json.WriteString("toolName"u8, part.Name);
                WriteInput(_json, part.Text);
                if (part.Kind == UiPartKind.ToolInputError)
                    _json.WriteString("errorText"u8, part.Fault);
                break;
            case UiPartKind.ToolOutputError:
                _json.WriteString("errorText"u8, part.Text);
                break;
            default:
                _json.WriteString("output"u8, part.Text);
                if (part.Kind == UiPartKind.ToolPartial)
                    _json.WriteBoolean("preliminary"u8, true);
                break;
        }
        _json.WriteBoolean("providerExecuted"u8, true);
        _json.WriteBoolean("dynamic"u8, true);
    }

    private void Type(ReadOnlySpan<byte> type) => _json.WriteString("type"u8, type);

    private void WriteId(Place place)
    {
        output.Write("id: "u8);
        WriteNumber(place.Sequence);
        output.Write("."u8);
        WriteNumber(place.Offset);
        if (place.Parts > 0)
        {
            output.Write("."u8);
            WriteNumber(place.Parts);
        }
        output.Write("\n"u8);
    }

    private void WriteNumber(long number)
    {
        number.TryFormat(output.GetSpan(20), out var written, provider: CultureInfo.InvariantCulture);
        output.Advance(written);
    }
}
