using Alumia.Lab.Ledger;

namespace Alumia.Lab.Sessions;

/// <summary>A step's receipt, as its session's events keep it. Money is in microcents, prices in microcents per million tokens.</summary>
/// <param name="Source">Who paid the provider.</param>
/// <param name="Stop">Why the step stopped.</param>
/// <param name="Held">All that was held for it.</param>
/// <param name="Used">What the org paid, the fee included.</param>
/// <param name="Released">What of the hold went back.</param>
/// <param name="Fee">The platform's fee.</param>
/// <param name="WrittenOff">Usage that nobody paid.</param>
/// <param name="InputPrice">Zero where nothing was paid.</param>
/// <param name="CachedInputPrice">Of input that the provider had kept.</param>
/// <param name="OutputPrice">Reasoning included.</param>
public sealed record StepMoney(
    StepSource Source, StepStop Stop, long Held = 0, long Used = 0, long Released = 0, long Fee = 0, long WrittenOff = 0, long InputPrice = 0, long CachedInputPrice = 0, long OutputPrice = 0)
{
    /// <summary>A step for which no money moved.</summary>
    internal static StepMoney Of(StepSource source, StepStop stop) => new(source, stop);

    internal static StepMoney Of(StepReceipt receipt) => new(
        receipt.Source, receipt.Stop ?? StepStop.Other, receipt.Held, receipt.Used, receipt.Released, receipt.Fee, receipt.WrittenOff,
        receipt.Price.Input, receipt.Price.CachedInput, receipt.Price.Output);
}
