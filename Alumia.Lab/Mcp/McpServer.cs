using Alumia.Lab.Organizations;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Alumia.Lab.Mcp;

/// <summary>How a server was when it was last reached for.</summary>
public enum McpStatus
{
    /// <summary>Nobody knows yet: it is being connected to.</summary>
    Connecting,
    /// <summary>It answered and told its tools.</summary>
    Connected,
    /// <summary>It did not; <see cref="McpServer.Reason"/> says why.</summary>
    Failed,
}

/// <summary>An MCP server of an org: one at an address, or its own process of a program that the instance's configuration lists.</summary>
public sealed class McpServer : IOrgOwned
{
    public required string Id { get; init; }

    public required string OrgId { get; init; }

    /// <summary>For people, and the group of its tools.</summary>
    public required string Name { get; set; }

    /// <summary>What its tools' names begin with; never given twice in an org. Of a program, its name in the configuration.</summary>
    public required string Slug { get; init; }

    /// <summary>Where it is, up to the question mark; null for a program.</summary>
    public string? Address { get; init; }

    /// <summary>The bearer key, and the rest of the address, as <see cref="McpVault"/> keeps them; null where it has neither.</summary>
    public string? Secret { get; set; }

    /// <summary>Who added it: a user's id; null for a program.</summary>
    public string? AddedBy { get; set; }

    public required long CreatedAtMs { get; init; }

    public McpStatus Status { get; set; }

    /// <summary>Why it failed, in words for people; else empty.</summary>
    public string Reason { get; set; } = "";

    /// <summary>Since when <see cref="Status"/> is so, in UTC ms.</summary>
    public long StatusAtMs { get; set; }

    /// <summary>When it last answered, in UTC ms.</summary>
    public long? WorkedAtMs { get; set; }

    /// <summary>How many of its tools are left out since they are too many.</summary>
    public int LeftOut { get; set; }

    /// <summary>When it was removed. The row stays, so that its slug, and with it the rights that agents have for its tools, goes to no other server.</summary>
    public long? RemovedAtMs { get; set; }

    /// <summary>The change key of an org's servers and their tools.</summary>
    public static string Key(string orgId) => $"{KeyPrefix}{orgId}";

    internal const string KeyPrefix = "mcp:";

    private sealed class Configuration : IEntityTypeConfiguration<McpServer>
    {
        public void Configure(EntityTypeBuilder<McpServer> builder)
        {
            builder.Property(server => server.Status).HasConversion<string>();
            builder.HasIndex(server => new { server.OrgId, server.Slug }).IsUnique();
        }
    }
}
