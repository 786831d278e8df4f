using System.Diagnostics;
using System.Text;
using Alumia.Lab.Ledger;
using Alumia.Lab.Models;
using Alumia.Lab.Storage;

namespace Alumia.Lab.Sessions;

/// <summary>Money that is held for a step already, when its turn began.</summary>
/// <param name="StepId">Of the ledger.</param>
/// <param name="Result">What is held.</param>
/// <param name="Input">The tokens of input that it was reckoned with.</param>
internal sealed record StepHold(string StepId, HoldResult Result, long Input);

/// <summary>Why a stream is to be closed before its end.</summary>
/// <param name="Stop">The money or a spend limit is used up.</param>
/// <param name="Money">What is there, where it is the money.</param>
internal readonly record struct Shortage(StepStop Stop, HoldResult Money);

/// <summary>
/// What one step costs, and who pays. Money is held before the model is asked, more while it streams, and settled when the step closes, each inside
/// the transaction that stores what it is for. A free provider and the org's own key are recorded, and move nothing.
/// </summary>
internal sealed class StepMeter(Model model, StepOrder order)
{
    /// <summary>How many tokens before the held ones are used up more is asked for.</summary>
    private const long Ahead = 256;

    /// <summary>Bytes of text a token has at least, as far as an estimate goes: four of English, three of a Chinese letter.</summary>
    private const long BytesPerToken = 3;

    /// <summary>A step that shares the balance with others does not begin with money for fewer tokens of output.</summary>
    private const long Least = 64;

    private readonly ActivityContext _span = Activity.Current?.Context ?? default;
    private long _input;
    private long _bytes;
    private long _covered = long.MaxValue;

    /// <summary>Whether this step draws on the org's balance.</summary>
    public bool IsPaid => order.Source == StepSource.Platform;

    public StepSource Source => order.Source;

    /// <summary>Money is held, and not yet settled or given back.</summary>
    public bool IsHeld { get; private set; }

    /// <summary>The meter of a turn's step.</summary>
    public static StepMeter Of(TurnIdentity who, Model model, StepSource source, string stepId) => new(model, new StepOrder(
        who.OrgId, who.SessionId, who.AgentId, who.ProjectId, stepId, who.TurnId, model.Id, model.Provider, ModelPrice.Of(model), source));

    /// <summary>Whether a model costs nobody anything here.</summary>
    public static bool IsFree(Model model, Provider provider) => model.IsFree || provider.Free || !provider.NeedsKey;

    /// <summary>Who pays for a step of this route.</summary>
    public static StepSource SourceOf(ModelRoute route) =>
        IsFree(route.Model, route.Provider) ? StepSource.Free : route.KeySource == KeySource.Byok ? StepSource.Byok : StepSource.Platform;

    /// <summary>Why a step stopped that was answered to its end.</summary>
    public static StepStop StopOf(string finish) => finish switch
    {
        "stop" => StepStop.Finished,
        "tool-calls" => StepStop.ToolCalls,
        "length" => StepStop.Length,
        "content-filter" => StepStop.ContentFilter,
        _ => StepStop.Other,
    };

    /// <summary>Takes money that was held when the turn began.</summary>
    public void TakeOver(StepHold hold) => (IsHeld, _input, _covered) = (true, hold.Input, hold.Result.OutputCovered);

    /// <summary>What must be free for the step to begin beside others, in microcents; the fee counted, for whom it is waived too.</summary>
    public long Need => Pricing.Cost(ModelPrice.Of(model), new TokenUsage(_input + (_bytes / BytesPerToken), 0, Least), PlatformFee.Rate).Total;

    public Model Model => model;

    /// <summary>How many tokens of output these spend limits leave this step.</summary>
    private long Allowed(IReadOnlyList<SpendLimit> limits) => limits.Count == 0
        ? TokenUsage.Most
        : Pricing.OutputCovered(ModelPrice.Of(model), new TokenUsage(_input, 0, 0), PlatformFee.Rate, limits.Min(limit => limit.Left));

    /// <summary>Whether what is held pays for this input and some output.</summary>
    public bool Covers(long input) => !IsPaid || (IsHeld && input <= _input && _covered > Ahead);

