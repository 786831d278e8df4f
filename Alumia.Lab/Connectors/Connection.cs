using System.Text.Json;
using Alumia.Lab.Organizations;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Alumia.Lab.Connectors;

/// <summary>What is known of a connection's credential.</summary>
public enum ConnectionStatus
{
    /// <summary>The person is at the provider's consent, for the first time.</summary>
    Connecting,
    /// <summary>A call with this credential has succeeded, and none was refused since.</summary>
    Connected,
    /// <summary>The provider refuses it: only a person can mend that.</summary>
    AuthFailed,
}

/// <summary>One person's account at a connector's service, and the right to use it. Its owner alone manages it.</summary>
public sealed class Connection : IOrgOwned
{
    public required string Id { get; init; }

    public required string OrgId { get; init; }

    /// <summary>The connector's slug.</summary>
    public required string Connector { get; init; }

    /// <summary>Whose it is: a user's id.</summary>
    public required string OwnerId { get; init; }

    /// <summary>Whether all of the org's members may have agents use it; else only its owner's turns do.</summary>
    public bool IsShared { get; set; }

    /// <summary>The account's name at the service, such as an e-mail address; empty until it is known.</summary>
    public string Account { get; set; } = "";

    /// <summary>What was really granted, by the provider's names.</summary>
    public List<string> Scopes { get; set; } = [];

    public required ConnectionStatus Status { get; set; }

    /// <summary>Why it failed, in words for people; empty where it has not.</summary>
    public string Failure { get; set; } = "";

    /// <summary>When the credential stopped or began to work, in UTC ms.</summary>
    public required long StatusAtMs { get; set; }

    /// <summary>When a call last succeeded, in UTC ms.</summary>
    public long? WorkedAtMs { get; set; }

    /// <summary>The last error that a call met, and when (UTC ms), whether it was the credential's fault or not.</summary>
    public string LastError { get; set; } = "";

    public long? LastErrorAtMs { get; set; }

    /// <summary>The tokens or the key, encrypted; empty before the first consent.</summary>
    public string Secret { get; set; } = "";

    /// <summary>When the access token expires, in UTC ms; null for never or not said.</summary>
    public long? ExpiresAtMs { get; set; }

    /// <summary>Counts the credentials: each that is stored is the next, so that no older one is ever written over a newer.</summary>
    public long Version { get; set; }

    public required long CreatedAtMs { get; init; }

    /// <summary>Whether its owner went to the first consent and did not come back in time; at this instant (UTC ms).</summary>
    public bool IsAbandoned(long nowMs) => Status == ConnectionStatus.Connecting && Secret.Length == 0 && StatusAtMs < nowMs - ConnectAttempt.LifetimeMs;

    private sealed class Configuration : IEntityTypeConfiguration<Connection>
    {
        public void Configure(EntityTypeBuilder<Connection> builder)
        {
            builder.Property(connection => connection.Status).HasConversion<string>();
            builder.Property(connection => connection.Scopes).HasConversion(
                list => JsonSerializer.Serialize(list, JsonSerializerOptions.Web), text => JsonSerializer.Deserialize<List<string>>(text, JsonSerializerOptions.Web)!);
            builder.HasIndex(connection => new { connection.OrgId, connection.Connector });
        }
    }
}
