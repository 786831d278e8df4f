using Alumia.Lab.Organizations;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Alumia.Lab.Sessions;

/// <summary>One conversation of one agent in a project.</summary>
public sealed class Session : IOrgOwned
{
    public const string DefaultLabel = "New chat";

    public required string Id { get; init; }

    public required string OrgId { get; init; }

    public required string ProjectId { get; init; }

    public required string AgentId { get; set; }

    /// <summary>A model of the person's choice for this session; null for the agent's own.</summary>
    public string? ModelId { get; set; }

    /// <summary>The name that a client gave it; unique in the org, and free again when the session is deleted.</summary>
    public string? ClientName { get; set; }

    /// <summary>Up to 255 characters; "New chat" until the first message names it.</summary>
    public required string Label { get; set; }

    public SessionStatus Status { get; set; }

    /// <summary>Who made it: a user's id.</summary>
    public required string MakerId { get; init; }

    /// <summary>The number of the last stored event.</summary>
    public long LastSequence { get; set; }

    /// <summary>Grows with each activation that runs a turn; a write of an older one is refused.</summary>
    public long Epoch { get; set; }

    /// <summary>The process that runs its turn; null where none does.</summary>
    public string? Node { get; set; }

    /// <summary>The turn under way or the last one.</summary>
    public string? TurnId { get; set; }

    public required long CreatedAtMs { get; init; }

    public long UpdatedAtMs { get; set; }

    public long? DeletedAtMs { get; set; }

    private sealed class Configuration : IEntityTypeConfiguration<Session>
    {
        public void Configure(EntityTypeBuilder<Session> builder)
        {
            builder.Property(session => session.Status).HasConversion(status => status.Word(), word => SessionStatuses.Parse(word));
            builder.HasIndex(session => new { session.ProjectId, session.UpdatedAtMs });
            builder.HasIndex(session => new { session.OrgId, session.ClientName }).IsUnique();
            builder.HasIndex(session => session.Status);
        }
    }
}
