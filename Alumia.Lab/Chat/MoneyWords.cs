using System.Globalization;
using Alumia.Lab.Agents;
using Alumia.Lab.Ledger;
using Alumia.Lab.Sessions;

namespace Alumia.Lab.Chat;

/// <summary>How a receipt says things.</summary>
internal static class MoneyWords
{
    public static string Source(StepSource source) => source switch
    {
        StepSource.Platform => "Paid from the balance",
        StepSource.Byok => "Your own key",
        _ => "Free model",
    };

    /// <summary>The price line: what a million tokens cost.</summary>
    public static string Price(StepMoney money) =>
        $"{Figures.Dollars(money.InputPrice)} input, {Figures.Dollars(money.CachedInputPrice)} cached input, {Figures.Dollars(money.OutputPrice)} output, for a million tokens";

    public static string Tokens(UsageRecorded usage)
    {
        var cached = usage.CachedInputTokens > 0 ? $" ({Words.Number(usage.CachedInputTokens)} of it cached)" : "";
        return string.Create(CultureInfo.InvariantCulture, $"{(usage.Estimated ? "about " : "")}{Words.Number(usage.InputTokens)} in{cached}, {Words.Number(usage.OutputTokens)} out{(usage.Estimated ? ", counted here" : "")}");
    }

    public static string Stop(StepStop stop) => stop switch
    {
        StepStop.Finished => "the model had said all",
        StepStop.ToolCalls => "it asked for tools",
        StepStop.Length => "at the model's longest answer",
        StepStop.ContentFilter => "by the provider's filter",
        StepStop.Cancelled => "a person cancelled it",
        StepStop.OutOfFunds => "the balance was used up",
        StepStop.LimitReached => "a spend limit was reached",
        StepStop.ProviderFailed => "the provider broke off",
        StepStop.Interrupted => "the lab stopped",
        StepStop.Released => "before it ran: nothing was used",
        _ => "for another reason",
    };
}
