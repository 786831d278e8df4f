using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Alumia.Lab.Blocks;

public enum AuthorKind
{
    Agent,
    Person,
}

/// <summary>A text that somebody gave a block. Versions are added, and never deleted or changed, but for a clash that is settled and the past of a page.</summary>
public sealed class BlockVersion
{
    public required string BlockId { get; init; }

    /// <summary>From 1, over all versions of the block, clashes too.</summary>
    public required int Version { get; init; }

    /// <summary>The block's title with this version, 1 to 255 characters.</summary>
    public required string Title { get; init; }

    public required string Content { get; init; }

    public required AuthorKind By { get; init; }

    /// <summary>The agent's or user's id; of what came with a file, <see cref="BlockAuthors.Guest"/>.</summary>
    public required string ById { get; init; }

    public required long AtMs { get; init; }

    /// <summary>The version that its writer had read; none for the first, and for what was written without reading.</summary>
    public int? BaseVersion { get; init; }

    /// <summary>Whether it was written on an older version than the one shown and could not be merged: it waits for a person's choice.</summary>
    public bool IsClash { get; set; }

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
