using Alumia.Lab.Organizations;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Alumia.Lab.Mcp;

/// <summary>A tool of a server as it was last seen, and as a person last confirmed it. Where the two differ it is off.</summary>
public sealed class McpServerTool : IOrgOwned
{
    public required string OrgId { get; init; }

    public required string ServerId { get; init; }

    /// <summary>As the server names it.</summary>
    public required string Name { get; init; }

    /// <summary>As the server titles it for people; empty where it does not.</summary>
    public string Title { get; set; } = "";

    public string Description { get; set; } = "";

    /// <summary>The JSON Schema of its arguments, as the server gave it.</summary>
    public string Schema { get; set; } = "";

    /// <summary>The server says that it changes nothing.</summary>
    public bool ReadsOnly { get; set; }

    /// <summary>It can be called as a task only (MCP of November 2025): begun, asked about, and its result fetched.</summary>
    public bool IsTask { get; set; }

    /// <summary>Why it cannot be offered to a model at all; else empty.</summary>
    public string Fault { get; set; } = "";

    /// <summary>Names what a person confirms: description, schema, and whether it only reads.</summary>
    public string Hash { get; set; } = "";

    /// <summary>When it was gone from the server's list, in UTC ms. The row stays, so that it cannot come back as something else unseen.</summary>
    public long? GoneAtMs { get; set; }

    /// <summary>The <see cref="Hash"/> that a person confirmed, or with which it was first seen.</summary>
    public string ConfirmedHash { get; set; } = "";

    public string ConfirmedDescription { get; set; } = "";

    public string ConfirmedSchema { get; set; } = "";

    public bool ConfirmedReadsOnly { get; set; }

    /// <summary>Whether it changed since it was confirmed.</summary>
    public bool IsChanged => Hash != ConfirmedHash;

    private sealed class Configuration : IEntityTypeConfiguration<McpServerTool>
    {
        public void Configure(EntityTypeBuilder<McpServerTool> builder)
        {
            builder.HasKey(tool => new { tool.ServerId, tool.Name });
            builder.HasIndex(tool => tool.OrgId);
            builder.HasOne<McpServer>().WithMany().HasForeignKey(tool => tool.ServerId);
        }
    }
}
