using Alumia.Lab.Organizations;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Alumia.Lab.Canvas;

/// <summary>Where a node of a project's canvas stands, in pixels of the canvas at zoom 1, and how it is shown.</summary>
public sealed class Placement : IOrgOwned
{
    public required string ProjectId { get; init; }

    /// <summary>A session's or a block's id.</summary>
    public required string NodeId { get; init; }

    public required string OrgId { get; init; }

    /// <summary>The left edge.</summary>
    public double X { get; set; }

    /// <summary>The upper edge.</summary>
    public double Y { get; set; }

    public double Width { get; set; }

    /// <summary>When it is not collapsed.</summary>
    public double Height { get; set; }

    /// <summary>Only its title row is shown.</summary>
    public bool IsCollapsed { get; set; }

    private sealed class Configuration : IEntityTypeConfiguration<Placement>
    {
        public void Configure(EntityTypeBuilder<Placement> builder)
        {
            builder.ToTable("canvas_placement");
            builder.HasKey(row => new { row.ProjectId, row.NodeId });
        }
    }
}
