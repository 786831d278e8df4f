using Alumia.Lab.Agents;
using Alumia.Lab.Blocks;
using Alumia.Lab.Organizations;
using Alumia.Lab.Projects;
using Alumia.Lab.Sessions;
using Alumia.Lab.Storage;
using Microsoft.EntityFrameworkCore;

namespace Alumia.Lab.Canvas;

/// <summary>A node's new place: its left upper corner.</summary>
public sealed record NodeMove(string Id, double X, double Y);

/// <summary>What stands on a project's canvas and where. A node that nobody has placed gets its place on the first reading, once for everybody.</summary>
public sealed class CanvasBoard(IDbContextFactory<LabDbContext> contexts, Writer writer, ProjectDirectory projects, Conversations conversations, BlockShelf shelf, AgentDirectory agents)
{
    private const double Farthest = 1_000_000;

    /// <summary>The change key of a project's placements.</summary>
    public static string Key(string projectId) => $"canvas:{projectId}";

    /// <summary>A node is gone for good: its place goes with it.</summary>
    public static void Forget(Tx tx, string projectId, string nodeId)
    {
        tx.Run("DELETE FROM canvas_placement WHERE project_id = @project AND node_id = @node", ("project", projectId), ("node", nodeId));
        tx.Changed(Key(projectId));
    }

    /// <summary>All nodes in reading order: each session, then its blocks, then the blocks that belong to none.</summary>
    /// <exception cref="Refusal">Not found.</exception>
    public async Task<IReadOnlyList<CanvasNode>> ReadAsync(OrgScope scope, string projectId, CancellationToken cancellation)
    {
        var sessions = (await conversations.ListAsync(scope, projectId, cancellation)).OrderBy(session => session.Id, StringComparer.Ordinal).ToList();
        var blocks = (await shelf.ListAsync(scope, projectId, cancellation)).ToLookup(block => block.SessionId ?? "");
        var known = sessions.Select(session => session.Id).ToHashSet();
        var loose = blocks.Where(group => !known.Contains(group.Key)).SelectMany(group => group);
        var ofAgents = (await agents.ListAsync(scope, cancellation)).ToDictionary(agent => agent.Id);
        var ordered = sessions.SelectMany(session => blocks[session.Id].Select(object (block) => block).Prepend(session)).Concat(loose).ToList();
        var placements = await PlacementsAsync(scope, projectId, ordered, cancellation);
        return [.. ordered.Select(thing => thing switch
        {
            Session session => (CanvasNode)new AgentNode(session, ofAgents.GetValueOrDefault(session.AgentId), BoxOf(placements[session.Id]), placements[session.Id].IsCollapsed),
            Block block => new BlockNode(block, BoxOf(placements[block.Id]), placements[block.Id].IsCollapsed),
            _ => throw new InvalidOperationException("Sessions and blocks stand on a canvas, and nothing else."),
        })];
    }

    /// <summary>Stores where nodes were dropped; those that are not on this canvas (any more) are passed over.</summary>
    public Task MoveAsync(OrgScope scope, string projectId, IReadOnlyCollection<NodeMove> moves, CancellationToken cancellation)
    {
        if (!moves.All(move => IsPlace(move.X, move.Y)))
            throw Refusal.Invalid("position", "A node cannot stand so far out.");
        var byId = moves.ToDictionary(move => move.Id);
        return ChangeAsync(scope, projectId, byId.Keys, placement => (placement.X, placement.Y) = (byId[placement.NodeId].X, byId[placement.NodeId].Y), cancellation);
    }

    public Task ResizeAsync(OrgScope scope, string projectId, string nodeId, double width, double height, CancellationToken cancellation)
    {
        if (!double.IsFinite(width) || !double.IsFinite(height))
            throw Refusal.Invalid("size", "A node's size is a number of pixels.");
        return ChangeAsync(scope, projectId, [nodeId], placement => (placement.Width, placement.Height) = NodeSizes.Clamp(width, height), cancellation);
    }

    public Task CollapseAsync(OrgScope scope, string projectId, string nodeId, bool isCollapsed, CancellationToken cancellation) =>
        ChangeAsync(scope, projectId, [nodeId], placement => placement.IsCollapsed = isCollapsed, cancellation);

    /// <summary>Whether a node may stand there.</summary>
    internal static bool IsPlace(double x, double y) => Math.Abs(x) <= Farthest && Math.Abs(y) <= Farthest;

    /// <summary>Places copied nodes, in the transaction that makes their project.</summary>
    internal static void Put(Tx tx, OrgScope scope, string projectId, IEnumerable<FiledPlacement> placements, IReadOnlyDictionary<string, string> newIds)
    {
        foreach (var filed in placements)
        {
            var (width, height) = NodeSizes.Clamp(filed.Width, filed.Height);
            tx.Db.Add(new Placement
            {
                ProjectId = projectId,
                NodeId = newIds[filed.Node],
                OrgId = scope.OrgId,
                X = filed.X,
                Y = filed.Y,
                Width = width,
                Height = height,
                IsCollapsed = filed.IsCollapsed,
            });
        }
    }

    private static Box BoxOf(Placement placement) => new(placement.X, placement.Y, placement.Width, placement.Height);

    private async Task<Dictionary<string, Placement>> PlacementsAsync(OrgScope scope, string projectId, List<object> ordered, CancellationToken cancellation)
    {
        await using (var db = contexts.CreateDbContext())
        {
            var stored = await db.In<Placement>(scope).Where(row => row.ProjectId == projectId).ToDictionaryAsync(row => row.NodeId, cancellation);
            if (ordered.TrueForAll(thing => stored.ContainsKey(IdOf(thing))))
                return stored;
        }
        return await writer.Write(tx =>
        {
            // Somebody else may have placed them since, or be about to.
            ProjectDirectory.Lock(tx, projectId);
            var rows = tx.Db.In<Placement>(scope).Where(row => row.ProjectId == projectId).ToDictionary(row => row.NodeId);
            // A deleted node keeps its place for when it comes back, but is in nobody's way.
            var taken = ordered.Select(IdOf).Where(rows.ContainsKey).Select(id => BoxOf(rows[id])).ToList();
            foreach (var thing in ordered.Where(thing => !rows.ContainsKey(IdOf(thing))))
            {
                var box = thing is Block block
                    ? FreeSpot.ForBlock(NodeSizes.Of(block.Kind), block.SessionId is { } maker && rows.TryGetValue(maker, out var of) ? BoxOf(of) : null, taken)
                    : FreeSpot.ForAgent(NodeSizes.Agent, taken);
                taken.Add(box);
                var row = new Placement { ProjectId = projectId, NodeId = IdOf(thing), OrgId = scope.OrgId, X = box.X, Y = box.Y, Width = box.Width, Height = box.Height };
                rows.Add(row.NodeId, row);
                tx.Db.Add(row);
            }
            return rows;
        }, cancellation);
    }

    private static string IdOf(object thing) => thing is Session session ? session.Id : ((Block)thing).Id;

    private async Task ChangeAsync(OrgScope scope, string projectId, IReadOnlyCollection<string> nodeIds, Action<Placement> change, CancellationToken cancellation)
    {
        scope.Require(OrgRole.Member);
        await projects.FindAsync(scope, projectId, cancellation);
        await writer.Write(tx =>
        {
            foreach (var placement in tx.Db.In<Placement>(scope).Where(row => row.ProjectId == projectId && nodeIds.Contains(row.NodeId)))
                change(placement);
            tx.Changed(Key(projectId));
        }, cancellation);
    }
}