    /// <summary>Holds money for the step, or more where some is held; under these limits of its agent.</summary>
    public HoldResult Hold(Tx tx, long input, IReadOnlyList<SpendLimit> limits)
    {
        using var span = TurnTraces.Ledger("hold", _span, order);
        _input = input;
        var expected = new TokenUsage(input, 0, Math.Min(model.MaxOutputTokens, LedgerBook.MostOutputHeld));
        var wasHeld = IsHeld;
        var result = wasHeld ? LedgerBook.Grow(tx, order.StepId, expected) : LedgerBook.Hold(tx, order, expected);
        // What is held may be all there is; who is alone goes as far as it pays.
        if (result.Outcome != HoldOutcome.Held && !(wasHeld && result.OthersHeld == 0))
            return result;
        (IsHeld, _covered) = (true, result.Outcome == HoldOutcome.Held ? result.OutputCovered : Pricing.OutputCovered(ModelPrice.Of(model), expected, PlatformFee.Rate, result.Held));
        if (_covered >= Least || result.OthersHeld == 0)
        {
            _covered = Math.Min(_covered, Allowed(limits) + Ahead);
            return result with { Outcome = HoldOutcome.Held };
        }
        // It would be paid for its input and stop at once, again and again: it waits for what the others give back.
        Release(tx);
        return result with { Outcome = HoldOutcome.AwaitingFunds };
    }

    /// <summary>Counts what streamed; true where more money should be held before more comes.</summary>
    public bool Streamed(string text)
    {
        if (!IsPaid)
            return false;
        _bytes += Encoding.UTF8.GetByteCount(text);
        return (_bytes / BytesPerToken) + Ahead >= _covered;
    }

    /// <summary>Holds more for a step that streams; where that cannot be, or a spend limit is reached, why its stream is to be closed.</summary>
    public async Task<Shortage?> GrowAsync(Writer writer)
    {
        var (allowed, result) = await writer.Write(tx => (
            Allowed(SpendLimits.Read(tx, order.OrgId, order.AgentId, order.SessionId)),
            LedgerBook.Grow(tx, order.StepId, new TokenUsage(_input, 0, (_bytes / BytesPerToken) + LedgerBook.MostOutputHeld))));
        if (result.Outcome != HoldOutcome.Held)
            return new Shortage(StepStop.OutOfFunds, result);
        if (_bytes / BytesPerToken >= allowed)
            return new Shortage(StepStop.LimitReached, result);
        // A cent may pay for less than was asked: then the rest of it is streamed before the next is asked for.
        _covered = Math.Min(Math.Max(result.OutputCovered, (_bytes / BytesPerToken) + Ahead + 1), allowed + Ahead);
        return null;
    }

    /// <summary>Pays for what a step used, in the transaction that closes it; the events with what it cost.</summary>
    /// <param name="tx">The transaction.</param>
    /// <param name="closing">The step's last events; its usage is among them.</param>
    /// <param name="stop">Why it stopped.</param>
    /// <param name="isUntouched">Nothing had come from the model: nothing is to be paid.</param>
    public List<SessionEventData> Settle(Tx tx, List<SessionEventData> closing, StepStop stop, bool isUntouched)
    {
        var at = closing.FindIndex(each => each is UsageRecorded);
        var usage = (UsageRecorded)closing[at];
        var money = Settle(tx, new TokenUsage(usage.InputTokens, usage.CachedInputTokens, usage.OutputTokens, usage.ReasoningTokens), usage.Estimated, stop, isUntouched);
        return [.. closing[..at], usage with { Money = money }, .. closing[(at + 1)..]];
    }

    /// <summary>Pays for this usage, or records it where nothing is to be paid.</summary>
    public StepMoney Settle(Tx tx, TokenUsage usage, bool isEstimated, StepStop stop, bool isUntouched)
    {
        if (!IsPaid)
        {
            LedgerBook.Record(tx, order, usage, isEstimated, stop);
            return StepMoney.Of(Source, stop);
        }
        if (isUntouched || !IsHeld)
        {
            Release(tx);
            return StepMoney.Of(Source, stop);
        }
        IsHeld = false;
        using var span = TurnTraces.Ledger("charge", _span, order);
        return StepMoney.Of(LedgerBook.Settle(tx, order.StepId, usage, isEstimated, stop));
    }

    /// <summary>Gives back what is held: the step does not run now.</summary>
    public void Release(Tx tx)
    {
        if (IsHeld)
            LedgerBook.Release(tx, order.StepId);
        IsHeld = false;
    }
}
