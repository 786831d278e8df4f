using System.Text;
using Alumia.Lab.Sessions;

namespace Alumia.Lab.Tests.Sessions;

/// <summary>Writes a session's frames as the runtime would: stored events numbered from 1, and deltas of the open step between them.</summary>
internal sealed class Script
{
    private readonly List<(bool IsReasoning, StringBuilder Text)> _open = [];
    private string _turn = "";
    private int _turns;
    private int _step;
    private int _offset;
    private long _sequence;

    public List<Frame> Frames { get; } = [];

    public IReadOnlyList<SessionEvent> Events => [.. Frames.OfType<EventFrame>().Select(frame => frame.Event)];

    public Script Ask(string messageId, string text, int revision = 1, string? userId = "usr_me")
    {
        _turn = $"trn_{++_turns}";
        Store(new TurnStarted(messageId, revision, text, userId, "agt_ala", "groq/small"));
        return Store(new StatusChanged(SessionStatus.Idle, SessionStatus.Active));
    }

    public Script Step(int number)
    {
        _step = number;
        return Store(new StepStarted(number, "groq/small"));
    }

    public Script Stream(string text, bool reasoning = false)
    {
        if (_open.Count == 0 || _open[^1].IsReasoning != reasoning)
            _open.Add((reasoning, new StringBuilder()));
        _open[^1].Text.Append(text);
        _offset += text.Length;
        Frames.Add(new DeltaFrame(new Cursor(_sequence, _offset), _turn, _step, reasoning, text));
        return this;
    }

    /// <summary>Ends the model's stream: what was streamed is stored, then what it used.</summary>
    public Script Close(params SessionEventData[] before)
    {
        var open = _open.ToList();
        _open.Clear();
        foreach (var (isReasoning, text) in open)
            Store(isReasoning ? new ReasoningWritten(_step, text.ToString()) : new TextWritten(_step, text.ToString()));
        foreach (var data in before)
            Store(data);
        return Store(new UsageRecorded(_step, "groq/small", "platform", 1204, 0, 310, 0, false, 420, 2100));
    }

    public Script Tool(string callId, string result, string? blockId = null, ToolEnding ending = ToolEnding.Ok, string tool = "wait", string arguments = """{"seconds":2}""")
    {
        Close(new ToolRequested(_step, callId, tool, arguments));
        return Store(new ToolStarted(callId, tool)).Store(new ToolOutputWritten(callId, "1 of 2 s\n"))
            .Store(new ToolFinished(callId, tool, ending, result, 2004, blockId));
    }

    public Script Finish() =>
        Store(new StatusChanged(SessionStatus.Active, SessionStatus.Idle)).Store(new TurnFinished("stop"));

    /// <summary>A call that asked, and what came of it.</summary>
    public Script Asked(string callId, ApprovalAnswer answer)
    {
        Store(new ApprovalRequested(callId, "wait")).Store(new ApprovalAnswered(callId, "wait", answer, answer == ApprovalAnswer.Denied ? "No" : null, "usr_me"));
        return answer == ApprovalAnswer.Denied
            ? Store(new ToolFinished(callId, "wait", ToolEnding.Denied, "No", 0))
            : Store(new ToolStarted(callId, "wait", true)).Store(new ToolOutputWritten(callId, "1 of 2 s\n")).Store(new ToolFinished(callId, "wait", ToolEnding.Ok, "done", 2004));
    }

    public Script Fail(string code, string message, SessionStatus status, StopReport? stop = null) =>
        Store(new StatusChanged(SessionStatus.Active, status, message)).Store(new TurnFailed(code, message, stop));

    public Script Store(SessionEventData data)
    {
        _offset = data is StepStarted or UsageRecorded ? 0 : _offset;
        Frames.Add(new EventFrame(new SessionEvent(++_sequence, _turn, 1_780_000_000_000 + _sequence * 400, data)));
        return this;
    }

    public Transcript Replay()
    {
        var transcript = new Transcript();
        transcript.Apply(Frames);
        return transcript;
    }

    /// <summary>What a watcher with this cursor would get: the rest of the step that is open there, then all whole events after it.</summary>
    public IEnumerable<Frame> After(Cursor cursor)
    {
        for (var i = 0; i < Frames.Count; i++)
        {
            if (Frames[i] is not DeltaFrame delta)
            {
                if (Frames[i].After.Sequence > cursor.Sequence)
                    yield return Frames[i];
                continue;
            }
            var began = Frames.Take(i).OfType<EventFrame>().Last(frame => frame.Event.Data is StepStarted).After.Sequence;
            if (began > cursor.Sequence)
            {
                yield return delta;
            }
            else if (delta.After.Offset > cursor.Offset && cursor.Sequence < ClosedAt(i))
            {
                yield return delta with
                {
                    After = delta.After with { Sequence = Math.Max(delta.After.Sequence, cursor.Sequence) },
                    Text = delta.Text[Math.Max(0, delta.Text.Length - (delta.After.Offset - cursor.Offset))..],
                };
            }
        }
    }

    private long ClosedAt(int index) => Frames.Skip(index).OfType<EventFrame>()
        .FirstOrDefault(frame => frame.Event.Data is TextWritten or ReasoningWritten or ToolRequested or UsageRecorded)?.After.Sequence ?? long.MaxValue;
}
