using Alumia.Lab.Agents;
using Alumia.Lab.Projects;
using Alumia.Lab.Storage;
using Microsoft.EntityFrameworkCore;

namespace Alumia.Lab.Sessions;

/// <summary>
/// One session's rules: what a message, a cancel, a resume or a wake does to it, and the turn that runs. What it knows it reads from the
/// database inside the transaction that acts on it; in memory it has only the run. Safe for calls from many threads.
/// </summary>
internal sealed class SessionCore(SessionRuntime runtime, string sessionId)
{
    private readonly Lock _lock = new();
    private Run? _run;

    /// <summary>The turn that runs here, if any; completes when it has ended or parked.</summary>
    public Task Running => _run?.Task ?? Task.CompletedTask;

    /// <summary>Begins a turn with this message, queues it behind the one that runs, or finds that it was sent before.</summary>
    public async Task<Sent> SendAsync(NewMessage message, string? userId)
    {
        var hash = SessionRows.Hash(message.Text);
        var (sent, start) = await runtime.Writer.Write<(Sent, TurnLaunch?)>(tx =>
        {
            var session = Load(tx);
            var last = tx.Db.Set<TurnRecord>().Where(turn => turn.SessionId == sessionId && turn.MessageId == message.MessageId)
                .OrderByDescending(turn => turn.Revision).FirstOrDefault();
            if (last is not null && last.TextHash == hash && !message.Regenerate)
                return (new Sent(SendOutcome.Attached, last.Id), null);
            var queue = tx.Db.Set<QueuedMessageRecord>().Where(queued => queued.SessionId == sessionId).OrderBy(queued => queued.Position).ToList();
            if (queue.Find(queued => queued.MessageId == message.MessageId) is { } waiting)
            {
                waiting.Text = message.Text;
                tx.Changed(Conversations.Key(sessionId));
                return (new Sent(SendOutcome.Attached, null), null);
            }
            if (session.Status.IsLive() || queue.Count > 0)
            {
                if (last is not null && session.Status.IsLive())
                    throw Refusal.Conflict("An answer is being written. Stop it first, then edit or ask again.");
                if (last is null)
                    Enqueue(tx, queue, message, userId);
                if (session.Status.IsLive())
                    return (new Sent(SendOutcome.Queued, null), null);
                if (last is null)
                {
                    // The queue was held by a failure; the person's new message lets it go on, in order.
                    var next = Dequeue(tx, queue[0]);
                    var held = Begin(tx, session, next.Message, next.UserId, 1);
                    return (queue.Count == 0 ? new Sent(SendOutcome.Started, held.Who.TurnId) : new Sent(SendOutcome.Queued, null), held);
                }
            }
            var start = Begin(tx, session, message, userId, (last?.Revision ?? 0) + 1);
            return (new Sent(SendOutcome.Started, start.Who.TurnId), start);
        });
        if (start is not null)
            Launch(start);
        return sent;
    }

    /// <summary>Ends the turn, running or parked; true where there was one. When this returns, its status is <c>cancelled</c> and its work has ended.</summary>
    public async Task<bool> CancelAsync()
    {
        Run? run;
        lock (_lock)
            run = _run;
        if (run is { Task.IsCompleted: false })
        {
            run.Why = RunEnd.Cancelled;
            await run.Cancellation.CancelAsync();
            await run.Task;
            return true;
        }
        var cancelled = await runtime.Writer.Write(tx =>
        {
            var session = Load(tx);
            if (!session.Status.IsParked())
                return false;
            var turn = SessionClosing.TurnEvents(tx, session);
            SessionClosing.Close(tx, session, turn, runtime.Node, SessionStatus.Cancelled, ToolEnding.Cancelled, "Cancelled.", new TurnFailed("cancelled", "Cancelled."), "Cancelled");
            return true;
        });
        if (cancelled)
            await NextAsync();
        return cancelled;
    }

    /// <summary>Wakes a parked turn, or goes on with an interrupted or failed one; false where there is neither.</summary>
    /// <param name="why">What the person or the event that wakes it is, in words.</param>
    /// <param name="onlyParked">A wake condition came true: what is not parked any more is left alone.</param>
    public async Task<bool> ResumeAsync(string why, bool onlyParked)
    {
        var start = await runtime.Writer.Write(tx =>
        {
            var session = Load(tx);
            var resumable = !onlyParked && session.Status is SessionStatus.Interrupted or SessionStatus.Failed && !onlyParked;
            return session.TurnId is not null && (session.Status.IsParked() || resumable) ? GoOn(tx, session, why) : null;
        });
        if (start is null)
            return false;
        Launch(start);
        return true;
    }

