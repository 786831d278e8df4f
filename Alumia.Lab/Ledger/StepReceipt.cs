namespace Alumia.Lab.Ledger;

/// <summary>What a step cost and why, for people; money is in microcents.</summary>
/// <param name="StepId">The step.</param>
/// <param name="SessionId">Its session; null for a call without one.</param>
/// <param name="TurnId">Its turn; null for a call without one.</param>
/// <param name="ModelId"><c>provider/model</c>.</param>
/// <param name="Source">The platform's key, the org's own, or a free provider.</param>
/// <param name="Held">What was held for it in all.</param>
/// <param name="Used">What the org paid.</param>
/// <param name="Released">What of the hold went back to the balance.</param>
/// <param name="WrittenOff">Usage that nobody paid.</param>
/// <param name="Cost">What the model cost.</param>
/// <param name="Fee">The platform's fee on it.</param>
/// <param name="Price">The price it was reckoned with.</param>
/// <param name="FeeRate">Hundredths of a percent.</param>
/// <param name="Usage">Tokens.</param>
/// <param name="IsEstimated">Whether the tokens were counted here.</param>
/// <param name="Stop">Why it stopped; null while it runs.</param>
/// <param name="StartedAtMs">When it began.</param>
/// <param name="EndedAtMs">When it was settled; null while it runs.</param>
public sealed record StepReceipt(
    string StepId, string? SessionId, string? TurnId, string ModelId, StepSource Source, long Held, long Used, long Released, long WrittenOff, long Cost, long Fee,
    ModelPrice Price, int FeeRate, TokenUsage Usage, bool IsEstimated, StepStop? Stop, long StartedAtMs, long? EndedAtMs)
{
    internal static StepReceipt Of(MeteredStep step) => new(
        step.Id, step.SessionId, step.TurnId, step.ModelId, step.Source, step.Held, step.Paid, step.EndedAtMs is null ? 0 : Math.Max(0, step.Held - step.Paid),
        step.Cost + step.Fee - step.Paid, step.Cost, step.Fee, step.Price, step.FeeRate, step.Usage, step.IsEstimated, step.Stop, step.StartedAtMs, step.EndedAtMs);
}
