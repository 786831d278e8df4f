using Microsoft.Extensions.AI;

namespace Alumia.Lab.Models;

/// <summary>Translates the lab's reasoning effort into what a model takes.</summary>
internal static class Efforts
{
    private static readonly string[] _ladder = ["none", "minimal", "low", "medium", "high", "xhigh", "max"];

    /// <summary>The nearest effort that the model can be asked for; null leaves it to the model.</summary>
    public static string? For(Model model, ReasoningOptions? reasoning)
    {
        if (!model.Reasoning || model.Efforts is not { Count: > 0 } efforts || reasoning?.Effort is not { } effort)
            return null;
        var wanted = Array.IndexOf(_ladder, NameOf(effort));
        return efforts
            .Where(name => name != "none" || effort == ReasoningEffort.None) // Less thinking is near; no thinking is something else.
            .MinBy(name => Math.Abs(Array.IndexOf(_ladder, name) - wanted));
    }

    /// <summary>Tokens to think with, for models that are asked for a budget; null where it is not to think.</summary>
    public static int? BudgetFor(Model model, ReasoningOptions? reasoning) => model.ThinkingBudget
        ? reasoning?.Effort switch
        {
            ReasoningEffort.Low => 2_048,
            ReasoningEffort.Medium => 8_192,
            ReasoningEffort.High => 16_384,
            ReasoningEffort.ExtraHigh => 32_000,
            _ => null,
        }
        : null;

    private static string NameOf(ReasoningEffort effort) => effort switch
    {
        ReasoningEffort.None => "none",
        ReasoningEffort.Low => "low",
        ReasoningEffort.Medium => "medium",
        ReasoningEffort.High => "high",
        _ => "xhigh",
    };
}
