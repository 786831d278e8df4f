using Alumia.Lab.Storage;

namespace Alumia.Lab.Sessions;

/// <summary>
/// The pen of a live turn: it numbers events, stores them fenced by its epoch, and tells them to watchers after the commit.
/// While a step streams, only deltas pass; the step's own closing is the next event.
/// </summary>
internal sealed class EventLog(SessionRuntime runtime, string sessionId, string turnId, long epoch, long lastSequence, SessionStatus status, Feed feed) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private int _streamed;

    public string SessionId => sessionId;

    public string TurnId => turnId;

    public long Epoch => epoch;

    public SessionStatus Status { get; private set; } = status;

    public long LastSequence { get; private set; } = lastSequence;

    /// <summary>Messages waited behind this turn when it ended: one that comes later finds nothing running, and begins its turn itself.</summary>
    public bool HasQueue { get; private set; }

    /// <summary>All events that this turn appended, for its own reading.</summary>
    public List<SessionEvent> Appended { get; } = [];

    /// <summary>Stores these events in one transaction, moves the status where <paramref name="to"/> says so, and tells watchers.</summary>
    /// <param name="data">Made inside the transaction, so that what it needs (a trouble's id) can be.</param>
    /// <param name="to">The new status; a move that the table does not allow throws.</param>
    /// <param name="why">Why the status moves, in words.</param>
    public async Task AppendAsync(Func<Tx, IReadOnlyList<SessionEventData>> data, SessionStatus? to = null, string? why = null)
    {
        await _turn.WaitAsync();
        try
        {
            var from = Status;
            if (to is { } next && !from.MayBecome(next))
                throw new InvalidOperationException($"A session that is {from.Word()} cannot become {next.Word()}.");
            var (stored, last, hasQueue) = await runtime.Writer.Write(tx =>
            {
                var list = new List<SessionEventData>(data(tx));
                if (to is { } moved)
                    list.Add(new StatusChanged(from, moved, why));
                var events = new List<SessionEvent>(list.Count);
                var sequence = LastSequence;
                foreach (var each in list)
                    events.Add(new SessionEvent(++sequence, turnId, tx.NowMs, each));
                SessionRows.Advance(tx, sessionId, epoch, LastSequence, sequence, to ?? from);
                foreach (var each in events)
                    SessionRows.Insert(tx, sessionId, each);
                if (to is not null)
                    tx.Changed(Conversations.Key(sessionId));
                return (events, sequence, to is SessionStatus.Idle or SessionStatus.Cancelled && SessionRows.HasQueue(tx, sessionId));
            });
            (LastSequence, Status, HasQueue, _streamed) = (last, to ?? from, hasQueue, 0);
            Appended.AddRange(stored);
            feed.Publish([.. stored.Select(each => new EventFrame(each))]);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <inheritdoc cref="AppendAsync(Func{Tx, IReadOnlyList{SessionEventData}}, SessionStatus?, string?)"/>
    public Task AppendAsync(params SessionEventData[] data) => AppendAsync(_ => data);

    /// <summary>Tells watchers more of the open step.</summary>
    public void Stream(int step, bool isReasoning, string text)
    {
        _streamed += text.Length;
        feed.Publish(new DeltaFrame(new Cursor(LastSequence, _streamed), turnId, step, isReasoning, text));
    }

    public void Dispose() => _turn.Dispose();
}
