using Alumia.Lab.Organizations;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Alumia.Lab.Blocks;

public enum BlockKind
{
    /// <summary>Markdown.</summary>
    Document,
    /// <summary>A <see cref="Content.CodeContent"/>.</summary>
    Code,
    /// <summary>A <see cref="Content.TableContent"/>.</summary>
    Table,
    /// <summary>A <see cref="Content.ChartContent"/>.</summary>
    Chart,
    /// <summary>An <see cref="Content.ImageContent"/>.</summary>
    Image,
}

/// <summary>An output on the canvas, joined to the session that made it.</summary>
public sealed class Block : IOrgOwned
{
    public required string Id { get; init; }

    public required string OrgId { get; init; }

    public required string ProjectId { get; init; }

    public required string SessionId { get; init; }

    public required BlockKind Kind { get; init; }

    /// <summary>1 to 255 characters.</summary>
    public required string Title { get; set; }

    public required long CreatedAtMs { get; init; }

    public long UpdatedAtMs { get; set; }

    /// <summary>The number of its newest version, from 1.</summary>
    public int Version { get; set; }

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

public enum AuthorKind
{
    Agent,
    Person,
}

/// <summary>What a block held from one moment on. Versions are added and never changed.</summary>
public sealed class BlockVersion
{
    public required string BlockId { get; init; }

    public required int Version { get; init; }

    public required string Content { get; init; }

    public required AuthorKind By { get; init; }

    /// <summary>The agent's or user's id.</summary>
    public required string ById { get; init; }

    public required long AtMs { get; init; }

    private sealed class Configuration : IEntityTypeConfiguration<BlockVersion>
    {
        public void Configure(EntityTypeBuilder<BlockVersion> builder)
        {
            builder.HasKey(version => new { version.BlockId, version.Version });
            builder.Property(version => version.By).HasConversion<string>();
            builder.HasOne<Block>().WithMany().HasForeignKey(version => version.BlockId);
        }
    }
}
