using System.Text;
using System.Text.Json;

namespace Alumia.Lab.Sessions;

/// <summary>A stretch of the open step as it is saved.</summary>
public sealed record OpenPart(bool IsReasoning, string Text)
{
    /// <summary>The event that it becomes when the step closes.</summary>
    public SessionEventData ToEvent(int step) => IsReasoning ? new ReasoningWritten(step, Text) : new TextWritten(step, Text);
}

/// <summary>What a model asked for, as it came.</summary>
internal sealed record RequestedCall(string CallId, string Tool, string RawArguments, string? Extra);

/// <summary>The step that streams: its text, reasoning and calls in the order streamed. One writes; the saver reads beside it.</summary>
internal sealed class OpenStep
{
    private readonly Lock _lock = new();
    private readonly List<(bool IsReasoning, StringBuilder Text)> _parts = [];
    private int _length;
    private int _savedLength;

    public List<RequestedCall> Calls { get; } = [];

    public bool IsEmpty => _length == 0 && Calls.Count == 0;

    public void Write(bool isReasoning, string text)
    {
        lock (_lock)
        {
            if (_parts.Count == 0 || _parts[^1].IsReasoning != isReasoning)
                _parts.Add((isReasoning, new StringBuilder()));
            _parts[^1].Text.Append(text);
            _length += text.Length;
        }
    }

    public List<OpenPart> Parts()
    {
        lock (_lock)
            return [.. _parts.Select(part => new OpenPart(part.IsReasoning, part.Text.ToString()))];
    }

    /// <summary>All parts as JSON and their length, or null where nothing has come since the last save.</summary>
    public (string Parts, int Length)? Unsaved()
    {
        lock (_lock)
            return _length == _savedLength ? null : (JsonSerializer.Serialize(Parts(), SessionJson.Default.ListOpenPart), _length);
    }

    public void Saved(int length) => _savedLength = length;
}