    /// <summary>Begins the message that waits longest, where nothing runs.</summary>
    public async Task NextAsync()
    {
        var start = await runtime.Writer.Write(tx =>
        {
            var session = Load(tx);
            if (session.Status is not (SessionStatus.Idle or SessionStatus.Cancelled))
                return null;
            var queue = tx.Db.Set<QueuedMessageRecord>().Where(queued => queued.SessionId == sessionId).OrderBy(queued => queued.Position).ToList();
            if (queue.Count == 0)
                return null;
            var next = Dequeue(tx, queue[0]);
            return Begin(tx, session, next.Message, next.UserId, 1);
        });
        if (start is not null)
            Launch(start);
    }

    /// <summary>A turn that a process left running when it died is closed with all that was saved of it.</summary>
    public Task RecoverAsync() => runtime.Writer.Write(tx =>
    {
        var session = Load(tx);
        if (session.Status == SessionStatus.Active && session.Node != runtime.Node)
            SessionClosing.Interrupt(tx, session, runtime.Node);
    });

    /// <summary>The lab stops: the turn is closed as interrupted, with all that streamed.</summary>
    public async Task StopAsync()
    {
        Run? run;
        lock (_lock)
            run = _run;
        if (run is null or { Task.IsCompleted: true })
            return;
        run.Why = RunEnd.Stopped;
        await run.Cancellation.CancelAsync();
        await run.Task;
    }

    private void Launch(TurnLaunch start)
    {
        var feed = runtime.Feeds.Open(sessionId, start.FromSequence);
        feed.Publish([.. start.Begun.Select(each => new EventFrame(each))]);
        var run = new Run();
        lock (_lock)
            _run = run;
        run.Task = Task.Run(() => RunAsync(run, start, feed));
    }

