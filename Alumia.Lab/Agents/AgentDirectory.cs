using Alumia.Lab.Organizations;
using Alumia.Lab.Storage;
using Microsoft.EntityFrameworkCore;

namespace Alumia.Lab.Agents;

/// <summary>The agents of an org.</summary>
public sealed class AgentDirectory(IDbContextFactory<LabDbContext> contexts)
{
    /// <summary>The change key of an agent's definition.</summary>
    public static string Key(string agentId) => $"agent:{agentId}";

    /// <summary>An agent by id, for the runtime, which acts for the org and not for a person.</summary>
    /// <exception cref="Refusal">Not found.</exception>
    public async Task<Agent> GetAsync(string orgId, string agentId, CancellationToken cancellation)
    {
        await using var db = contexts.CreateDbContext();
        return await db.Set<Agent>().SingleOrDefaultAsync(agent => agent.OrgId == orgId && agent.Id == agentId, cancellation)
            ?? throw Refusal.NotFound("agent");
    }

    /// <summary>An agent by its id or slug.</summary>
    /// <exception cref="Refusal">Not found.</exception>
    public async Task<Agent> FindAsync(OrgScope scope, string idOrSlug, CancellationToken cancellation)
    {
        await using var db = contexts.CreateDbContext();
        return await db.In<Agent>(scope).SingleOrDefaultAsync(agent => agent.Id == idOrSlug || agent.Slug == idOrSlug, cancellation)
            ?? throw Refusal.NotFound("agent");
    }
}
