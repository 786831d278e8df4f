using Alumia.Lab.Storage;

namespace Alumia.Lab.Sessions;

/// <summary>
/// One session's rules: what a message, a cancel, a resume or a wake does to it, and the turn that runs. What it knows it reads from the
/// database inside the transaction that acts on it; in memory it has only the run. Safe for calls from many threads.
/// </summary>
internal sealed class SessionCore(SessionRuntime runtime, string sessionId)
{
    /// <summary>One deed at a time: what its transaction decided is done in memory before the next one looks.</summary>
    private readonly SemaphoreSlim _deeds = new(1, 1);
    private static readonly TurnFailed _cancelled = new("cancelled", "Cancelled.");
    private volatile TurnRun? _run;

    /// <summary>The turn that runs here, if any; completes when it has ended or parked.</summary>
    public Task Running => _run?.Ended ?? Task.CompletedTask;

    /// <summary>Begins a turn with this message, queues it behind the one that runs, or finds that it was sent before.</summary>
    public Task<Sent> SendAsync(NewMessage message, string? userId)
    {
        var hash = SessionRows.Hash(message.Text);
        return DoAsync<Sent>((tx, session) =>
        {
            var last = SessionRows.LastTurn(tx, sessionId, message.MessageId);
            if (last is { } same && same.TextHash == hash && !message.Regenerate)
            {
                if (message.RefuseUnpaid && session.Status == SessionStatus.PaymentRequired && session.TurnId == same.TurnId && !runtime.Funds.CanGoOn(tx, session))
                    throw new Refusal(RefusalKind.PaymentRequired, Funds.EmptyMessage);
                return (new Sent(SendOutcome.Attached, same.TurnId), null);
            }
            var queue = QueueOf(tx);
            if (queue.Rewrite(message))
                return (new Sent(SendOutcome.Attached, null), null);
            if (last is not null && session.Status.IsLive())
                throw Refusal.Conflict("An answer is being written. Stop it first, then edit or ask again.");
            if (last is null && (session.Status.IsLive() || queue.Count > 0))
            {
                queue.Add(message, userId);
                if (session.Status.IsLive())
                    return (new Sent(SendOutcome.Queued, null), null);
                // The queue was held by a failure; the person's new message lets it go on, in order.
                var next = queue.Take()!;
                var held = Begin(tx, session, next);
                return (next.MessageId == message.MessageId ? new Sent(SendOutcome.Started, held.Who.TurnId) : new Sent(SendOutcome.Queued, null), held);
            }
            var start = SessionOpening.Begin(tx, session, runtime, message, userId, (last?.Revision ?? 0) + 1, message.Regenerate && last is not null ? SessionOpening.FromOf(tx, sessionId, last.Value.TurnId) : null);
            return (new Sent(SendOutcome.Started, start.Who.TurnId), start);
        });
    }

    /// <summary>Makes the session and begins its first turn, in one transaction.</summary>
    public Task<SessionBegun> BeginAsync(SessionStart start, NewMessage message) => DoAsync(tx =>
    {
        if (start.AddNamed(tx) is not { } session)
            return (new SessionBegun(null, 0), null);
        var launch = SessionOpening.Begin(tx, session, runtime, message, start.MakerId, 1);
        return (new SessionBegun(new Sent(SendOutcome.Started, launch.Who.TurnId), session.LastSequence), launch);
    });

    /// <summary>Ends the turn, running or parked; true where there was one to end. When this returns, its status is <c>cancelled</c> and its work has ended.</summary>
    public async Task<bool> CancelAsync()
    {
        while (true)
        {
            TurnRun? run = null;
            var closed = await DoAsync<bool>((tx, session) =>
            {
                run = session.Status == SessionStatus.Active ? _run : null;
                if (!session.Status.IsParked())
                    return (false, null);
                var turn = SessionClosing.TurnEvents(tx, session);
                SessionClosing.Close(tx, session, turn, runtime.Node, SessionStatus.Cancelled, ToolEnding.Cancelled, "Cancelled.", _cancelled, "Cancelled");
                runtime.Mail?.Ended(tx, sessionId, session.TurnId!, _cancelled);
                return (true, null);
            });
            if (closed)
                await NextAsync();
            if (run is null)
                return closed;
            var ended = await run.StopAsync(SessionStatus.Cancelled);
            // It may have parked in that very moment; a parked turn is still to be cancelled.
            if (!ended.IsParked())
                return ended == SessionStatus.Cancelled;
        }
    }

    /// <summary>Wakes a parked turn, or goes on with an interrupted or failed one; false where there is neither.</summary>
    /// <param name="why">What the person or the event that wakes it is, in words.</param>
    /// <param name="onlyParked">A wake condition came true: what is not parked any more is left alone.</param>
    public Task<bool> ResumeAsync(string why, bool onlyParked) => DoAsync<bool>((tx, session) =>
    {
        var canGoOn = session.Status.IsParked() || (!onlyParked && session.Status is SessionStatus.Interrupted or SessionStatus.Failed);
        var start = canGoOn && session.TurnId is not null ? SessionOpening.GoOn(tx, session, runtime.Node, why) : null;
        return (start is not null, start);
    });

