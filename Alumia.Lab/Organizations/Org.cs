using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Alumia.Lab.Organizations;

/// <summary>The tenant.</summary>
public sealed class Org
{
    public required string Id { get; init; }

    /// <summary>Its name in addresses: lower-case letters, digits and dashes; unique.</summary>
    public required string Slug { get; set; }

    public required string Name { get; set; }

    public required long CreatedAtMs { get; init; }

    private sealed class Configuration : IEntityTypeConfiguration<Org>
    {
        public void Configure(EntityTypeBuilder<Org> builder) => builder.HasIndex(org => org.Slug).IsUnique();
    }
}
