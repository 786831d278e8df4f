using System.Text;

namespace Alumia.Lab.Sessions;

/// <summary>One message and its answer, as they are shown. <see cref="Version"/> grows with every change in it, so that only what changed is drawn again.</summary>
public sealed class TurnView
{
    private readonly Dictionary<string, ToolPart> _calls = [];

    internal TurnView(string id, long atMs, long sequence) => (Id, StartedAtMs, FirstSequence) = (id, atMs, sequence);

    public string Id { get; }

    /// <summary>UTC ms.</summary>
    public long StartedAtMs { get; }

    /// <summary>UTC ms; null while it is under way.</summary>
    public long? EndedAtMs { get; internal set; }

    /// <summary>The number of its first event.</summary>
    public long FirstSequence { get; }

    public int Version { get; internal set; }

    public string MessageId { get; internal set; } = "";

    public int Revision { get; internal set; }

    public string Text { get; internal set; } = "";

    /// <summary>Who wrote the message: a user's id, or null for a client without one.</summary>
    public string? UserId { get; internal set; }

    /// <summary>The name of who wrote it, where the message came with a file.</summary>
    public string? Author { get; internal set; }

    /// <summary>The peer that wrote it; null where a person did.</summary>
    public PeerOrigin? From { get; internal set; }

    public string AgentId { get; internal set; } = "";

    public List<StepView> Steps { get; } = [];

    public List<TroubleMark> Troubles { get; } = [];

    /// <summary>Why it ended, where it answered.</summary>
    public string? FinishReason { get; internal set; }

    /// <summary>Why it ended, where it did not answer.</summary>
    public TurnFailed? Failure { get; internal set; }

    public bool IsOpen => FinishReason is null && Failure is null;

    internal StepView Step(int number)
    {
        for (var i = Steps.Count - 1; i >= 0; i--)
        {
            if (Steps[i].Number == number)
                return Steps[i];
        }
        return AddStep(number);
    }

    internal StepView AddStep(int number)
    {
        var step = new StepView(number);
        Steps.Add(step);
        return step;
    }

    internal ToolPart? Call(string callId) => _calls.GetValueOrDefault(callId);

    internal void Remember(ToolPart call) => _calls[call.CallId] = call;
}

/// <summary>One call to the model, and the tools that it asked for.</summary>
public sealed class StepView
{
    private readonly List<PartView> _parts = [];
    private int _stored;

    internal StepView(int number) => Number = number;

    public int Number { get; }

    /// <summary>In the order streamed.</summary>
    public IReadOnlyList<PartView> Parts => _parts;

    /// <summary>How many of the oldest messages the model was not shown.</summary>
    public int MessagesLeftOut { get; internal set; }

    public UsageRecorded? Usage { get; internal set; }

    /// <summary>Characters streamed, text and reasoning together, as cursors count them.</summary>
    internal int Streamed { get; private set; }

    internal void Stream(bool isReasoning, ReadOnlySpan<char> text)
    {
        if (_parts.Count == _stored || _parts[^1] is not ProsePart last || last.IsReasoning != isReasoning)
            _parts.Add(last = new ProsePart(isReasoning));
        last.Append(text);
        Streamed += text.Length;
    }

    /// <summary>Cuts what is open to so many characters.</summary>
    internal void Cut(int length)
    {
        var left = Streamed = Math.Min(Streamed, length);
        for (var i = _stored; i < _parts.Count; i++)
        {
            var open = (ProsePart)_parts[i];
            open.Cut(Math.Min(left, open.Length));
            left -= open.Length;
        }
        _parts.RemoveAll(part => part is ProsePart { IsOpen: true, Length: 0 });
    }

    /// <summary>The stored form of the next part takes the place of what was streamed of it.</summary>
    internal void Store(bool isReasoning, string text)
    {
        var stored = new ProsePart(isReasoning, text);
        if (_stored < _parts.Count)
            _parts[_stored] = stored;
        else
            _parts.Add(stored);
        _stored++;
    }

    internal void Store(ToolPart call) => _parts.Insert(_stored++, call);

    /// <summary>The model's stream has ended: what was streamed and not stored is not part of the conversation.</summary>
    internal void Close()
    {
        _parts.RemoveRange(_stored, _parts.Count - _stored);
        Streamed = 0;
    }
}

/// <summary>A stretch of a step.</summary>
public abstract class PartView;

/// <summary>Text or reasoning.</summary>
public sealed class ProsePart : PartView
{
    private readonly StringBuilder? _streamed;
    private string? _text;

    internal ProsePart(bool isReasoning, string? text = null)
    {
        (IsReasoning, _text) = (isReasoning, text);
        _streamed = text is null ? new StringBuilder() : null;
    }

    public bool IsReasoning { get; }

    /// <summary>More of it may come.</summary>
    public bool IsOpen => _streamed is not null;

    public int Length => _streamed?.Length ?? _text!.Length;

    public string Text => _text ??= _streamed!.ToString();

    internal void Append(ReadOnlySpan<char> text)
    {
        _streamed!.Append(text);
        _text = null;
    }

    internal void Cut(int length)
    {
        _streamed!.Length = length;
        _text = null;
    }
}

public enum ToolState
{
    Requested,
    Running,
    Ok,
    Error,
    TimedOut,
    Cancelled,
    Interrupted,
    Rejected,
    /// <summary>A person is asked whether it may run.</summary>
    Asking,
    /// <summary>A person did not let it run.</summary>
    Denied,
    /// <summary>It waits for a connection, and is run again when that works.</summary>
    Waiting,
}

/// <summary>A tool call.</summary>
public sealed class ToolPart : PartView
{
    private readonly StringBuilder _output = new();
    private string? _outputText;

    internal ToolPart(string callId, string tool, string arguments, long atMs) =>
        (CallId, Tool, Arguments, StartedAtMs) = (callId, tool, arguments, atMs);

    public string CallId { get; }

    public string Tool { get; }

    /// <summary>JSON.</summary>
    public string Arguments { get; }

    public ToolState State { get; internal set; }

    /// <summary>UTC ms; of the request, until it runs.</summary>
    public long StartedAtMs { get; internal set; }

    /// <summary>Partial output so far.</summary>
    public string Output => _outputText ??= _output.ToString();

    public string? Result { get; internal set; }

    public long? DurationMs { get; internal set; }

    public string? BlockId { get; internal set; }

    /// <summary>What it waits for, in words; null where it does not wait.</summary>
    public string? WaitsFor { get; internal set; }

    /// <summary>What a person answered, where one was asked and did.</summary>
    public ApprovalAnswered? Answer { get; internal set; }

    /// <summary>What was wrong, where it was not run.</summary>
    public ToolRejected? Rejection { get; internal set; }

    public bool IsFailed => State is ToolState.Error or ToolState.TimedOut or ToolState.Rejected;

    internal void Append(string output)
    {
        _output.Append(output);
        _outputText = null;
    }
}

/// <summary>A trouble that the turn met, by its id in the log of troubles.</summary>
public sealed record TroubleMark(string Id, string Kind, string? HealedBy = null);
