using System.ComponentModel.DataAnnotations;
using Alumia.Lab.Ledger;
using Alumia.Lab.Models;

namespace Alumia.Lab.Billing;

/// <summary>How an org's money stands, as clients see it.</summary>
public sealed record BillingBody(BalanceBody Balance, WaiverBody Waiver, ConfiguredBody Configured, TopUpBody AutoTopup, IReadOnlyList<UsageBody> MonthUsage, IReadOnlyList<TransactionBody> RecentTransactions);

/// <summary>The balance in US cents, rounded so that nobody is shown money that is not there.</summary>
public sealed record BalanceBody(
    long BalanceCents, long HeldCents, long OwedCents, long CumulativeDepositsCents, bool AutoTopupEnabled, long AutoTopupThresholdCents, long AutoTopupAmountCents)
{
    internal static BalanceBody Of(OrgBalance balance, TopUpView topUp) => new(
        Money.Cents(balance.Balance), Money.Cents(balance.Held), -Money.Cents(-balance.Owed), Money.Cents(balance.Deposited), topUp.IsEnabled, topUp.ThresholdCents, topUp.AmountCents);
}

/// <summary>The platform's fee is waived until deposits add up to more than $100.</summary>
public sealed record WaiverBody(bool Active, long RemainingCents);

/// <summary>What this lab is connected to.</summary>
public sealed record ConfiguredBody(bool Deposits, bool LiveMoney, bool AutoTopupMethod);

/// <summary>The rest of auto top-up.</summary>
public sealed record TopUpBody(long MonthlyCapCents, long ChargedThisMonthCents, string? PaymentMethod, int Failures);

/// <summary>Tokens of this month, by who paid the provider: <c>platform</c>, <c>byok</c> or <c>free</c>.</summary>
public sealed record UsageBody(string Source, long InputTokens, long CachedInputTokens, long OutputTokens, long ReasoningTokens, int Steps)
{
    internal static UsageBody Of(SourceUsage usage) => new(
        usage.Source.ToString().ToLowerInvariant(), usage.Tokens.Input, usage.Tokens.CachedInput, usage.Tokens.Output, usage.Tokens.Reasoning, usage.Steps);
}

/// <summary>A line of the list of transactions. What happened in a project that the caller may not see does not name it.</summary>
public sealed record TransactionBody(
    string Id, long AtMs, [property: AllowedValues("deposit", "take_back", "reversal", "usage")] string Kind, long AmountMicrocents, string About,
    string? Source, bool? Byok, bool? Estimated, string? SessionId, string? AgentId, string? ProjectId)
{
    internal static TransactionBody Of(TransactionLine line, IReadOnlySet<string> seen)
    {
        var isShown = line.ProjectId is null || seen.Contains(line.ProjectId);
        return new TransactionBody(
            line.Id, line.AtMs, line.Kind == TransactionKind.TakeBack ? "take_back" : line.Kind.ToString().ToLowerInvariant(), line.Amount, line.About,
            line.Step?.Source.ToString().ToLowerInvariant(), line.Step is { } step ? step.Source == StepSource.Byok : null, line.Step?.IsEstimated,
            isShown ? line.Step?.SessionId : null, line.AgentId, isShown ? line.ProjectId : null);
    }
}

/// <summary>What a model costs the caller's org, in dollars per million tokens, the platform's fee in it where it applies.</summary>
public sealed record PriceBody(string Id, string Provider, string Name, bool Free, decimal InputPerMillion, decimal CachedInputPerMillion, decimal OutputPerMillion)
{
    internal static PriceBody Of(Model model, int feeRate)
    {
        var price = ModelPrice.Of(model);
        return new PriceBody(model.Id, model.Provider, model.Name, model.IsFree, Dollars(price.Input), Dollars(price.CachedInput), Dollars(price.Output));

        decimal Dollars(long microcents) => microcents * (10_000m + feeRate) / 10_000m / Money.Dollar;
    }
}

/// <summary>What a month cost.</summary>
public sealed record SpendingBody(string Month, long PaidMicrocents, long FeeMicrocents, IReadOnlyList<DayBody> Days);

/// <summary>What a day cost (UTC).</summary>
public sealed record DayBody(int Day, long PaidMicrocents, int Steps);

/// <summary>What a model, an agent or a project cost in a month; an empty id stands for calls without one, and for projects that the caller may not see.</summary>
public sealed record SpendingPartBody(string Id, long PaidMicrocents, int Steps);

/// <summary>How auto top-up is to be; what is left out stays.</summary>
public sealed record BillingWish(bool? AutoTopupEnabled = null, long? AutoTopupThresholdCents = null, long? AutoTopupAmountCents = null, long? AutoTopupMonthlyCapCents = null);

/// <summary>A deposit to be begun.</summary>
/// <param name="AmountCents">500 to 1,000,000.</param>
/// <param name="ReturnTo">The page of the org to go to afterwards.</param>
/// <param name="SavePaymentMethod">Keep the payment method for auto top-up.</param>
public sealed record DepositWish([property: Range(Deposits.LeastCents, Deposits.MostCents)] long AmountCents, string? ReturnTo = null, bool SavePaymentMethod = false);

/// <summary>Where to pay.</summary>
public sealed record DepositBody(string Url, string SessionId, string DepositId);
