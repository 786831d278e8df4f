using System.Text.RegularExpressions;
using Alumia.Lab.Models;

namespace Alumia.Lab.Agents;

/// <summary>What a person may write into an agent's definition, and its limits. The colour is written <c>#rrggbb</c>; the reasoning effort is
/// one of <see cref="Efforts"/>, or null to leave it to the model. The limits are in microcents, a cent to a million dollars; null for none.</summary>
public sealed partial record AgentEdit(
    string Name, string Description, string Colour, string SystemPrompt, string ModelId, string? ReasoningEffort, long? DailyLimit = null, long? SessionLimit = null)
{
    /// <summary>Rights to tools that are chosen anew, by the tool's name; the others stay. Null for none.</summary>
    public IReadOnlyDictionary<string, ToolRight>? Tools { get; init; }

    /// <summary>Whom it may message from now on, by ids or slugs; <see cref="AllPeers"/> among them for all. Null leaves it.</summary>
    public IReadOnlyList<string>? Peers { get; init; }

    public const string AllPeers = "*";

    /// <summary>Peers that may be written at once.</summary>
    public const int MostPeers = 1_000;

    public const int MaxName = 255;
    public const int MaxDescription = 5_000;
    public const int MaxSystemPrompt = 20_000;

    /// <summary>The least spend limit, in cents.</summary>
    public const long LeastLimitCents = 1;

    /// <summary>The most, in cents.</summary>
    public const long MostLimitCents = 100_000_000;

    public static IReadOnlyList<string> Efforts { get; } = ["low", "medium", "high"];

    /// <summary>Colours to choose from: apart from each other, and from both grounds.</summary>
    public static IReadOnlyList<string> Colours { get; } =
        ["#4f6bed", "#0e8a7d", "#b4462f", "#8a5fd0", "#a36a00", "#c2407f", "#3f7d3a", "#5b6b7c"];

    public static AgentEdit Of(Agent agent) =>
        new(agent.Name, agent.Description, agent.Colour, agent.SystemPrompt, agent.ModelId, agent.ReasoningEffort, agent.DailyLimit, agent.SessionLimit);

    /// <summary>The same, trimmed, where it keeps the limits.</summary>
    /// <exception cref="Refusal">Invalid: which field, and what is wrong.</exception>
    internal AgentEdit Checked(ModelCatalogue models)
    {
        var name = Name.Trim();
        if (name.Length is 0 or > MaxName)
            throw Refusal.Invalid("name", $"A name has 1 to {MaxName} characters.");
        if (Description.Length > MaxDescription)
            throw Refusal.Invalid("description", $"A description has at most {MaxDescription:N0} characters; this one has {Description.Length:N0}.");
        if (SystemPrompt.Length > MaxSystemPrompt)
            throw Refusal.Invalid("systemPrompt", $"A system prompt has at most {MaxSystemPrompt:N0} characters; this one has {SystemPrompt.Length:N0}.");
        if (!HexColour().IsMatch(Colour))
            throw Refusal.Invalid("colour", "A colour is written as # and six hexadecimal digits.");
        if (models.Find(ModelId) is null)
            throw Refusal.Invalid("model", $"The catalogue has no model {ModelId}. Choose another one.");
        if (ReasoningEffort is not null && !Efforts.Contains(ReasoningEffort))
            throw Refusal.Invalid("reasoningEffort", "A reasoning effort is low, medium or high.");
        CheckLimit("dailyLimitCents", DailyLimit);
        CheckLimit("sessionLimitCents", SessionLimit);
        return this with { Name = name, Description = Description.Trim() };
    }

    private static void CheckLimit(string field, long? microcents)
    {
        if (microcents is < LeastLimitCents * Money.Cent or > MostLimitCents * Money.Cent)
            throw Refusal.Invalid(field, "A spend limit is $0.01 to $1,000,000.");
    }

    [GeneratedRegex("^#[0-9a-fA-F]{6}$")]
    private static partial Regex HexColour();
}
