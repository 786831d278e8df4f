using System.Text.Json;
using Alumia.Lab.Agents;

namespace Alumia.Lab.Tools;

public enum ToolRisk
{
    /// <summary>Looks at things, or changes only what belongs to the session and its canvas.</summary>
    Reads,
    /// <summary>Changes the world outside.</summary>
    Writes,
}

/// <summary>Something an agent can use. Its arguments are checked against <see cref="Schema"/> before it runs.</summary>
public interface ITool
{
    /// <summary>Lower-case words joined by underscores, as the model sees it.</summary>
    string Name { get; }

    /// <summary>For the model: what it does and when to use it.</summary>
    string Description { get; }

    /// <summary>The JSON Schema (2020-12) of its arguments: an object.</summary>
    JsonElement Schema { get; }

    ToolRisk Risk { get; }

    /// <summary>The right of an agent for which nobody chose one: people are asked for what changes the world outside. Tools that lead into an account are off.</summary>
    ToolRight DefaultRight => Risk == ToolRisk.Writes ? ToolRight.Ask : ToolRight.Allow;

    /// <summary>With whom it is listed, such as the connector's name; null for the lab's own.</summary>
    string? Group => null;

    TimeSpan TimeLimit { get; }

    /// <summary>Runs one call: any number of <see cref="ToolOutput.Partial"/>, then one <see cref="ToolOutput.Result"/> or <see cref="ToolOutput.Error"/>,
    /// or a <see cref="ToolOutput.Decided"/> or <see cref="ToolOutput.Park"/>. Cancelling ends all that it began outside.</summary>
    IAsyncEnumerable<ToolOutput> RunAsync(ToolCall call, CancellationToken cancellation);
}

/// <summary>A tool that can say what a call of its does right now: whether its processes use the CPU, on which page it is.</summary>
public interface IToolProbe
{
    /// <summary>Facts about a call that runs, for people who wonder why it takes so long; within two seconds.</summary>
    ValueTask<IReadOnlyList<ToolFact>> LookAsync(ToolCall call, CancellationToken cancellation);
}

/// <summary>Something that is known of a running call, such as <c>Processor: its processes used 0.0 s in the last second</c>.</summary>
public sealed record ToolFact(string Label, string Value)
{
    /// <summary>The same as a sentence, where it is worth telling before all else; null where it is not.</summary>
    public string? Sentence { get; init; }
}

/// <summary>One call: its id, its checked arguments, and for whom it runs.</summary>
public sealed record ToolCall(string Id, JsonElement Arguments, ToolContext Context)
{
    /// <summary>Since when it runs, in UTC ms; a call that waited is run again and knows when it first began.</summary>
    public long SinceMs { get; init; }
}

/// <summary>For whom a tool runs.</summary>
public sealed record ToolContext(string OrgId, string ProjectId, string SessionId, string AgentId, string TurnId, string? UserId)
{
    /// <summary>A program began the turn: what a person would have to do first is an error at once.</summary>
    public bool IsByProgram { get; init; }
}

/// <summary>What a running tool gives.</summary>
public abstract partial record ToolOutput
{
    private ToolOutput()
    {
    }

    /// <summary>A piece of output while it runs, shown as it comes.</summary>
    public sealed record Partial(string Text) : ToolOutput;

    /// <summary>The end: what the model is told, and for people's eyes a block that it made or changed.</summary>
    public sealed record Result(string Text, string? BlockId = null) : ToolOutput;

    /// <summary>It did not work: what the model is told.</summary>
    public sealed record Error(string Message) : ToolOutput;
}

/// <summary>Where tools come from: built in, connectors, MCP servers.</summary>
public interface IToolSource
{
    /// <summary>All tools that this source has for an org's agents, whether switched on or off.</summary>
    ValueTask<IReadOnlyList<ITool>> ToolsAsync(string orgId, CancellationToken cancellation);
}
