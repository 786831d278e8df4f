using Alumia.Lab.Organizations;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Alumia.Lab.Projects;

public enum ProjectVisibility
{
    /// <summary>Every member of the org.</summary>
    Team,
    /// <summary>Its maker, and the org's owners and admins.</summary>
    Private,
}

/// <summary>One canvas and its sessions.</summary>
public sealed class Project : IOrgOwned
{
    public required string Id { get; init; }

    public required string OrgId { get; init; }

    /// <summary>1 to 255 characters.</summary>
    public required string Name { get; set; }

    /// <summary>Up to 5,000 characters.</summary>
    public string Description { get; set; } = "";

    /// <summary>Told to every agent of the project; up to 12,000 characters.</summary>
    public string Prompt { get; set; } = "";

    public string Emoji { get; set; } = "";

    public ProjectVisibility Visibility { get; set; }

    public List<string> Tags { get; set; } = [];

    /// <summary>The user who made it.</summary>
    public required string MakerId { get; init; }

    /// <summary>Where sessions go that a client begins without naming a project; an org has one at the most.</summary>
    public bool IsApi { get; init; }

    public required long CreatedAtMs { get; init; }

    public long LastActiveAtMs { get; set; }

    public long? ArchivedAtMs { get; set; }

    public long? DeletedAtMs { get; set; }

    private sealed class Configuration : IEntityTypeConfiguration<Project>
    {
        public void Configure(EntityTypeBuilder<Project> builder)
        {
            builder.Property(project => project.Visibility).HasConversion<string>();
            builder.HasIndex(project => new { project.OrgId, project.LastActiveAtMs });
            builder.HasIndex(project => project.OrgId).HasFilter("is_api AND deleted_at_ms IS NULL").IsUnique();
        }
    }
}
