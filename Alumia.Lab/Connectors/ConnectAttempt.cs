using System.Text.Json;
using Alumia.Lab.Organizations;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Alumia.Lab.Connectors;

/// <summary>
/// One person's way to a provider's consent and back: the state that goes with it names this row, which is good once, for this person, for a quarter of an hour.
/// Afterwards it says for a while what came of it.
/// </summary>
public sealed class ConnectAttempt : IOrgOwned
{
    /// <summary>How long the way may take, in ms.</summary>
    public const long LifetimeMs = 15 * 60_000;

    public required string Id { get; init; }

    public required string OrgId { get; init; }

    /// <summary>Who went, and alone may come back.</summary>
    public required string UserId { get; init; }

    /// <summary>The connector's slug.</summary>
    public required string Connector { get; init; }

    public required string ConnectionId { get; init; }

    /// <summary>What was asked for, by the provider's names.</summary>
    public required List<string> Scopes { get; init; }

    public required long MadeAtMs { get; init; }

    /// <summary>When somebody came back with it, in UTC ms.</summary>
    public long? UsedAtMs { get; set; }

    /// <summary>What came of it, in words for the person; empty while it is under way.</summary>
    public string Outcome { get; set; } = "";

    /// <summary>Whether all is as it was wished.</summary>
    public bool IsGood { get; set; }

    /// <summary>Another account than before came back, and this is its name; the person is asked. Null where nothing is to be asked.</summary>
    public string? OtherAccount { get; set; }

    /// <summary>The other account's credential, encrypted, until the person has answered.</summary>
    public string OtherSecret { get; set; } = "";

    public List<string> OtherScopes { get; set; } = [];

    public long? OtherExpiresAtMs { get; set; }

    private sealed class Configuration : IEntityTypeConfiguration<ConnectAttempt>
    {
        public void Configure(EntityTypeBuilder<ConnectAttempt> builder)
        {
            builder.Property(attempt => attempt.Scopes).HasConversion(
                list => JsonSerializer.Serialize(list, JsonSerializerOptions.Web), text => JsonSerializer.Deserialize<List<string>>(text, JsonSerializerOptions.Web)!);
            builder.Property(attempt => attempt.OtherScopes).HasConversion(
                list => JsonSerializer.Serialize(list, JsonSerializerOptions.Web), text => JsonSerializer.Deserialize<List<string>>(text, JsonSerializerOptions.Web)!);
            builder.HasIndex(attempt => new { attempt.OrgId, attempt.UserId });
            builder.HasIndex(attempt => attempt.ConnectionId);
            builder.HasIndex(attempt => attempt.MadeAtMs);
        }
    }
}
