using Alumia.Lab.Organizations;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Alumia.Lab.Sharing;

/// <summary>What of a canvas a visitor sees beside its nodes.</summary>
[Flags]
public enum SharedParts
{
    None = 0,
    /// <summary>What people, agents and peers wrote, and the names of sessions.</summary>
    Messages = 1,
    /// <summary>Arguments, output and results of the lab's own tools; connectors' never.</summary>
    ToolDetails = 2,
    /// <summary>Documents, tables, charts, code and pictures.</summary>
    Blocks = 4,
    All = Messages | ToolDetails | Blocks,
}

/// <summary>
/// A link to a project's canvas. Switched off, it is without its token; the hash stays for <see cref="KeptDays"/>, so that the owner can be told that it
/// is still asked for.
/// </summary>
public sealed class ShareLink : IOrgOwned
{
    /// <summary>How long a link that was switched off is remembered.</summary>
    public const int KeptDays = 30;

    public required string Id { get; init; }

    public required string OrgId { get; init; }

    public required string ProjectId { get; init; }

    /// <summary>SHA-256 of the token, in hexadecimal digits.</summary>
    public required string Hash { get; init; }

    /// <summary>The token, encrypted; null once it is switched off.</summary>
    public string? Secret { get; set; }

    public SharedParts Parts { get; set; }

    /// <summary>The user who switched it on.</summary>
    public required string MadeBy { get; init; }

    /// <summary>UTC ms.</summary>
    public required long MadeAtMs { get; init; }

    /// <summary>How often people who are no members opened its page.</summary>
    public long Opened { get; set; }

    /// <summary>UTC ms.</summary>
    public long? LastOpenedAtMs { get; set; }

    /// <summary>Since when it is off, in UTC ms.</summary>
    public long? OffAtMs { get; set; }

    /// <summary>Why it is off.</summary>
    public ShareEnd? OffWhy { get; set; }

    /// <summary>How often it was asked for since.</summary>
    public long Asked { get; set; }

    /// <summary>UTC ms.</summary>
    public long? LastAskedAtMs { get; set; }

    private sealed class Configuration : IEntityTypeConfiguration<ShareLink>
    {
        public void Configure(EntityTypeBuilder<ShareLink> builder)
        {
            builder.ToTable("share_link");
            builder.Property(link => link.OffWhy).HasConversion<string>();
            builder.HasIndex(link => link.Hash).IsUnique();
            builder.HasIndex(link => link.ProjectId).HasFilter("off_at_ms IS NULL").IsUnique();
            builder.HasIndex(link => new { link.OrgId, link.OffAtMs });
            builder.HasIndex(link => link.OffAtMs);
        }
    }
}

/// <summary>What ended a link.</summary>
public enum ShareEnd
{
    SwitchedOff,
    ProjectArchived,
    ProjectDeleted,
}
