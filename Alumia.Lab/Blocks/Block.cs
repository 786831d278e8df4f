using Alumia.Lab.Organizations;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Alumia.Lab.Blocks;

/// <summary>An output on the canvas.</summary>
public sealed class Block : IOrgOwned
{
    public required string Id { get; init; }

    public required string OrgId { get; init; }

    public required string ProjectId { get; init; }

    /// <summary>The session that made it; none where a person did.</summary>
    public string? SessionId { get; init; }

    public required BlockKind Kind { get; init; }

    /// <summary>The shown version's title, 1 to 255 characters.</summary>
    public required string Title { get; set; }

    public required long CreatedAtMs { get; init; }

    public long UpdatedAtMs { get; set; }

    /// <summary>The number of the version that is shown: the newest that is not a clash.</summary>
    public int Version { get; set; }

    /// <summary>Since when it is deleted, in UTC milliseconds; it stays, so that an undo can bring it back.</summary>
    public long? DeletedAtMs { get; set; }

    private sealed class Configuration : IEntityTypeConfiguration<Block>
    {
        public void Configure(EntityTypeBuilder<Block> builder)
        {
            builder.Property(block => block.Kind).HasConversion<string>();
            builder.HasIndex(block => new { block.OrgId, block.ProjectId });
            builder.HasIndex(block => new { block.SessionId, block.Title });
        }
    }
}
