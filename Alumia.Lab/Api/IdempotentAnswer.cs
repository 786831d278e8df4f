using Alumia.Lab.Organizations;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Alumia.Lab.Api;

/// <summary>What a POST with an <c>Idempotency-Key</c> was answered, kept for a day: the same call again gets the same answer, and does nothing.</summary>
internal sealed class IdempotentAnswer : IOrgOwned
{
    public required string OrgId { get; init; }

    public required string UserId { get; init; }

    /// <summary>As the client chose it.</summary>
    public required string Key { get; init; }

    /// <summary>SHA-256 of method, path and body: the same key for another call is a mistake.</summary>
    public required string CallHash { get; init; }

    /// <summary>Null while the call is under way.</summary>
    public int? Status { get; set; }

    public string Body { get; set; } = "";

    public required long AtMs { get; init; }

    private sealed class Configuration : IEntityTypeConfiguration<IdempotentAnswer>
    {
        public void Configure(EntityTypeBuilder<IdempotentAnswer> builder)
        {
            builder.HasKey(row => new { row.OrgId, row.UserId, row.Key });
            builder.HasIndex(row => row.AtMs);
        }
    }
}