    private async Task RunAsync(Run run, TurnLaunch start, Feed feed)
    {
        using var log = new EventLog(runtime, sessionId, start.Who.TurnId, start.Epoch, start.FromSequence + start.Begun.Count, SessionStatus.Active, feed);
        Turn? turn = null;
        try
        {
            log.Appended.AddRange(start.Begun);
            turn = new Turn(runtime, log, start.Who, await EarlierAsync(start.FromSequence));
            await turn.RunAsync(run.Cancellation.Token);
        }
        catch (OperationCanceledException) when (run.Cancellation.IsCancellationRequested)
        {
            await EndAsync(run, start.Who, log, turn!);
        }
        catch (SupersededException exception)
        {
            runtime.Log.LogWarning(exception, "A turn was taken over");
        }
#pragma warning disable CA1031 // A turn that breaks inside must still end as failed, with a card.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            runtime.Log.LogError(exception, "The turn {Turn} broke", start.Who.TurnId);
            if (turn is not null && log.Status == SessionStatus.Active)
                await turn.FailAsync("internal", "The turn failed inside the lab; the log has the cause.", "internal");
        }
        finally
        {
            runtime.Feeds.Close(sessionId, feed);
            lock (_lock)
                _run = _run == run ? null : _run;
            run.Cancellation.Dispose();
        }
        if (log.Status is SessionStatus.Idle or SessionStatus.Cancelled)
            await NextAsync();
    }

    private static Task EndAsync(Run run, TurnIdentity who, EventLog log, Turn turn)
    {
        var (status, ending, code, message) = run.Why == RunEnd.Cancelled
            ? (SessionStatus.Cancelled, ToolEnding.Cancelled, "cancelled", "Cancelled.")
            : (SessionStatus.Interrupted, ToolEnding.Interrupted, "interrupted", "The lab stopped during this answer.");
        return log.AppendAsync(tx =>
        {
            SessionRows.DropOpenStep(tx, who.SessionId);
            var events = new List<SessionEventData>(ToolRun.Abandon(turn.Progress(), ending, message));
            events.AddRange(SessionTroubles.Heal(tx, who, message));
            if (status == SessionStatus.Interrupted)
                events.Add(SessionTroubles.Raise(tx, who, SessionTroubles.Interrupted, message, []));
            events.Add(new TurnFailed(code, message));
            return events;
        }, status, message);
    }

    private async Task<List<SessionEvent>> EarlierAsync(long upTo)
    {
        if (upTo == 0)
            return [];
        await using var db = runtime.Contexts.CreateDbContext();
        var rows = await db.Set<SessionEventRecord>()
            .Where(row => row.SessionId == sessionId && row.Sequence <= upTo && !row.Data.StartsWith("{\"kind\":\"tool.output\""))
            .OrderBy(row => row.Sequence).ToListAsync();
        return rows.ConvertAll(row => row.ToEvent());
    }

    private Session Load(Tx tx) => tx.Db.Set<Session>().AsNoTracking().SingleOrDefault(session => session.Id == sessionId && session.DeletedAtMs == null)
        ?? throw Refusal.NotFound("session");

    private TurnLaunch Begin(Tx tx, Session session, NewMessage message, string? userId, int revision)
    {
        var turnId = Id.New("trn", tx.NowMs);
        var modelId = ModelOf(tx, session);
        var who = new TurnIdentity(session.OrgId, session.ProjectId, sessionId, turnId, session.AgentId, modelId, userId);
        SessionRows.InsertTurn(tx, new TurnRecord { Id = turnId, SessionId = sessionId, MessageId = message.MessageId, Revision = revision, TextHash = SessionRows.Hash(message.Text), FirstSequence = session.LastSequence + 1 });
        if (session.Label == Session.DefaultLabel && session.LastSequence == 0)
        {
            tx.Run("UPDATE session SET label = @label WHERE id = @id", ("label", LabelFor(message.Text)), ("id", sessionId));
            tx.Changed(Conversations.ListKey(session.ProjectId));
        }
        ProjectDirectory.Touch(tx, session.ProjectId);
        var healed = SessionTroubles.Heal(tx, who, "A new message was sent");
        return SessionClosing.Launch(tx, session, who, runtime.Node,
            [.. healed, new TurnStarted(message.MessageId, revision, message.Text, userId, session.AgentId, modelId), new StatusChanged(session.Status, SessionStatus.Active)]);
    }

    private TurnLaunch GoOn(Tx tx, Session session, string why)
    {
        var turn = SessionClosing.TurnEvents(tx, session);
        var began = turn.Select(each => each.Data).OfType<TurnStarted>().First();
        var modelId = ModelOf(tx, session);
        var who = new TurnIdentity(session.OrgId, session.ProjectId, sessionId, session.TurnId!, session.AgentId, modelId, began.UserId);
        SessionRows.DropWake(tx, sessionId);
        var events = new List<SessionEventData>();
        if (!session.Status.IsParked())
        {
            events.AddRange(SessionTroubles.Heal(tx, who, why));
            events.Add(new TurnResumed(modelId));
        }
        events.Add(new StatusChanged(session.Status, SessionStatus.Active, why));
        return SessionClosing.Launch(tx, session, who, runtime.Node, events);
    }

    private static string ModelOf(Tx tx, Session session)
    {
        var agent = AgentDirectory.Working(tx, session.OrgId, session.AgentId);
        return session.ModelId ?? agent.ModelId;
    }

    private void Enqueue(Tx tx, List<QueuedMessageRecord> queue, NewMessage message, string? userId)
    {
        if (queue.Count >= runtime.Options.MaxQueued)
            throw Refusal.Conflict($"{queue.Count} messages wait already. Wait for the answer, or remove one.");
        var queued = new QueuedMessageRecord { SessionId = sessionId, MessageId = message.MessageId, Position = (queue.LastOrDefault()?.Position ?? 0) + 1, Text = message.Text, UserId = userId, AtMs = tx.NowMs };
        queue.Add(queued);
        tx.Db.Add(queued);
        tx.Db.SaveChanges();
        tx.Changed(Conversations.Key(sessionId));
    }

    private static (NewMessage Message, string? UserId) Dequeue(Tx tx, QueuedMessageRecord next)
    {
        tx.Db.Remove(next);
        return (new NewMessage(next.MessageId, next.Text), next.UserId);
    }

    private static string LabelFor(string text)
    {
        var line = text.Trim().Split('\n')[0].Trim();
        return line.Length == 0 ? Session.DefaultLabel : line.Length <= 60 ? line : line[..59].TrimEnd() + "…";
    }

    private enum RunEnd
    {
        Finished,
        Cancelled,
        Stopped,
    }

    private sealed class Run
    {
        public CancellationTokenSource Cancellation { get; } = new();

        public Task Task { get; set; } = Task.CompletedTask;

        public RunEnd Why { get; set; }
    }
}
