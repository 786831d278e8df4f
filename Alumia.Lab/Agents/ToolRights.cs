using System.Text.RegularExpressions;

namespace Alumia.Lab.Agents;

/// <summary>Whether an agent may use a tool.</summary>
public enum ToolRight
{
    /// <summary>It runs when the agent calls it.</summary>
    Allow,
    /// <summary>A person is asked before each call.</summary>
    Ask,
    /// <summary>It is not offered to the agent.</summary>
    Off,
}

/// <summary>The rights that people chose for an agent's tools. A tool for which none was chosen has the default of its kind.</summary>
public static partial class ToolRights
{
    /// <summary>Rights that a client may write at once.</summary>
    public const int Most = 500;

    /// <summary>The word of the API: <c>allow</c>, <c>ask</c>, <c>off</c>.</summary>
    public static string Word(this ToolRight right) => right switch
    {
        ToolRight.Allow => "allow",
        ToolRight.Ask => "ask",
        _ => "off",
    };

    /// <summary>The right of a word; null for any other text.</summary>
    public static ToolRight? Parse(string? word) => word switch
    {
        "allow" => ToolRight.Allow,
        "ask" => ToolRight.Ask,
        "off" => ToolRight.Off,
        _ => null,
    };

    /// <summary>What was chosen for a tool; null where nothing was.</summary>
    public static ToolRight? Chosen(this Agent agent, string tool) =>
        agent.ToolsOff.Contains(tool) ? ToolRight.Off : agent.ToolsAsk.Contains(tool) ? ToolRight.Ask : agent.ToolsAllowed.Contains(tool) ? ToolRight.Allow : null;

    /// <summary>All that was chosen, by the tool's name.</summary>
    public static IReadOnlyDictionary<string, ToolRight> Chosen(this Agent agent) =>
        agent.ToolsOff.Concat(agent.ToolsAsk).Concat(agent.ToolsAllowed).Distinct().Order(StringComparer.Ordinal).ToDictionary(tool => tool, tool => agent.Chosen(tool)!.Value);

    /// <summary>The same as the API has it.</summary>
    public static IReadOnlyDictionary<string, string> Words(this Agent agent) => agent.Chosen().ToDictionary(pair => pair.Key, pair => pair.Value.Word());

    /// <summary>Chooses for a tool; null leaves it to the default.</summary>
    internal static void Choose(this Agent agent, string tool, ToolRight? right)
    {
        // New lists: EF compares the old ones with them.
        agent.ToolsOff = With(agent.ToolsOff, right == ToolRight.Off);
        agent.ToolsAsk = With(agent.ToolsAsk, right == ToolRight.Ask);
        agent.ToolsAllowed = With(agent.ToolsAllowed, right == ToolRight.Allow);

        List<string> With(List<string> tools, bool isIn)
        {
            var others = tools.Where(name => name != tool);
            return isIn ? [.. others.Append(tool).Order(StringComparer.Ordinal)] : [.. others];
        }
    }

    /// <summary>Rights as a client writes them.</summary>
    /// <exception cref="Refusal">Invalid: which tool's.</exception>
    internal static IReadOnlyDictionary<string, ToolRight>? Read(IReadOnlyDictionary<string, string?>? words)
    {
        if (words is null)
            return null;
        if (words.Count > Most)
            throw Refusal.Invalid("tools", $"At most {Most} tools can be written at once.");
        return words.ToDictionary(pair => Name().IsMatch(pair.Key) ? pair.Key : throw Refusal.Invalid("tools", "A tool's name has letters, digits, underscores, dots and hyphens, at most 128."),
            pair => Parse(pair.Value) ?? throw Refusal.Invalid($"tools.{pair.Key}", "A tool's right is \"allow\", \"ask\" or \"off\"."));
    }

    [GeneratedRegex(@"^[\w.-]{1,128}\z")]
    private static partial Regex Name();
}
