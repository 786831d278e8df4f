using Alumia.Lab.Models;

namespace Alumia.Lab.Ledger;

/// <summary>Tokens of a step. Cached input is part of the input, reasoning is part of the output.</summary>
public readonly record struct TokenUsage(long Input, long CachedInput, long Output, long Reasoning = 0)
{
    /// <summary>More tokens of a kind than this are no provider's usage; they are counted as this many, so that no product overflows.</summary>
    public const long Most = 1_000_000_000;

    /// <summary>The same within its bounds: none negative, no more cached than there was input, no more reasoning than output.</summary>
    public TokenUsage Bounded()
    {
        var input = Math.Clamp(Input, 0, Most);
        var output = Math.Clamp(Output, 0, Most);
        return new(input, Math.Clamp(CachedInput, 0, input), output, Math.Clamp(Reasoning, 0, output));
    }
}

/// <summary>What a model costs, in microcents per million tokens.</summary>
public readonly record struct ModelPrice(long Input, long CachedInput, long Output)
{
    /// <summary>Prices above a million dollars per million tokens are taken as that.</summary>
    public const long Most = 1_000_000 * Money.Dollar;

    /// <summary>The catalogue's price; cached input costs what input costs where nothing else is said.</summary>
    public static ModelPrice Of(Model model) =>
        new(model.InputMicrocentsPerMillion, model.CachedInputMicrocentsPerMillion ?? model.InputMicrocentsPerMillion, model.OutputMicrocentsPerMillion);

    /// <summary>The same with no price negative: a negative one would raise a balance.</summary>
    public ModelPrice Bounded() => new(Math.Clamp(Input, 0, Most), Math.Clamp(CachedInput, 0, Most), Math.Clamp(Output, 0, Most));
}

/// <summary>What a step costs, in microcents: the model's price, and the platform's fee on it.</summary>
public readonly record struct StepCost(long Model, long Fee)
{
    public long Total => Model + Fee;
}

/// <summary>Prices usage in whole numbers, rounded up once a step; never negative.</summary>
public static class Pricing
{
    private const long Million = 1_000_000;
    private const int WholeRate = 10_000;

    /// <summary>What this usage costs.</summary>
    /// <param name="price">Of the model.</param>
    /// <param name="usage">What it used.</param>
    /// <param name="feeRate">The platform's fee, in hundredths of a percent.</param>
    public static StepCost Cost(ModelPrice price, TokenUsage usage, int feeRate)
    {
        var exact = Exact(price, usage);
        var model = RoundUp(exact, Million);
        var total = RoundUp(exact * (WholeRate + feeRate), (Int128)Million * WholeRate);
        return new StepCost(model, total - model);
    }

    /// <summary>How many tokens of output this money (microcents) pays for beside the input; <see cref="TokenUsage.Most"/> where output costs nothing.</summary>
    public static long OutputCovered(ModelPrice price, TokenUsage usage, int feeRate, long money)
    {
        var output = price.Bounded().Output;
        if (output == 0)
            return TokenUsage.Most;
        var left = ((Int128)money * Million * WholeRate / (WholeRate + feeRate)) - Exact(price, usage with { Output = 0 });
        return left <= 0 ? 0 : (long)Int128.Min(left / output, TokenUsage.Most);
    }

    /// <summary>Millionths of a microcent.</summary>
    private static Int128 Exact(ModelPrice price, TokenUsage usage)
    {
        var (from, used) = (price.Bounded(), usage.Bounded());
        return ((Int128)(used.Input - used.CachedInput) * from.Input) + ((Int128)used.CachedInput * from.CachedInput) + ((Int128)used.Output * from.Output);
    }

    private static long RoundUp(Int128 value, Int128 by) => (long)((value + by - 1) / by);
}
