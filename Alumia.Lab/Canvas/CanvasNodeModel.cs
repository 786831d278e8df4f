using Blazor.Diagrams.Core.Geometry;
using Blazor.Diagrams.Core.Models;

namespace Alumia.Lab.Canvas;

/// <summary>A node of the diagram. It is drawn only while it is in view.</summary>
internal abstract class CanvasNodeModel : NodeModel
{
    protected CanvasNodeModel(CanvasNode content) : base(content.Id, new Point(content.Box.X, content.Box.Y))
    {
        Content = content;
        ControlledSize = true; // Its size is known here; nothing needs to be measured.
        Visible = false;
    }

    public CanvasNode Content { get; private set; }

    /// <summary>Takes in what the board says now; true where it must be drawn anew.</summary>
    public bool Take(CanvasNode content)
    {
        // Rows are read anew each time: what a node shows of them counts, not whether it is the same object.
        var isSame = content.Box == Content.Box && content.IsCollapsed == Content.IsCollapsed && Face(content).Equals(Face(Content));
        Content = content;
        if (Position.X != content.Box.X || Position.Y != content.Box.Y)
            SetPosition(content.Box.X, content.Box.Y);
        return !isSame;
    }

    /// <summary>Stands where this person's browser shows it already.</summary>
    public void Put(double x, double y)
    {
        Content = Content with { Box = Content.Box with { X = x, Y = y } };
        SetPosition(x, y);
    }

    private static object Face(CanvasNode node) => node switch
    {
        AgentNode agent => (agent.Name, agent.Agent?.Colour, agent.Title, agent.Session.Status),
        BlockNode block => (block.Title, block.Block.Version),
        _ => node.Title,
    };
}

internal sealed class AgentNodeModel(AgentNode content) : CanvasNodeModel(content)
{
    public AgentNode Agent => (AgentNode)Content;
}

internal sealed class BlockNodeModel(BlockNode content) : CanvasNodeModel(content)
{
    public BlockNode Block => (BlockNode)Content;
}
