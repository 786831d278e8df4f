using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Alumia.Lab.Offline.OAuth;

/// <summary>What a person has allowed a client at the stand-in provider. Tokens name it and hold as long as it does.</summary>
public sealed class OAuthGrant
{
    public required string Id { get; init; }

    /// <summary>The account's e-mail address.</summary>
    public required string Account { get; init; }

    public required string Client { get; init; }

    /// <summary>The granted scopes, with spaces between.</summary>
    public required string Scope { get; init; }

    /// <summary>Which password the account had.</summary>
    public required long PasswordVersion { get; init; }

    public required long CreatedAtMs { get; init; }

    /// <summary>Whether its authorization code was exchanged; a code works once.</summary>
    public bool IsRedeemed { get; set; }

    /// <summary>Which of its refresh tokens works: each use makes the next, and an older one is a copy in somebody else's hand.</summary>
    public long RefreshNumber { get; set; }

    /// <summary>When the refresh token expires, in UTC ms.</summary>
    public required long RefreshExpiresAtMs { get; set; }

    /// <summary>Access tokens of a lower number have been expired by the desk.</summary>
    public long AccessNumber { get; set; }

    /// <summary>Why it is over, as the token endpoint words it; null while it holds.</summary>
    public string? Ended { get; set; }

    public long? EndedAtMs { get; set; }

    private sealed class Configuration : IEntityTypeConfiguration<OAuthGrant>
    {
        public void Configure(EntityTypeBuilder<OAuthGrant> builder) => builder.ToTable("offline_oauth_grant");
    }
}
