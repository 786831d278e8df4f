namespace Alumia.Lab.Sessions;

/// <summary>How far a turn has come, read from its events and from nothing else: so a turn goes on after a park, a wake, a resume or a
/// restart by the same road.</summary>
internal sealed class TurnProgress
{
    private readonly List<ToolRequested> _pending = [];
    private readonly Dictionary<string, long> _startedAtMs = [];

    /// <summary>The number of the last step that began; 0 for none.</summary>
    public int Step { get; private set; }

    /// <summary>Steps since the turn began or a person let it go on: what the limit of steps counts.</summary>
    public int StepsSpent { get; private set; }

    /// <summary>The ids of all calls so far; each is used once.</summary>
    public HashSet<string> CallIds { get; } = [];

    /// <summary>The last step began and has not closed.</summary>
    public bool IsStepOpen { get; private set; }

    /// <summary>Calls that were asked for and have neither ended nor been rejected.</summary>
    public IReadOnlyList<ToolRequested> Pending => _pending;

    /// <summary>The calls for which a person was asked, by call id; with the answer, once there is one.</summary>
    public Dictionary<string, ApprovalAnswered?> Approvals { get; } = [];

    /// <summary>When this call was first run, in UTC ms: it waited, and is run again; null where it has not been run.</summary>
    public long? StartedAtMs(string callId) => _startedAtMs.TryGetValue(callId, out var atMs) ? atMs : null;

    /// <summary>Malformed calls in a row, up to now.</summary>
    public int Malformed { get; private set; }

    /// <summary>How often the step at hand was parked for its provider.</summary>
    public int ProviderRetries { get; private set; }

    /// <summary>The troubles of this turn that are open.</summary>
    public HashSet<string> OpenTroubles { get; } = [];

    /// <summary>What is open now began with the org's own key being refused.</summary>
    public bool WasKeyRefused { get; private set; }

    /// <summary>How long it has been running before <see cref="ActiveSinceMs"/>, in ms, parked time not counted.</summary>
    public long ActiveMs { get; private set; }

    /// <summary>Since when it runs now.</summary>
    public long ActiveSinceMs { get; private set; }

    public static TurnProgress Read(IEnumerable<SessionEvent> events)
    {
        var progress = new TurnProgress();
        foreach (var each in events)
            progress.Take(each);
        return progress;
    }

    private void Take(SessionEvent each)
    {
        switch (each.Data)
        {
            case StepStarted step:
                (Step, IsStepOpen) = (step.Step, true);
                StepsSpent++;
                break;
            case ToolRequested requested:
                _pending.Add(requested);
                CallIds.Add(requested.CallId);
                break;
            case ApprovalRequested asked:
                Approvals.TryAdd(asked.CallId, null);
                break;
            case ApprovalAnswered answered:
                Approvals[answered.CallId] = answered;
                break;
            case ToolRejected rejected:
                _pending.RemoveAll(call => call.CallId == rejected.CallId);
                Malformed++;
                break;
            case ToolStarted started:
                _startedAtMs[started.CallId] = each.AtMs;
                break;
            case ToolFinished finished:
                _pending.RemoveAll(call => call.CallId == finished.CallId);
                Malformed = 0;
                break;
            case UsageRecorded:
                (IsStepOpen, ProviderRetries) = (false, 0);
                break;
            case TurnResumed:
                (ProviderRetries, Malformed, StepsSpent, IsStepOpen, ActiveMs) = (0, 0, 0, false, 0);
                break;
            case StatusChanged { To: SessionStatus.Active }:
                ActiveSinceMs = each.AtMs;
                break;
            case StatusChanged changed:
                ActiveMs += changed.From == SessionStatus.Active ? each.AtMs - ActiveSinceMs : 0;
                ProviderRetries += changed.To == SessionStatus.AwaitingProvider ? 1 : 0;
                break;
            case TroubleRaised raised:
                OpenTroubles.Add(raised.TroubleId);
                WasKeyRefused = raised.TroubleKind == SessionTroubles.OwnKeyRefused;
                break;
            case TroubleHealed healed:
                OpenTroubles.Remove(healed.TroubleId);
                break;
        }
    }
}
