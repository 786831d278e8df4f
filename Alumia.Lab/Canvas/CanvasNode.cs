using Alumia.Lab.Agents;
using Alumia.Lab.Blocks;
using Alumia.Lab.Sessions;

namespace Alumia.Lab.Canvas;

/// <summary>What stands on a canvas: a session of an agent, or a block.</summary>
public abstract record CanvasNode(Box Box, bool IsCollapsed)
{
    public abstract string Id { get; }

    /// <summary>What people call it.</summary>
    public abstract string Title { get; }

    /// <summary>The session whose node it is joined to; null for none.</summary>
    public abstract string? JoinedTo { get; }

    /// <summary>What is seen of its box.</summary>
    public Box Shown => IsCollapsed ? Box with { Height = NodeSizes.TitleRow } : Box;
}

/// <summary>One session of an agent.</summary>
public sealed record AgentNode(Session Session, Agent? Agent, Box Box, bool IsCollapsed) : CanvasNode(Box, IsCollapsed)
{
    public override string Id => Session.Id;

    public override string Title => Session.Label;

    public override string? JoinedTo => null;

    public string Name => Agent?.Name ?? "A former agent";
}

/// <summary>An output, by an agent or a person.</summary>
public sealed record BlockNode(Block Block, Box Box, bool IsCollapsed) : CanvasNode(Box, IsCollapsed)
{
    public override string Id => Block.Id;

    public override string Title => Block.Title;

    public override string? JoinedTo => Block.SessionId;
}

/// <summary>How large a node is until a person resizes it, in pixels at zoom 1.</summary>
public static class NodeSizes
{
    /// <summary>A node's title row; all that a collapsed one shows.</summary>
    public const double TitleRow = 34;

    public static readonly Box Agent = new(0, 0, 280, 132);

    public static Box Of(BlockKind kind) => kind switch
    {
        BlockKind.Document => new Box(0, 0, 420, 360),
        BlockKind.Code => new Box(0, 0, 460, 300),
        BlockKind.Table => new Box(0, 0, 480, 320),
        BlockKind.Chart => new Box(0, 0, 460, 340),
        BlockKind.Page => new Box(0, 0, 520, 420),
        _ => new Box(0, 0, 360, 320),
    };

    /// <summary>The least and the most that a person can make of it.</summary>
    public static (double Width, double Height) Clamp(double width, double height) => (Math.Clamp(width, 200, 2_000), Math.Clamp(height, 100, 2_000));
}
