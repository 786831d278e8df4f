using System.Globalization;
using Alumia.Lab.Sessions;

namespace Alumia.Lab.AiSdk;

/// <summary>
/// Turns the frames of one turn into the parts of its message: frames in from the turn's first, in any division into batches, parts out. The
/// same turn gives the same parts with the same places, live or stored, so a client that comes back is given what lies after its place.
/// </summary>
internal sealed class UiParts(string sessionId, string? turnId, string? messageId, Place from)
{
    private readonly List<UiPart> _parts = [];
    private readonly List<UiPart> _end = [];
    private readonly PartialOutput _output = new();
    private readonly Prose _prose = new();
    private string? _turnId = turnId;
    private Place _place = from; // Until it is reached, parts are made and dropped.
    private Place _last;
    private long _event;
    private bool _isStepOpen;
    private bool _isKeyRefused; // The provider is waited for, but a person must bring another key.
    private ToolRequested? _asked;

    /// <summary>All that was stored has been taken in.</summary>
    public bool IsCaughtUp { get; private set; }

    /// <summary>Nothing more will come: the turn has ended, or waits for a person.</summary>
    public bool IsOver { get; private set; }

    public SessionStatus Status { get; private set; } = SessionStatus.Active;

    /// <summary>Takes frames in, and gives the parts that they make. The list is good until the next call.</summary>
    public IReadOnlyList<UiPart> Take(IReadOnlyList<Frame> frames)
    {
        _parts.Clear();
        for (var i = 0; i < frames.Count && !IsOver; i++)
        {
            switch (frames[i])
            {
                case DeltaFrame delta when delta.TurnId == _turnId:
                    Write(delta.Step, delta.IsReasoning, delta.After.Offset - delta.Text.Length, delta.Text);
                    break;
                case EventFrame { Event: var happened }:
                    Take(happened);
                    break;
                case CaughtUpFrame:
                    IsCaughtUp = true;
                    break;
            }
            if (IsCaughtUp && _end.Count > 0)
                End();
        }
        FlushOutput();
        if (IsCaughtUp && !IsOver && (NeedsPerson(Status) || (_isKeyRefused && Status.IsParked())))
        {
            // No place: when the turn wakes, what follows its last part is still to come.
            var isUnpaid = Status == SessionStatus.PaymentRequired;
            if (isUnpaid)
                _parts.Add(new UiPart(UiPartKind.Error, null, TurnFaults.Unpaid, Funds.EmptyMessage));
            _parts.Add(new UiPart(UiPartKind.Finish, null, Text: isUnpaid ? "error" : Status == SessionStatus.AwaitingApproval ? "tool-calls" : "other"));
            IsOver = true;
        }
        return _parts;
    }

    /// <summary>Whether a turn so parked goes on only when a person acts; the others wake by themselves.</summary>
    private static bool NeedsPerson(SessionStatus status) =>
        status.IsParked() && status is not (SessionStatus.AwaitingProvider or SessionStatus.AwaitingFunds or SessionStatus.AwaitingPeer);

    private void Take(SessionEvent happened)
    {
        if (_turnId is null && happened.Data is TurnStarted began && began.MessageId == messageId)
            _turnId = happened.TurnId;
        if (happened.TurnId != _turnId)
        {
            if (_end.Count > 0)
                End();
            return;
        }
        if (happened.Data is not ToolOutputWritten)
            FlushOutput();
        var first = _parts.Count;
        switch (happened.Data)
        {
            case TextWritten text:
                WriteStored(text.Step, false, text.Text);
                return;
            case ReasoningWritten reasoning:
                WriteStored(reasoning.Step, true, reasoning.Text);
                return;
        }
        CutIfShorter(happened.Sequence);
        _event = happened.Sequence;
        EndProse();
        if (_asked is { } asked)
            Ask(asked, happened.Data as ToolRejected);
        _asked = null;
        Take(happened.Data);
        Settle(first, new Place(happened.Sequence, 0));
        if (happened.Data is TurnFailed or TurnFinished)
            HoldEnd();
    }

    private void Take(SessionEventData data)
    {
        switch (data)
        {
            case TurnStarted:
                Add(UiPartKind.Start, _turnId!, sessionId);
                break;
            case StepStarted started:
                FinishStep();
                _isStepOpen = true;
                _prose.Begin(started.Step);
                Add(UiPartKind.StartStep);
                break;
            case ToolRequested requested:
                _asked = requested;
                break;
            case ApprovalRequested asked:
                Add(UiPartKind.ToolApprovalRequest, asked.CallId);
                break;
            case ToolFinished { Ending: ToolEnding.Denied } denied:
                Add(UiPartKind.ToolOutputDenied, denied.CallId);
                break;
            case ToolOutputWritten written:
                _output.Write(written);
                _last = new Place(_event, 0);
                break;
            case ToolFinished { Ending: ToolEnding.Ok } finished:
                Add(UiPartKind.ToolOutput, finished.CallId, finished.Result);
                break;
            case ToolFinished finished:
                Add(UiPartKind.ToolOutputError, finished.CallId, finished.Result);
                break;
            case TroubleRaised raised:
                _isKeyRefused = raised.TroubleKind == SessionTroubles.OwnKeyRefused;
                break;
            case StatusChanged changed:
                Status = changed.To;
                if (changed.To.IsParked() || changed.From.IsParked())
                    Add(UiPartKind.Status, changed.To.Word(), changed.Why ?? "");
                break;
            case TurnResumed:
                _end.Clear(); // It was not the end.
                break;
            case TurnFinished finished:
                FinishStep();
                Status = SessionStatus.Idle;
                Add(UiPartKind.Finish, text: finished.Reason is "stop" or "length" or "content-filter" ? finished.Reason : "other");
                break;
            case TurnFailed { Code: "cancelled" }:
                FinishStep();
                Status = SessionStatus.Cancelled;
                Add(UiPartKind.Abort);
                break;
            case TurnFailed failed:
                FinishStep();
                Status = failed.Code == "interrupted" ? SessionStatus.Interrupted : SessionStatus.Failed;
                Add(UiPartKind.Error, TurnFaults.CodeOf(failed.Code), failed.Message);
                Add(UiPartKind.Finish, text: "error");
                break;
        }
    }

