namespace Alumia.Lab.Sessions;

/// <summary>
/// A session as it is shown, made from its events and from nothing else. However the frames are cut into batches, and wherever a watcher comes
/// back with <see cref="End"/>, the same transcript comes out: what was taken in before is not taken in again.
/// </summary>
public sealed class Transcript
{
    private readonly List<TurnView> _turns = [];
    private readonly Dictionary<string, TurnView> _byId = [];
    private readonly List<TurnView> _visible = [];
    private StepView? _open;
    private long _sequence;

    /// <summary>The turns that stand, oldest first: an edited or regenerated one has taken the place of the old one and all after it.</summary>
    public IReadOnlyList<TurnView> Turns => _visible;

    /// <summary>Where to watch from.</summary>
    public Cursor End => new(_sequence, _open?.Streamed ?? 0);

    /// <summary>There are turns before the first one here.</summary>
    public bool HasEarlier { get; private set; }

    /// <summary>The number of the first event here: what to ask the page before for.</summary>
    public long? FirstSequence => _turns.Count == 0 ? null : _turns[0].FirstSequence;

    /// <summary>As the last change of it said; null where none is here.</summary>
    public StatusChanged? Status { get; private set; }

    /// <summary>What the turns here have cost (microcents), those too that an edit has put away.</summary>
    public long Spent => _turns.Sum(turn => turn.Steps.Sum(step => step.Usage?.Money?.Used ?? 0));

    /// <summary>Puts an earlier page before what is here; the first page opens the transcript.</summary>
    public void Prepend(EventPage page)
    {
        HasEarlier = page.HasEarlier;
        if (_turns.Count == 0)
        {
            foreach (var stored in page.Events)
                Take(stored);
            _sequence = Math.Max(_sequence, page.End.Sequence);
            return;
        }
        var earlier = new Transcript();
        foreach (var stored in page.Events.Where(stored => stored.Sequence < FirstSequence))
            earlier.Take(stored);
        _turns.InsertRange(0, earlier._turns);
        foreach (var turn in earlier._turns)
            _byId[turn.Id] = turn;
        _visible.Clear();
        _turns.ForEach(Show);
    }

    public void Apply(IEnumerable<Frame> frames)
    {
        foreach (var frame in frames)
        {
            switch (frame)
            {
                case EventFrame { Event: var stored } when stored.Sequence > _sequence:
                    Take(stored);
                    break;
                case DeltaFrame delta when delta.After.Sequence >= _sequence:
                    Take(delta);
                    break;
                case CutFrame cut when _open is not null:
                    _open.Cut(cut.After.Offset);
                    _turns[^1].Version++;
                    break;
            }
        }
    }

    private void Take(DeltaFrame delta)
    {
        if (!_byId.TryGetValue(delta.TurnId, out var turn))
            return;
        _open ??= turn.Step(delta.Step);
        // A delta that was merged with what is here already brings its end alone.
        var missing = Math.Min(delta.After.Offset - _open.Streamed, delta.Text.Length);
        if (missing <= 0)
            return;
        _open.Stream(delta.IsReasoning, delta.Text.AsSpan(delta.Text.Length - missing));
        turn.Version++;
    }

    private void Take(SessionEvent stored)
    {
        _sequence = stored.Sequence;
        if (!_byId.TryGetValue(stored.TurnId, out var turn))
        {
            if (stored.Data is not TurnStarted)
            {
                Status = stored.Data as StatusChanged ?? Status;
                return;
            }
            turn = new TurnView(stored.TurnId, stored.AtMs, stored.Sequence);
        }
        turn.Version++;
        switch (stored.Data)
        {
            case TurnStarted started:
                (turn.MessageId, turn.Revision, turn.Text) = (started.MessageId, started.Revision, started.Text);
                (turn.UserId, turn.Author, turn.AgentId) = (started.UserId, started.Author, started.AgentId);
                turn.From = started.From;
                _turns.Add(turn);
                _byId[turn.Id] = turn;
                Show(turn);
                break;
            case TurnResumed:
                (turn.FinishReason, turn.Failure, turn.EndedAtMs) = (null, null, null);
                break;
            case StepStarted step:
                CloseStep();
                _open = turn.AddStep(step.Step);
                break;
            case TextWritten text:
                turn.Step(text.Step).Store(isReasoning: false, text.Text);
                break;
            case ReasoningWritten reasoning:
                turn.Step(reasoning.Step).Store(isReasoning: true, reasoning.Text);
                break;
            case HistoryCut cut:
                turn.Step(cut.Step).MessagesLeftOut = cut.MessagesLeftOut;
                break;
            case UsageRecorded usage:
                CloseStep();
                turn.Step(usage.Step).Usage = usage;
                break;
            case StatusChanged changed:
                Status = changed;
                TakeWait(turn, changed);
                break;
            case TroubleRaised raised:
                if (!turn.Troubles.Exists(mark => mark.Id == raised.TroubleId))
                    turn.Troubles.Add(new TroubleMark(raised.TroubleId, raised.TroubleKind));
                break;
            case TroubleHealed healed:
                Heal(turn, healed);
                break;
            case TurnFinished finished:
                CloseStep();
                (turn.FinishReason, turn.EndedAtMs) = (finished.Reason, stored.AtMs);
                break;
            case TurnFailed failed:
                CloseStep();
                (turn.Failure, turn.EndedAtMs) = (failed, stored.AtMs);
                break;
            default:
                TakeTool(turn, stored);
                break;
        }
    }

