using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Alumia.Lab.Organizations;

/// <summary>Who changed which right, key, money or sharing, and when. Never changed, never deleted.</summary>
public sealed class AuditEntry : IOrgOwned
{
    public required string Id { get; init; }

    public required string OrgId { get; init; }

    public required long AtMs { get; init; }

    public required string ActorUserId { get; init; }

    /// <summary>What was done, such as <c>member.role_changed</c>.</summary>
    public required string Action { get; init; }

    /// <summary>To whom or what, in words.</summary>
    public required string Subject { get; init; }

    /// <summary>How, in words; empty where there is nothing to add.</summary>
    public required string Detail { get; init; }

    private sealed class Configuration : IEntityTypeConfiguration<AuditEntry>
    {
        public void Configure(EntityTypeBuilder<AuditEntry> builder) => builder.HasIndex(entry => new { entry.OrgId, entry.Id });
    }
}