    /// <summary>Answers one call that asks for approval. A parked turn goes on at once; one that runs hears of it. Exactly one answer counts.</summary>
    /// <exception cref="Refusal">No such call asks, or it was answered before.</exception>
    public async Task AnswerAsync(string callId, ApprovalAnswer answer, string? reason, string? userId)
    {
        while (true)
        {
            var run = await DoAsync<TurnRun?>((tx, session) =>
            {
                if (session.Status == SessionStatus.Active)
                    return (_run, null);
                var turn = session.Status.IsParked() ? SessionClosing.TurnEvents(tx, session) : [];
                var answered = Approvals.Answer(TurnProgress.Read(turn), callId, answer, reason, userId);
                if (session.Status == SessionStatus.AwaitingApproval)
                    return (null, SessionOpening.GoOn(tx, session, runtime.Node, Approvals.Say(answered), answered));
                SessionClosing.Note(tx, session, answered);
                return (null, null);
            });
            // It may have parked or ended in that very moment.
            if (run is null || await run.NoteAsync(progress => Approvals.Answer(progress, callId, answer, reason, userId)))
                return;
        }
    }

    /// <summary>Ends the call that the parked turn waits in: it is not run again, and the turn goes on with this as its error.</summary>
    /// <exception cref="Refusal">It does not wait any more.</exception>
    public Task GiveUpAsync(string callId, string error) => DoAsync<bool>((tx, session) =>
    {
        var progress = TurnProgress.Read(session.Status == SessionStatus.AwaitingConnector ? SessionClosing.TurnEvents(tx, session) : []);
        if (progress.Pending.FirstOrDefault(call => call.CallId == callId) is not { } call)
            throw Refusal.Conflict("This call does not wait any more.");
        var took = tx.NowMs - (progress.StartedAtMs(callId) ?? tx.NowMs);
        return (true, SessionOpening.GoOn(tx, session, runtime.Node, "Went on without it", new ToolFinished(callId, call.Tool, ToolEnding.Error, error, took)));
    });

    /// <summary>Ends one running call, and not its turn; false where it does not run.</summary>
    public bool CancelCall(string callId) => _run?.CancelCall(callId) == true;

    /// <summary>Begins the message that waits longest, where nothing runs and nothing holds the queue; and where no person's waits, a peer's.</summary>
    public Task NextAsync() => DoAsync<bool>((tx, session) =>
    {
        if (session.Status is SessionStatus.Idle or SessionStatus.Cancelled && QueueOf(tx).Take() is { } next)
            return (true, Begin(tx, session, next));
        // A failure was told to who asked: what a peer writes after it is a new beginning, as a person's message is.
        if (session.Status is not (SessionStatus.Idle or SessionStatus.Cancelled or SessionStatus.Failed) || runtime.Mail?.Next(tx, session) is not { } mail)
            return (false, null);
        var launch = SessionOpening.Begin(tx, session, runtime, mail.Message, mail.UserId, 1, mail.From);
        runtime.Mail.Delivered(tx, mail, launch.Who.TurnId);
        return (true, launch);
    });

    /// <summary>A turn that a process left running when it died is closed with all that was saved of it.</summary>
    public Task RecoverAsync() => DoAsync<bool>((_, _) => (true, null));

    /// <summary>The turn is closed as interrupted, with all that streamed.</summary>
    public Task StopAsync() => _run?.StopAsync(SessionStatus.Interrupted) ?? Task.CompletedTask;

    private Task<T> DoAsync<T>(Func<Tx, Session, (T Result, TurnLaunch? Launch)> deed) => DoAsync(tx => deed(tx, Load(tx)));

    private async Task<T> DoAsync<T>(Func<Tx, (T Result, TurnLaunch? Launch)> deed)
    {
        await _deeds.WaitAsync();
        try
        {
            if (runtime.Runs.IsStopping)
                throw new Refusal(RefusalKind.Unavailable, "The lab is stopping. Try again in a moment.");
            var (result, launch) = await runtime.Writer.Write(deed);
            if (launch is not null)
                _ = FollowAsync(_run = TurnRun.Start(runtime, launch));
            return result;
        }
        finally
        {
            _deeds.Release();
        }
    }

    /// <summary>When a turn has ended well, or by a cancel, the queue goes on; a failure holds it until a person acts.</summary>
    private async Task FollowAsync(TurnRun run)
    {
        await run.Ended;
        Interlocked.CompareExchange(ref _run, null, run); // The grain stays for minutes; the turn's events need not.
        if (!run.HasQueue)
            return;
        try
        {
            await NextAsync();
        }
        catch (Refusal refusal)
        {
            runtime.Log.LogWarning("The queue of session {Session} is held: {Why}", sessionId, refusal.Message);
        }
#pragma warning disable CA1031 // Nobody awaits this task for its exception; the queue is looked at again with the next deed or start.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            runtime.Log.LogError(exception, "The next message of session {Session} could not be begun", sessionId);
        }
    }

    /// <summary>The session, its row held. Where it says <c>active</c> and no run is here, whoever ran it is gone: that turn is closed as interrupted first.</summary>
    private Session Load(Tx tx)
    {
        SessionRows.Lock(tx, sessionId);
        var session = SessionRows.Find(tx, sessionId) ?? throw Refusal.NotFound("session");
        if (session.Status != SessionStatus.Active || _run is { Ended.IsCompleted: false })
            return session;
        SessionClosing.Interrupt(tx, session, runtime.Node);
        return SessionRows.Find(tx, sessionId)!;
    }

    private TurnLaunch Begin(Tx tx, Session session, QueuedMessage next) =>
        SessionOpening.Begin(tx, session, runtime, new NewMessage(next.MessageId, next.Text, RefuseUnpaid: next.ByProgram), next.UserId, 1, wasQueued: true);

    private SessionQueue QueueOf(Tx tx) => new(tx, sessionId, runtime.Options.MaxQueued);
}