    /// <summary>A call's arguments come whole, in the same breath as what was wrong with them.</summary>
    private void Ask(ToolRequested asked, ToolRejected? rejected)
    {
        if (rejected?.CallId != asked.CallId)
            rejected = null;
        Add(UiPartKind.ToolInputStart, asked.CallId, name: asked.Tool);
        Add(UiPartKind.ToolInputDelta, asked.CallId, rejected?.Received ?? asked.Arguments);
        if (rejected is null)
            Add(UiPartKind.ToolInputAvailable, asked.CallId, asked.Arguments, asked.Tool);
        else
            Add(new UiPart(UiPartKind.ToolInputError, Next(), asked.CallId, rejected.Received, asked.Tool) { Fault = rejected.Message });
    }

    private void WriteStored(int step, bool isReasoning, string text)
    {
        Write(step, isReasoning, _prose.Stored, text);
        _prose.Stored += text.Length;
    }

    /// <summary>Characters of the open step, from where they begin in it; those that were written before are passed over.</summary>
    private void Write(int step, bool isReasoning, int start, string text)
    {
        if (start + text.Length <= _prose.Length)
            return;
        var first = _parts.Count;
        if (_prose.IsOpen && _prose.IsReasoning != isReasoning)
            EndProse();
        if (!_prose.IsOpen)
            Add(isReasoning ? UiPartKind.ReasoningStart : UiPartKind.TextStart, _prose.Open(step, isReasoning));
        // What the client has of this text already is left out.
        var has = Math.Max(_prose.Length, _place.Sequence == _event ? Math.Min(_place.Offset, start + text.Length) : 0);
        _prose.Length = start + text.Length;
        var news = has <= start ? text : text[(has - start)..];
        Add(isReasoning ? UiPartKind.ReasoningDelta : UiPartKind.TextDelta, _prose.Id, news);
        Settle(first, new Place(_event, _prose.Length));
    }

    private void EndProse()
    {
        if (_prose.IsOpen)
            Add(_prose.IsReasoning ? UiPartKind.ReasoningEnd : UiPartKind.TextEnd, _prose.Id);
        _prose.IsOpen = false;
    }

    /// <summary>After a crash less is stored of a step than the client was sent: it is told how far to cut its copy, and that whatever was open has ended.</summary>
    private void CutIfShorter(long sequence)
    {
        if (_place.Sequence != _event || _place.Offset <= _prose.Length || sequence <= _place.Sequence)
            return;
        _prose.IsOpen = false;
        _place = default;
        _last = new Place(_event, _prose.Length);
        _parts.Add(new UiPart(UiPartKind.Cut, _last, Name: _prose.Step.ToString(CultureInfo.InvariantCulture), Number: _prose.Length));
    }

    private void FinishStep()
    {
        if (_isStepOpen)
            Add(UiPartKind.FinishStep);
        _isStepOpen = false;
    }

    private void FlushOutput()
    {
        if (_output.Flush() is not { } output)
            return;
        if (_last.CompareTo(_place) > 0)
            _parts.Add(new UiPart(UiPartKind.ToolPartial, _last, output.CallId, output.Text));
    }

    private void Add(UiPartKind kind, string id = "", string text = "", string name = "") => Add(new UiPart(kind, Next(), id, text, name));

    private void Add(UiPart part) => _parts.Add(part);

    private Place Next() => _last = _last with { Parts = _last.Parts + 1 };

    /// <summary>The last part of a frame brings the client to the frame's own place; what it has already is dropped.</summary>
    private void Settle(int first, Place after)
    {
        if (_parts.Count == first)
            return;
        _parts[^1] = _parts[^1] with { After = _last = after };
        if (_place == default)
            return;
        var kept = first;
        for (var i = first; i < _parts.Count; i++)
        {
            if (_parts[i].After!.Value.CompareTo(_place) > 0)
                _parts[kept++] = _parts[i];
        }
        _parts.RemoveRange(kept, _parts.Count - kept);
        if (after.CompareTo(_place) >= 0)
            _place = default;
    }

    /// <summary>What says that the turn is over waits until it is certain: a turn that failed may have been resumed since.</summary>
    private void HoldEnd()
    {
        var first = _parts.FindIndex(part => part.Kind is UiPartKind.Error or UiPartKind.Abort or UiPartKind.Finish);
        _end.Clear();
        _end.Add(default); // There is an end, even where the client knows all of it.
        if (first < 0)
            return;
        _end.AddRange(_parts.GetRange(first, _parts.Count - first));
        _parts.RemoveRange(first, _parts.Count - first);
    }

    private void End()
    {
        _parts.AddRange(_end.Skip(1));
        _end.Clear();
        IsOver = true;
    }
}
