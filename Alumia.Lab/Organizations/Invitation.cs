using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Alumia.Lab.Organizations;

/// <summary>A link that lets one person join an org once. Only the hash of its token is kept.</summary>
public sealed class Invitation : IOrgOwned
{
    public required string Id { get; init; }

    public required string OrgId { get; init; }

    /// <summary>SHA-256 of the token, lower-case hex.</summary>
    public required string TokenHash { get; init; }

    public required OrgRole Role { get; init; }

    /// <summary>Where set, only the account with this e-mail may use it.</summary>
    public string? Email { get; init; }

    public required string CreatedBy { get; init; }

    public required long CreatedAtMs { get; init; }

    public required long ExpiresAtMs { get; init; }

    public long? UsedAtMs { get; set; }

    public string? UsedBy { get; set; }

    public long? RevokedAtMs { get; set; }

    /// <summary>Whether it can be used at this time.</summary>
    public InvitationState StateAt(long nowMs) => this switch
    {
        { UsedAtMs: not null } => InvitationState.Used,
        { RevokedAtMs: not null } => InvitationState.Revoked,
        _ when ExpiresAtMs <= nowMs => InvitationState.Expired,
        _ => InvitationState.Open,
    };

    private sealed class Configuration : IEntityTypeConfiguration<Invitation>
    {
        public void Configure(EntityTypeBuilder<Invitation> builder)
        {
            builder.HasIndex(invitation => invitation.TokenHash).IsUnique();
            builder.HasIndex(invitation => invitation.OrgId);
            builder.Property(invitation => invitation.Role).HasConversion<string>();
            builder.HasOne<Org>().WithMany().HasForeignKey(invitation => invitation.OrgId);
        }
    }
}

/// <summary>What can be said of an invitation's link.</summary>
public enum InvitationState
{
    Open,
    Used,
    Revoked,
    Expired,
    /// <summary>There is no such link.</summary>
    Unknown,
}
