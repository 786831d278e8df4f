using Alumia.Lab.Organizations;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Alumia.Lab.Api;

/// <summary>What a key may do, beyond what its maker may.</summary>
[Flags]
public enum KeyScopes
{
    None = 0,
    /// <summary>Read what is there.</summary>
    Read = 1,
    /// <summary>Talk to agents.</summary>
    Chat = 2,
    /// <summary>Make, change and delete.</summary>
    Manage = 4,
    All = Read | Chat | Manage,
}

/// <summary>A key of the HTTP API. It acts with the rights of the person who made it; of the key itself only a hash is kept.</summary>
public sealed class ApiKey : IOrgOwned
{
    public required string Id { get; init; }

    public required string OrgId { get; init; }

    /// <summary>Who made it: a user's id.</summary>
    public required string UserId { get; init; }

    /// <summary>1 to 100 characters.</summary>
    public required string Label { get; init; }

    /// <summary>The key's first 12 characters, by which people know it again.</summary>
    public required string Prefix { get; init; }

    /// <summary>SHA-256 of the whole key, as hex.</summary>
    public required string Hash { get; init; }

    public required KeyScopes Scopes { get; init; }

    public required long CreatedAtMs { get; init; }

    public long? ExpiresAtMs { get; set; }

    public long? RevokedAtMs { get; set; }

    public long? LastUsedAtMs { get; set; }

    public KeyState StateAt(long nowMs) =>
        RevokedAtMs is not null ? KeyState.Revoked : ExpiresAtMs <= nowMs ? KeyState.Expired : KeyState.Active;

    private sealed class Configuration : IEntityTypeConfiguration<ApiKey>
    {
        public void Configure(EntityTypeBuilder<ApiKey> builder)
        {
            builder.Property(key => key.Scopes).HasConversion<string>();
            builder.HasIndex(key => key.Hash).IsUnique();
            builder.HasIndex(key => new { key.OrgId, key.CreatedAtMs });
        }
    }
}

public enum KeyState
{
    Active,
    Revoked,
    Expired,
    /// <summary>Its maker is no member any more.</summary>
    Orphaned,
}
