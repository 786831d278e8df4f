using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Alumia.Lab.AiSdk;

/// <summary>The whole message in one object, for clients that do not stream: the parts put together as the AI SDK's own client puts them.</summary>
internal sealed class WholeAnswer
{
    private readonly List<Piece> _pieces = [];
    private string _messageId = "";
    private string _reason = "";

    /// <summary>What ended the turn, where it failed.</summary>
    public (string Code, string Message)? Failure { get; private set; }

    public void Add(IReadOnlyList<UiPart> parts)
    {
        foreach (var part in parts)
            Add(part);
    }

    /// <summary><c>{"success":true,"data":{sessionId, status, finishReason, message}}</c>.</summary>
    public void WriteTo(IBufferWriter<byte> output, string sessionId, string status)
    {
        using var json = new Utf8JsonWriter(output);
        json.WriteStartObject();
        json.WriteBoolean("success", true);
        json.WriteStartObject("data");
        json.WriteString("sessionId", sessionId);
        json.WriteString("status", status);
        if (_reason.Length > 0)
            json.WriteString("finishReason", _reason);
        json.WriteStartObject("message");
        json.WriteString("id", _messageId);
        json.WriteString("role", "assistant");
        json.WriteStartArray("parts");
        foreach (var piece in _pieces)
            piece.WriteTo(json);
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private void Add(in UiPart part)
    {
        switch (part.Kind)
        {
            case UiPartKind.Start:
                _messageId = part.Id;
                break;
            case UiPartKind.StartStep:
                _pieces.Add(new Piece("step-start"));
                break;
            case UiPartKind.TextStart:
                _pieces.Add(new Piece("text"));
                break;
            case UiPartKind.ReasoningStart:
                _pieces.Add(new Piece("reasoning"));
                break;
            case UiPartKind.TextDelta or UiPartKind.ReasoningDelta:
                _pieces[^1].Text.Append(part.Text);
                break;
            case UiPartKind.ToolInputStart:
                _pieces.Add(new Piece("dynamic-tool") { Id = part.Id, Name = part.Name });
                break;
            case UiPartKind.ToolInputAvailable:
                (Call(part.Id).State, Call(part.Id).Input) = ("input-available", part.Text);
                break;
            case UiPartKind.ToolInputError:
                Call(part.Id).Input = part.Text;
                Call(part.Id).End("output-error", part.Fault);
                break;
            case UiPartKind.ToolPartial or UiPartKind.ToolOutput:
                Call(part.Id).End("output-available", part.Text, part.Kind == UiPartKind.ToolPartial);
                break;
            case UiPartKind.ToolApprovalRequest:
                Call(part.Id).State = "approval-requested";
                break;
            case UiPartKind.ToolOutputDenied:
                Call(part.Id).State = "output-denied";
                break;
            case UiPartKind.ToolOutputError:
                Call(part.Id).End("output-error", part.Text);
                break;
            case UiPartKind.Error:
                Failure = (part.Id, part.Text);
                break;
            case UiPartKind.Finish:
                _reason = part.Text;
                break;
        }
    }

    private Piece Call(string callId) => _pieces.FindLast(piece => piece.Id == callId)!;

    private sealed record Piece(string Type)
    {
        public StringBuilder Text { get; } = new();

        public string Id { get; init; } = "";

        public string Name { get; init; } = "";

        public string State { get; set; } = "input-streaming";

        public string? Input { get; set; }

        private bool IsPreliminary { get; set; }

        public void End(string state, string text, bool isPreliminary = false)
        {
            (State, IsPreliminary) = (state, isPreliminary);
            Text.Clear().Append(text);
        }

        public void WriteTo(Utf8JsonWriter json)
        {
            json.WriteStartObject();
            json.WriteString("type", Type);
            if (Type is "text" or "reasoning")
            {
                json.WriteString("text", Text.ToString());
                json.WriteString("state", "done");
            }
            else if (Id.Length > 0)
            {
                WriteCall(json);
            }
            json.WriteEndObject();
        }

        private void WriteCall(Utf8JsonWriter json)
        {
            json.WriteString("toolName", Name);
            json.WriteString("toolCallId", Id);
            json.WriteString("state", State);
            if (Input is not null)
                PartWriter.WriteInput(json, Input);
            if (State is "approval-requested" or "output-denied")
            {
                json.WriteStartObject("approval");
                json.WriteString("id", Id);
                if (State == "output-denied")
                    json.WriteBoolean("approved", false);
                json.WriteEndObject();
            }
            if (State == "output-available")
                json.WriteString("output", Text.ToString());
            if (State == "output-error")
                json.WriteString("errorText", Text.ToString());
            if (IsPreliminary)
                json.WriteBoolean("preliminary", true);
            json.WriteBoolean("providerExecuted", true);
        }
    }
}
