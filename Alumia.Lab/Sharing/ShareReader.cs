using System.Runtime.CompilerServices;
using Alumia.Lab.Agents;
using Alumia.Lab.Blocks;
using Alumia.Lab.Canvas;
using Alumia.Lab.Peers;
using Alumia.Lab.Sessions;

namespace Alumia.Lab.Sharing;

/// <summary>A block as a visitor has it.</summary>
internal sealed record SharedBlock(string Id, BlockKind Kind, string Title, int Version, string Content);

/// <summary>Reads one shared canvas for one visitor. What it gives is made anew of what may be seen; it can change nothing.</summary>
public sealed class ShareReader : ISessionReader, ICanvasReader
{
    /// <summary>Stands for the name of a session whose messages are not seen: it is made of the first one.</summary>
    private const string Unnamed = "Session";

    private readonly ShareSight _sight;
    private readonly ShareFilter _filter;
    private readonly CanvasBoard _board;
    private readonly Conversations _conversations;
    private readonly BlockShelf _shelf;
    private readonly PeerTraffic _traffic;

    internal ShareReader(ShareSight sight, ShareFilter filter, CanvasBoard board, Conversations conversations, BlockShelf shelf, PeerTraffic traffic) =>
        (_sight, _filter, _board, _conversations, _shelf, _traffic) = (sight, filter, board, conversations, shelf, traffic);

    internal ShareSight Sight => _sight;

    /// <summary>Whether a tool's arguments and results are seen.</summary>
    public bool IsOpen(string tool) => _filter.IsOpen(tool);

    /// <summary>What stands on the canvas and where.</summary>
    /// <exception cref="Refusal">The project is gone.</exception>
    public async Task<IReadOnlyList<CanvasNode>> NodesAsync(CancellationToken cancellation) =>
        [.. (await _board.ReadAsync(_sight.Scope, _sight.ProjectId, cancellation)).Select(Of).OfType<CanvasNode>()];

    /// <summary>Who writes to whom, and who waits.</summary>
    /// <exception cref="Refusal">The project is gone.</exception>
    public Task<IReadOnlyList<PeerEdge>> PeersAsync(CancellationToken cancellation) => _traffic.ReadAsync(_sight.Scope, _sight.ProjectId, cancellation);

    /// <exception cref="Refusal">It is not of this canvas, or blocks are not seen.</exception>
    internal async Task<SharedBlock> BlockAsync(string blockId, CancellationToken cancellation)
    {
        var view = _sight.Has(SharedParts.Blocks) ? await _shelf.GetAsync(_sight.Scope, blockId, cancellation) : null;
        return view?.Block.ProjectId == _sight.ProjectId
            ? new SharedBlock(view.Block.Id, view.Block.Kind, view.Block.Title, view.Block.Version, view.Content)
            : throw Refusal.NotFound("block");
    }

    /// <summary>The content of the version of a block that is shown; earlier ones are not.</summary>
    /// <exception cref="Refusal">It is not of this canvas, or blocks are not seen.</exception>
    public async Task<(BlockKind Kind, string Content)> ContentAsync(string blockId, CancellationToken cancellation)
    {
        var block = await BlockAsync(blockId, cancellation);
        return (block.Kind, block.Content);
    }

    public async Task<EventPage> PageAsync(string sessionId, long? before, CancellationToken cancellation)
    {
        await RequireHereAsync(sessionId, cancellation);
        return _filter.Of(await _conversations.PageAsync(_sight.Scope, sessionId, before, cancellation: cancellation));
    }

    public async IAsyncEnumerable<IReadOnlyList<Frame>> WatchAsync(string sessionId, Cursor from, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await RequireHereAsync(sessionId, cancellation);
        await foreach (var frames in _conversations.WatchAsync(_sight.Scope, sessionId, from, cancellation))
            yield return _filter.Of(frames);
    }

    public async Task<IReadOnlyDictionary<string, EventPage>> LastTurnsAsync(IReadOnlyCollection<string> sessionIds, CancellationToken cancellation)
    {
        var here = (await _conversations.ListAsync(_sight.Scope, _sight.ProjectId, cancellation)).Select(session => session.Id).ToHashSet();
        var pages = await _conversations.LastTurnsAsync(_sight.Scope, [.. sessionIds.Where(here.Contains)], cancellation);
        return pages.ToDictionary(page => page.Key, page => _filter.Of(page.Value));
    }

    /// <summary>Money is nobody's here.</summary>
    public Task<IReadOnlyDictionary<string, long>> SpentAsync(IReadOnlyCollection<string> sessionIds, IReadOnlyCollection<string> withoutTurns, CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyDictionary<string, long>>(new Dictionary<string, long>());

    private CanvasNode? Of(CanvasNode node) => node switch
    {
        AgentNode agent => new AgentNode(Of(agent.Session), agent.Agent is { } of ? new Agent { Id = "", OrgId = "", Slug = "", ModelId = "", CreatedAtMs = 0, Name = of.Name, Colour = of.Colour } : null, node.Box, node.IsCollapsed),
        BlockNode { Block: var block } when _sight.Has(SharedParts.Blocks) => new BlockNode(
            new Block { Id = block.Id, OrgId = "", ProjectId = "", SessionId = block.SessionId, Kind = block.Kind, Title = block.Title, CreatedAtMs = 0, Version = block.Version }, node.Box, node.IsCollapsed),
        _ => null,
    };

    private Session Of(Session session) => new()
    {
        Id = session.Id,
        OrgId = "",
        ProjectId = "",
        AgentId = "",
        MakerId = "",
        Label = _sight.Has(SharedParts.Messages) ? session.Label : Unnamed,
        Status = session.Status,
        LastSequence = session.LastSequence,
        CreatedAtMs = 0,
    };

    private async Task RequireHereAsync(string sessionId, CancellationToken cancellation)
    {
        if ((await _conversations.FindAsync(_sight.Scope, sessionId, cancellation)).ProjectId != _sight.ProjectId)
            throw Refusal.NotFound("session");
    }
}
