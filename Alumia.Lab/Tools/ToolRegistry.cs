using Alumia.Lab.Agents;

namespace Alumia.Lab.Tools;

/// <summary>All tools of all sources. Layers: Tools sits above Agents, so an agent's rights are read here.</summary>
public sealed class ToolRegistry(IEnumerable<ITool> builtIn, IEnumerable<IToolSource> sources)
{
    private readonly ITool[] _builtIn = [.. builtIn.OrderBy(tool => tool.Name, StringComparer.Ordinal)];

    /// <summary>Every tool there is for this org, by name.</summary>
    public async ValueTask<IReadOnlyList<ITool>> AllAsync(string orgId, CancellationToken cancellation)
    {
        var tools = new List<ITool>(_builtIn);
        foreach (var source in sources)
            tools.AddRange(await source.ToolsAsync(orgId, cancellation));
        return tools;
    }

    /// <summary>What may be offered to the model: a tool that is off is not.</summary>
    public static IReadOnlyList<ITool> Allowed(IReadOnlyList<ITool> all, Agent agent) => [.. all.Where(tool => RightOf(tool, agent) != ToolRight.Off)];

    /// <summary>What was chosen for the tool on this agent; where nothing was, people are asked for what changes the world outside.</summary>
    public static ToolRight RightOf(ITool tool, Agent agent) => agent.Chosen(tool.Name) ?? tool.DefaultRight;
}
