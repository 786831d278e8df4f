using Alumia.Lab.Organizations;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Alumia.Lab.Peers;

/// <summary>That an agent, and not a person, made a session or an agent: what the limits on runaway chains count. It gives nobody rights over anybody.</summary>
public sealed class Spawn : IOrgOwned
{
    /// <summary>The session's or agent's id.</summary>
    public required string MadeId { get; init; }

    public required string OrgId { get; init; }

    public required string BySessionId { get; init; }

    /// <summary>The session of a person at the chain's beginning.</summary>
    public required string RootSessionId { get; init; }

    /// <summary>1 for what the root made.</summary>
    public required int Depth { get; init; }

    /// <summary>It is an agent's definition, and not a session.</summary>
    public bool IsAgent { get; init; }

    public required long AtMs { get; init; }

    private sealed class Configuration : IEntityTypeConfiguration<Spawn>
    {
        public void Configure(EntityTypeBuilder<Spawn> builder)
        {
            builder.HasKey(spawn => spawn.MadeId);
            builder.HasIndex(spawn => spawn.RootSessionId);
        }
    }
}
