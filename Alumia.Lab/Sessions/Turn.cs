using Alumia.Lab.Ledger;
using Alumia.Lab.Models;
using Alumia.Lab.Storage;
using Alumia.Lab.Tools;
using Microsoft.Extensions.AI;

namespace Alumia.Lab.Sessions;

/// <summary>Whose turn it is, fixed when it begins.</summary>
internal sealed record TurnIdentity(string OrgId, string ProjectId, string SessionId, string TurnId, string AgentId, string ModelId, string? UserId, bool ByProgram = false);

/// <summary>
/// The agent's loop: ask the model, run the tools that it asked for, again until it answers without one. Where it stands is read from the
/// turn's events each time round, so it begins in the middle as well as at the start.
/// </summary>
internal sealed class Turn(SessionRuntime runtime, EventLog log, TurnLaunch launch, Func<IReadOnlyList<SessionEvent>> earlier)
{
    private static readonly string[] _failureCodes = ["provider", "malformed_call", "step_limit", "time_limit", "internal"];

    private readonly TurnIdentity _who = launch.Who;
    private StepHold? _hold = launch.Hold is { Result.Outcome: HoldOutcome.Held } held ? held : null;

    private IEnumerable<SessionEvent> Events => earlier().Concat(log.Appended());

    private IEnumerable<SessionEvent> OfTurn => Events.Where(each => each.TurnId == _who.TurnId);

