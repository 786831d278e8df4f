using Alumia.Lab.Storage;

namespace Alumia.Lab.Sessions;

/// <summary>What is to be stored of a turn, and the status that it moves to, with why in words.</summary>
internal readonly record struct Appending(IReadOnlyList<SessionEventData> Events, SessionStatus? To = null, string? Why = null);

/// <summary>
/// The pen of a live turn: it numbers events, stores them fenced by its epoch, and tells them to watchers after the commit.
/// While a step streams, only deltas pass; the step's own closing is the next event.
/// </summary>
internal sealed class EventLog(SessionRuntime runtime, TurnLaunch launch, Feed feed) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly List<SessionEvent> _appended = [.. launch.Begun];
    private int _streamed;
    private volatile bool _isClosed;

    public string SessionId { get; } = launch.Who.SessionId;

    public string TurnId { get; } = launch.Who.TurnId;

    public long Epoch { get; } = launch.Epoch;

    public SessionStatus Status { get; private set; } = SessionStatus.Active;

    public long LastSequence { get; private set; } = launch.FromSequence + launch.Begun.Count;

    /// <summary>Messages of people or peers waited behind this turn when it ended: one that comes later finds nothing running, and begins its turn itself.</summary>
    public bool HasQueue { get; private set; }

    /// <summary>All events that this run began with and appended, as far as now: others than the turn itself may append meanwhile.</summary>
    public IReadOnlyList<SessionEvent> Appended()
    {
        lock (_appended)
            return [.. _appended];
    }

    /// <summary>Stores these events in one transaction, moves the status where they say so, and tells watchers.</summary>
    /// <param name="decide">Runs inside the transaction, so that what it needs (a trouble's id, money) is there or not at all. A move that the table does not allow throws.</param>
    public async Task AppendAsync(Func<Tx, Appending> decide)
    {
        await _turn.WaitAsync();
        try
        {
            ObjectDisposedException.ThrowIf(_isClosed, this);
            var from = Status;
            var (stored, last, to, hasQueue) = await runtime.Writer.Write(tx =>
            {
                var (data, to, why) = decide(tx);
                if (to is { } next && !from.MayBecome(next))
                    throw new InvalidOperationException($"A session that is {from.Word()} cannot become {next.Word()}.");
                var events = new List<SessionEvent>(data.Count + 1);
                var sequence = LastSequence;
                foreach (var each in to is { } moved ? data.Append(new StatusChanged(from, moved, why)) : data)
                    events.Add(new SessionEvent(++sequence, TurnId, tx.NowMs, each));
                SessionRows.Advance(tx, SessionId, Epoch, LastSequence, sequence, to ?? from);
                foreach (var each in events)
                    SessionRows.Insert(tx, SessionId, each);
                if (data.FirstOrDefault(each => each is TurnFinished or TurnFailed) is { } ending)
                    runtime.Mail?.Ended(tx, SessionId, TurnId, ending);
                if (to is not null)
                {
                    tx.Changed(Conversations.Key(SessionId));
                    tx.Changed(SessionWaits.Key(launch.Who.OrgId));
                }
                return (events, sequence, to, HasNext(tx, to));
            });
            (LastSequence, Status, HasQueue, _streamed) = (last, to ?? from, hasQueue, 0);
            lock (_appended)
                _appended.AddRange(stored);
            feed.Publish([.. stored.Select(each => new EventFrame(each))]);
        }
        finally
        {
            _turn.Release();
        }
    }

    private bool HasNext(Tx tx, SessionStatus? to) =>
        (to is SessionStatus.Idle or SessionStatus.Cancelled && SessionRows.HasQueue(tx, SessionId))
        || (to is SessionStatus.Idle or SessionStatus.Cancelled or SessionStatus.Failed && runtime.Mail?.HasMail(tx, SessionId) == true);

    /// <inheritdoc cref="AppendAsync(Func{Tx, Appending})"/>
    public Task AppendAsync(Func<Tx, IReadOnlyList<SessionEventData>> data, SessionStatus? to = null, string? why = null) => AppendAsync(tx => new Appending(data(tx), to, why));

    /// <inheritdoc cref="AppendAsync(Func{Tx, Appending})"/>
    public Task AppendAsync(params SessionEventData[] data) => AppendAsync(_ => new Appending(data));

    /// <summary>Tells watchers more of the open step.</summary>
    public void Stream(int step, bool isReasoning, string text)
    {
        _streamed += text.Length;
        feed.Publish(new DeltaFrame(new Cursor(LastSequence, _streamed), TurnId, step, isReasoning, text));
    }

    /// <summary>Nothing is appended any more. The semaphore is left as it is: who waits for one that is disposed of waits for ever.</summary>
    public void Dispose() => _isClosed = true;
}
