using Alumia.Lab.Organizations;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Alumia.Lab.Api;

/// <summary>A call that bore one of the org's keys and was refused: why a client fails.</summary>
public sealed class KeyRefusal : IOrgOwned
{
    public required string Id { get; init; }

    public required string OrgId { get; init; }

    public required string KeyId { get; init; }

    public required string Prefix { get; init; }

    public required long AtMs { get; init; }

    public required string Cause { get; init; }

    private sealed class Configuration : IEntityTypeConfiguration<KeyRefusal>
    {
        public void Configure(EntityTypeBuilder<KeyRefusal> builder) => builder.HasIndex(row => new { row.OrgId, row.AtMs });
    }
}
