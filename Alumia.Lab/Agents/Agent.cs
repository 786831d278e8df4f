using Alumia.Lab.Organizations;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Alumia.Lab.Agents;

/// <summary>An agent's definition: who it is, on which model it runs, and what it may use.</summary>
public sealed class Agent : IOrgOwned
{
    /// <summary>The slug of Ala, the agent that every org is born with.</summary>
    public const string AlaSlug = "ala";

    public required string Id { get; init; }

    public required string OrgId { get; init; }

    /// <summary>Its name in addresses and among peers; unique in the org.</summary>
    public required string Slug { get; set; }

    /// <summary>1 to 255 characters.</summary>
    public required string Name { get; set; }

    /// <summary>Up to 5,000 characters.</summary>
    public string Description { get; set; } = "";

    /// <summary>Its dot's colour, <c>#rrggbb</c>.</summary>
    public required string Colour { get; set; }

    public string SystemPrompt { get; set; } = "";

    /// <summary>A model of the catalogue, <c>provider/model</c>.</summary>
    public required string ModelId { get; set; }

    /// <summary><c>low</c>, <c>medium</c> or <c>high</c>; null leaves it to the model.</summary>
    public string? ReasoningEffort { get; set; }

    /// <summary>Names of the tools that are off. A tool that is named in none of the three lists has the default of its kind.</summary>
    public List<string> ToolsOff { get; set; } = [];

    /// <summary>What its paid steps may cost in one day (UTC), in microcents, over all its sessions; null for no limit.</summary>
    public long? DailyLimit { get; set; }

    /// <summary>What one of its sessions may cost in all, in microcents; null for no limit.</summary>
    public long? SessionLimit { get; set; }

    /// <summary>Names of the tools for which a person is asked.</summary>
    public List<string> ToolsAsk { get; set; } = [];

    /// <summary>Names of the tools that were allowed, whatever the default of their kind.</summary>
    public List<string> ToolsAllowed { get; set; } = [];

    /// <summary>The ids of the agents that it may message; null for all.</summary>
    public List<string>? AllowedPeers { get; set; }

    public bool IsActive { get; set; } = true;

    public required long CreatedAtMs { get; init; }

    public long UpdatedAtMs { get; set; }

    /// <summary>Ala is always active, and neither renamed nor deleted.</summary>
    public bool IsAla => Slug == AlaSlug;

    /// <summary>Whether it may message this agent; itself in another session always.</summary>
    public bool MayMessage(string agentId) => AllowedPeers is null || agentId == Id || AllowedPeers.Contains(agentId);

    private sealed class Configuration : IEntityTypeConfiguration<Agent>
    {
        public void Configure(EntityTypeBuilder<Agent> builder)
        {
            builder.HasIndex(agent => new { agent.OrgId, agent.Slug }).IsUnique();
            builder.Ignore(agent => agent.IsAla);
        }
    }
}
