using Alumia.Lab.Organizations;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Alumia.Lab.Models;

/// <summary>What a provider said of a key.</summary>
public enum KeyOutcome
{
    /// <summary>It takes it.</summary>
    Good,
    /// <summary>It does not.</summary>
    Refused,
    /// <summary>Nobody knows: it did not answer.</summary>
    Unreachable,
}

/// <summary>An org's own key of one provider (BYOK); one an org and provider. The key itself is encrypted.</summary>
public sealed class ProviderKey : IOrgOwned
{
    public required string Id { get; init; }

    public required string OrgId { get; init; }

    /// <summary>The provider's slug.</summary>
    public required string Provider { get; init; }

    /// <summary>The key as <see cref="KeyVault"/> keeps it.</summary>
    public required string Secret { get; init; }

    /// <summary>The key's beginning, by which people know it again.</summary>
    public required string Prefix { get; init; }

    /// <summary>Who added it: a user's id.</summary>
    public required string AddedBy { get; init; }

    public required long CreatedAtMs { get; init; }

    public long? LastUsedAtMs { get; set; }

    /// <summary>When <see cref="Outcome"/> was seen, in UTC ms: by a check, or by a step of an agent.</summary>
    public required long CheckedAtMs { get; set; }

    public required KeyOutcome Outcome { get; set; }

    /// <summary>What the provider said, where it is not good; else empty.</summary>
    public string Said { get; set; } = "";

    /// <summary>Enough of a key to know it again, and too little to use it.</summary>
    public static string PrefixOf(string key) => $"{key[..Math.Min(8, key.Length / 3)]}…";

    private sealed class Configuration : IEntityTypeConfiguration<ProviderKey>
    {
        public void Configure(EntityTypeBuilder<ProviderKey> builder)
        {
            builder.Property(key => key.Outcome).HasConversion<string>();
            builder.HasIndex(key => new { key.OrgId, key.Provider }).IsUnique();
        }
    }
}