    private static void TakeTool(TurnView turn, SessionEvent stored)
    {
        switch (stored.Data)
        {
            case ToolRequested asked:
                Ask(turn, turn.Step(asked.Step), asked.CallId, asked.Tool, asked.Arguments, stored.AtMs);
                break;
            case ToolRejected rejected:
                var refused = turn.Call(rejected.CallId) is { State: ToolState.Requested } requested
                    ? requested
                    : Ask(turn, turn.Steps.Count > 0 ? turn.Steps[^1] : turn.Step(0), rejected.CallId, rejected.Tool, rejected.Received, stored.AtMs);
                (refused.State, refused.Rejection) = (ToolState.Rejected, rejected);
                break;
            case ApprovalRequested asked when turn.Call(asked.CallId) is { } call:
                (call.State, call.StartedAtMs) = (ToolState.Asking, stored.AtMs);
                break;
            case ApprovalAnswered answered when turn.Call(answered.CallId) is { } call:
                (call.State, call.Answer) = (answered.Answer == ApprovalAnswer.Denied ? ToolState.Denied : ToolState.Requested, answered);
                break;
            case ToolStarted started when turn.Call(started.CallId) is { } call:
                (call.State, call.StartedAtMs) = (ToolState.Running, stored.AtMs);
                break;
            case ToolOutputWritten output:
                turn.Call(output.CallId)?.Append(output.Text);
                break;
            case ToolFinished finished when turn.Call(finished.CallId) is { } call:
                call.State = finished.Ending switch
                {
                    ToolEnding.Ok => ToolState.Ok,
                    ToolEnding.Error => ToolState.Error,
                    ToolEnding.TimedOut => ToolState.TimedOut,
                    ToolEnding.Cancelled => ToolState.Cancelled,
                    ToolEnding.Denied => ToolState.Denied,
                    _ => ToolState.Interrupted,
                };
                (call.Result, call.DurationMs, call.BlockId, call.WaitsFor) = (finished.Result, finished.DurationMs, finished.BlockId, null);
                break;
        }
    }

    /// <summary>The call that has no end yet is the one that the turn waits in.</summary>
    private static void TakeWait(TurnView turn, StatusChanged changed)
    {
        var (from, to) = changed.To == SessionStatus.AwaitingConnector ? (ToolState.Running, ToolState.Waiting) : (ToolState.Waiting, ToolState.Running);
        if (changed.To is not (SessionStatus.AwaitingConnector or SessionStatus.Active))
            return;
        foreach (var call in turn.Steps.SelectMany(step => step.Parts).OfType<ToolPart>().Where(call => call.State == from))
            (call.State, call.WaitsFor) = (to, to == ToolState.Waiting ? changed.Why : null);
    }

    private static ToolPart Ask(TurnView turn, StepView step, string callId, string tool, string arguments, long atMs)
    {
        var call = new ToolPart(callId, tool, arguments, atMs);
        step.Store(call);
        turn.Remember(call);
        return call;
    }

    private void CloseStep()
    {
        _open?.Close();
        _open = null;
    }

    private void Heal(TurnView turn, TroubleHealed healed)
    {
        // It may have been raised in a turn before.
        var raisedIn = turn.Troubles.Exists(mark => mark.Id == healed.TroubleId)
            ? turn
            : _turns.FindLast(other => other.Troubles.Exists(mark => mark.Id == healed.TroubleId));
        if (raisedIn is null)
            return;
        var index = raisedIn.Troubles.FindIndex(mark => mark.Id == healed.TroubleId);
        raisedIn.Troubles[index] = raisedIn.Troubles[index] with { HealedBy = healed.HealedBy };
        raisedIn.Version++;
    }

    /// <summary>A later revision takes the place of the earlier one and of all after it, which may lie on a page that is not here yet.</summary>
    private void Show(TurnView turn)
    {
        if (turn.Revision > 1)
        {
            var older = _visible.FindLastIndex(other => other.MessageId == turn.MessageId);
            _visible.RemoveRange(Math.Max(older, 0), _visible.Count - Math.Max(older, 0));
        }
        _visible.Add(turn);
    }
}
