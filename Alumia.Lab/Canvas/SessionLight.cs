using Alumia.Lab.Sessions;

namespace Alumia.Lab.Canvas;

/// <summary>One session's last turn on a canvas, and who draws it.</summary>
internal sealed class SessionLight(string sessionId)
{
    private Transcript _transcript = new();
    private SessionStatus _status;
    private long _spentBefore;
    private int _states;

    public string SessionId => sessionId;

    public Glance Glance { get; private set; } = new(SessionStatus.Idle, null, "", null, []);

    /// <summary>Drawn anew when it changes.</summary>
    public event Action? Changed;

    /// <summary>Where to watch from.</summary>
    public Cursor End => _transcript.End;

    /// <summary>The last event that was read from the database; what the session has beyond it is news.</summary>
    public long ReadTo { get; private set; } = -1;

    /// <summary>Begins anew with the last turn, and what those before it have cost (microcents).</summary>
    public void Open(SessionStatus status, EventPage? page, long lastSequence, long spentBefore)
    {
        (_transcript, _status, ReadTo, _spentBefore) = (new Transcript(), status, lastSequence, spentBefore);
        if (page is not null)
            _transcript.Prepend(page);
        Refresh();
    }

    /// <summary>True where it looks different now.</summary>
    public bool Apply(IReadOnlyList<Frame> frames)
    {
        _transcript.Apply(frames);
        ReadTo = Math.Max(ReadTo, _transcript.End.Sequence);
        return Refresh();
    }

    public void Draw() => Changed?.Invoke();

    private bool Refresh()
    {
        var now = Glance.Of(_status, _transcript, _spentBefore);
        // A call is one object that changes: its state counts too.
        var states = now.Calls.Aggregate(0, (sum, call) => HashCode.Combine(sum, call.State, call.Output.Length, call.Result?.Length));
        if (now.LooksLike(Glance) && states == _states)
            return false;
        (Glance, _states) = (now, states);
        return true;
    }
}
