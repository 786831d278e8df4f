using Microsoft.AspNetCore.Components;

namespace Alumia.Lab.Canvas;

/// <summary>A block's node: its frame; the block draws itself.</summary>
public sealed partial class BlockNodeView
{
    [Parameter, EditorRequired]
    public Blazor.Diagrams.Core.Models.NodeModel Node { get; set; } = null!;

    [CascadingParameter]
    public CanvasView Page { get; set; } = null!;

    private BlockNode Block => ((BlockNodeModel)Node).Block;

    private string Size => FormattableString.Invariant($"width:{Block.Shown.Width}px;height:{Block.Shown.Height}px");
}
