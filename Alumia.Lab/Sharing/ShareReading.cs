using Alumia.Lab.Agents;
using Alumia.Lab.Blocks;
using Alumia.Lab.Blocks.Tools;
using Alumia.Lab.Canvas;
using Alumia.Lab.Peers;
using Alumia.Lab.Sessions;
using Alumia.Lab.Tools;

namespace Alumia.Lab.Sharing;

/// <summary>Opens readings of shared canvases: all that a visitor's page, the API and the check before sharing ever get.</summary>
internal sealed class ShareReading(CanvasBoard board, Conversations conversations, BlockShelf shelf, PeerTraffic traffic, AgentDirectory agents, ToolRegistry tools)
{
    /// <summary>Tools of the lab that tell of what lies outside the project, or of instructions of agents.</summary>
    private static readonly string[] _closed = ["create_agent", "list_agents"];

    public async Task<ShareReader> OpenAsync(ShareSight sight, CancellationToken cancellation)
    {
        var names = (await agents.ListAsync(sight.Scope, cancellation)).ToDictionary(agent => agent.Id, agent => agent.Name);
        return new ShareReader(sight, new ShareFilter(sight.Parts, await OpenToolsAsync(sight, cancellation), names), board, conversations, shelf, traffic);
    }

    /// <summary>The lab's own tools; those of connectors and MCP servers are not among them, nor any that is no more.</summary>
    private async Task<HashSet<string>> OpenToolsAsync(ShareSight sight, CancellationToken cancellation)
    {
        if (!sight.Has(SharedParts.ToolDetails))
            return [];
        var all = await tools.AllAsync(sight.OrgId, cancellation);
        var others = all.Where(tool => tool.Group is not null).Select(tool => tool.Name).Concat(_closed).ToHashSet();
        return [.. all.Where(tool => sight.Has(SharedParts.Blocks) || tool is not BlockTool).Select(tool => tool.Name).Where(name => !others.Contains(name))];
    }
}