    /// <summary>Runs until the turn is answered, failed or parked. Throws on cancellation, with all that streamed stored.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        while (log.Status == SessionStatus.Active)
        {
            cancellation.ThrowIfCancellationRequested();
            var progress = Progress();
            if (OverLimit(progress) is { } limit)
            {
                await FailAsync(limit.Code, limit.Message, limit.Code, evidence: limit.Code == "malformed_call" ? SessionTroubles.Rejections(OfTurn) : null);
                continue;
            }
            using var time = new CancellationTokenSource(TimeLeft(progress), runtime.Clock);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, time.Token);
            try
            {
                await (progress.Pending.Count > 0 ? PendingCalls.RunAsync(runtime, log, _who, Progress, Events, either.Token) : StepAsync(progress, either.Token));
            }
            catch (OperationCanceledException) when (time.IsCancellationRequested && !cancellation.IsCancellationRequested)
            {
                // The time limit broke off what ran; the next round finds it over.
            }
        }
    }

    /// <summary>Where the turn stands now.</summary>
    public TurnProgress Progress() => TurnProgress.Read(OfTurn);

    /// <summary>Ends the turn as failed, with a card that says why and offers to try again.</summary>
    public Task FailAsync(string code, string message, string troubleKind, Func<Tx, List<SessionEventData>>? first = null, IReadOnlyList<Troubles.Evidence>? evidence = null)
    {
        if (!_failureCodes.Contains(code))
            throw new ArgumentException($"{code} is no code of a failure.", nameof(code));
        return log.AppendAsync(tx =>
        {
            var progress = Progress();
            SessionRows.DropOpenStep(tx, _who.SessionId);
            var events = new List<SessionEventData>(first?.Invoke(tx) ?? []);
            ReleaseHold(tx);
            events.AddRange(ToolEnds.Abandon(Events, progress, ToolEnding.Cancelled, "The turn failed before this call had ended."));
            events.Add(SessionTroubles.Raise(tx, _who, troubleKind, message, evidence ?? []));
            events.Add(new TurnFailed(code, message));
            return events;
        }, SessionStatus.Failed, message);
    }

    /// <summary>Ends the turn as cancelled or interrupted: its calls get an end, its troubles are over.</summary>
    public Task EndAsync(SessionStatus status)
    {
        var (ending, code, message) = status == SessionStatus.Cancelled
            ? (ToolEnding.Cancelled, "cancelled", "Cancelled.")
            : (ToolEnding.Interrupted, "interrupted", "The lab stopped during this answer.");
        return log.AppendAsync(tx =>
        {
            SessionRows.DropOpenStep(tx, _who.SessionId);
            var (progress, released) = (Progress(), ReleaseHold(tx));
            var events = new List<SessionEventData>(ToolEnds.Abandon(Events, progress, ending, message));
            events.AddRange(SessionTroubles.Heal(tx, _who, message));
            if (status == SessionStatus.Interrupted)
                events.Add(SessionTroubles.Raise(tx, _who, SessionTroubles.Interrupted, message, []));
            events.Add(new TurnFailed(code, message, status == SessionStatus.Cancelled ? ToolEnds.Report(OfTurn, progress, released) : null));
            return events;
        }, status, message);
    }

    private TimeSpan TimeLeft(TurnProgress progress) =>
        TimeSpan.FromMilliseconds(Math.Clamp(runtime.Options.MaxTurnMinutes * 60_000 - ActiveMs(progress) + 1, 1, int.MaxValue));

    private long ActiveMs(TurnProgress progress) => progress.ActiveMs + (runtime.Clock.NowMs() - progress.ActiveSinceMs);

    private (string Code, string Message)? OverLimit(TurnProgress progress)
    {
        if (progress.Malformed >= runtime.Options.MaxMalformedCalls)
            return ("malformed_call", $"The model sent {progress.Malformed} malformed tool calls in a row.");
        if (ActiveMs(progress) > runtime.Options.MaxTurnMinutes * 60_000)
            return ("time_limit", $"The turn reached its limit of {runtime.Options.MaxTurnMinutes:0.#} minutes.");
        // Only a further step is over the limit: the tools of the last one are still run.
        return progress.Pending.Count == 0 && progress.StepsSpent >= runtime.Options.MaxSteps && !progress.IsStepOpen
            ? ("step_limit", $"The turn reached its limit of {runtime.Options.MaxSteps} steps.")
            : null;
    }

    private async Task StepAsync(TurnProgress progress, CancellationToken cancellation)
    {
        var agent = await runtime.Agents.GetAsync(_who.OrgId, _who.AgentId, cancellation);
        var project = await runtime.Projects.GetAsync(_who.OrgId, _who.ProjectId, cancellation);
        var tools = ToolRegistry.Allowed(await runtime.Tools.AllAsync(_who.OrgId, cancellation), agent);
        ModelRoute route;
        try
        {
            route = await runtime.Router.RouteAsync(_who.OrgId, _who.ModelId, cancellation);
        }
        catch (ProviderException exception)
        {
            await (exception.RefusedKey is { } key
                ? OwnKeyWake.ParkAsync(log, _who, key, exception, tx => ReleaseHold(tx))
                : FailAsync("provider", exception.Message, SessionTroubles.NotConfigured, null, SessionTroubles.Evidence(_who.ModelId, exception)));
            return;
        }
        var number = progress.IsStepOpen ? progress.Step : progress.Step + 1;
        var (messages, leftOut) = History.Build(Events, agent, project, route.Model, runtime.Tokens, tools);
        using var span = TurnTraces.Step(_who, number);
        var meter = Meter(route);
        var begun = BeginAsync(meter, progress, number, route.Model, leftOut, messages, tools);
        if (meter.IsPaid)
            await begun; // The model is asked when its money is there; a free one meanwhile.
        if (log.Status != SessionStatus.Active)
            return;
        var step = new ModelStep(runtime, log, agent, route, tools, progress, number, meter);
        try
        {
            await step.StreamAsync(messages, begun, cancellation);
        }
        catch (SupersededException)
        {
            throw;
        }
        catch (Exception exception) when (cancellation.IsCancellationRequested)
        {
            await CloseAsync(step, meter, messages, StepStop.Cancelled);
            throw exception as OperationCanceledException ?? new OperationCanceledException("The step was broken off.", exception, cancellation);
        }
        catch (ProviderException exception)
        {
            await FailedProviderAsync(exception, step, meter, messages, progress);
            return;
        }
        catch (Exception)
        {
            // A fault of the lab's own; what streamed is kept all the same.
            await CloseAsync(step, meter, messages, StepStop.Other);
            throw;
        }
        if (step.Shortage is { } shortage)
            await ShortAsync(step, meter, messages, shortage);
        else
            await AnsweredAsync(step, meter, messages, progress);
    }

    private StepMeter Meter(ModelRoute route)
    {
        var held = _hold;
        _hold = null;
        var meter = StepMeter.Of(_who, route.Model, StepMeter.SourceOf(route), held?.StepId ?? Id.New("stp", runtime.Clock));
        if (held is not null)
            meter.TakeOver(held);
        return meter;
    }

    /// <summary>Stores what is still to be said of the step's beginning, and holds its money; where that is not there, the turn parks.</summary>
    private async Task BeginAsync(StepMeter meter, TurnProgress progress, int number, Model model, int leftOut, List<ChatMessage> messages, IReadOnlyList<ITool> tools)
    {
        var beginning = Beginning(progress, number, model, leftOut);
        var input = meter.IsPaid ? History.MostTokens(messages, tools, runtime.Tokens) : 0;
        var isCovered = meter.Covers(input);
        if (isCovered && beginning.Length == 0 && progress.OpenTroubles.Count == 0)
            return;
        await log.AppendAsync(tx =>
        {
            // What was held for a step that another model or key pays by now goes back.
            if (!meter.IsPaid)
                meter.Release(tx);
            var limits = meter.IsPaid ? LimitsNow(tx) : [];
            if (limits.FirstOrDefault(each => each.Left <= 0) is { } limit)
            {
                meter.Release(tx);
                return SpendLimits.Park(tx, _who, model, limit);
            }
            if (!isCovered && meter.Hold(tx, input, limits) is { Outcome: not HoldOutcome.Held } shortage)
            {
                meter.Release(tx);
                return Funds.Park(tx, _who, meter, shortage);
            }
            return new Appending(progress.OpenTroubles.Count == 0 ? beginning : [.. SessionTroubles.HealFunds(tx, _who, SessionTroubles.PaidBy(meter.Source)), .. beginning]);
        });
    }

    /// <summary>What is still to be said of a step's beginning: the first one's is stored with the turn's.</summary>
    private SessionEventData[] Beginning(TurnProgress progress, int number, Model model, int leftOut)
    {
        var events = new List<SessionEventData>();
        if (!progress.IsStepOpen)
            events.Add(new StepStarted(number, model.Id));
        if (leftOut > 0 && !Events.Any(each => each.TurnId == _who.TurnId && each.Data is HistoryCut cut && cut.Step == number))
            events.Add(new HistoryCut(number, leftOut));
        return [.. events];
    }

    private Task CloseAsync(ModelStep step, StepMeter meter, List<ChatMessage> messages, StepStop stop)
    {
        var closing = step.Close(messages, broken: true);
        return log.AppendAsync(tx =>
        {
            SessionRows.DropOpenStep(tx, _who.SessionId);
            return meter.Settle(tx, closing, stop, step.IsUntouched);
        });
    }

    /// <summary>What came is kept and paid. With what that leaves the turn goes on in a new step, or it waits for money or for its limit to be raised.</summary>
    private Task ShortAsync(ModelStep step, StepMeter meter, List<ChatMessage> messages, Shortage shortage)
    {
        var closing = step.Close(messages, broken: true);
        return log.AppendAsync(tx =>
        {
            SessionRows.DropOpenStep(tx, _who.SessionId);
            var settled = meter.Settle(tx, closing, shortage.Stop, step.IsUntouched);
            if (shortage.Stop == StepStop.LimitReached && LimitsNow(tx).FirstOrDefault(each => each.Left < meter.Need) is { } limit)
                return SpendLimits.Park(tx, _who, meter.Model, limit, settled);
            return Funds.Left(tx, _who.OrgId, shortage.Money) is { } still ? Funds.Park(tx, _who, meter, still, settled) : new Appending(settled);
        });
    }

    private IReadOnlyList<SpendLimit> LimitsNow(Tx tx) => SpendLimits.Read(tx, _who.OrgId, _who.AgentId, _who.SessionId);

    private Task AnsweredAsync(ModelStep step, StepMeter meter, List<ChatMessage> messages, TurnProgress progress)
    {
        var closing = step.Close(messages, broken: false);
        var finish = closing.OfType<UsageRecorded>().Single().FinishReason;
        return log.AppendAsync(tx =>
        {
            SessionRows.DropOpenStep(tx, _who.SessionId);
            var events = meter.Settle(tx, closing, StepMeter.StopOf(finish), isUntouched: false);
            if (progress.OpenTroubles.Count > 0)
                events.AddRange(SessionTroubles.Heal(tx, _who, progress.WasKeyRefused ? "The key was taken, went on by itself" : "The provider answered again"));
            if (finish != "tool-calls")
                events.Add(new TurnFinished(finish));
            return events;
        }, finish == "tool-calls" ? null : SessionStatus.Idle);
    }

    /// <summary>A turn that ends or waits holds no money; gives what came back, in microcents.</summary>
    private long ReleaseHold(Tx tx) => LedgerBook.OpenOf(tx, _who.SessionId) is { } open && LedgerBook.Release(tx, open.Id) ? open.Held : 0;

    /// <summary>Before the first token, what may pass is waited for; after it, or where waiting is no use, the turn fails with what came so far.</summary>
    private async Task FailedProviderAsync(ProviderException exception, ModelStep step, StepMeter meter, List<ChatMessage> messages, TurnProgress progress)
    {
        var evidence = SessionTroubles.Evidence(_who.ModelId, exception);
        if (!step.IsUntouched)
        {
            var closing = step.Close(messages, broken: true);
            await FailAsync("provider", exception.Message, SessionTroubles.Cut, tx => meter.Settle(tx, closing, StepStop.ProviderFailed, isUntouched: false), evidence);
            return;
        }
        if (exception.RefusedKey is { } key)
        {
            await OwnKeyWake.ParkAsync(log, _who, key, exception, tx => ReleaseHold(tx));
            return;
        }
        var passing = exception.Failure is ProviderFailure.RateLimited or ProviderFailure.Overloaded or ProviderFailure.Network or ProviderFailure.Cut;
        if (!passing || progress.ProviderRetries >= runtime.Options.MaxProviderRetries)
        {
            await FailAsync("provider", exception.Message, SessionTroubles.KindOf(exception.Failure), null, evidence);
            return;
        }
        var wait = exception.RetryAfter ?? TimeSpan.FromSeconds(Math.Pow(2, progress.ProviderRetries));
        var dueAtMs = runtime.Clock.NowMs() + (long)wait.TotalMilliseconds;
        await log.AppendAsync(tx =>
        {
            meter.Release(tx);
            Waker.Park(tx, new WakeCondition { SessionId = _who.SessionId, OrgId = _who.OrgId, TurnId = _who.TurnId, Kind = WakeCondition.Time, DueAtMs = dueAtMs });
            return [SessionTroubles.RaisePassing(tx, _who, exception, dueAtMs, evidence)];
        }, SessionStatus.AwaitingProvider, exception.Message);
    }
}
