using Alumia.Lab.Organizations;

namespace Alumia.Lab.Agents;

/// <summary>Whom an agent may message, as a client writes it: ids or slugs, or <c>*</c> for all.</summary>
internal static class AllowedPeers
{
    /// <summary>Peers that a client may write at once.</summary>
    public const int Most = 1_000;

    private const string All = "*";

    /// <summary>Writes what was wished; null leaves it. Returns the agent as it is then.</summary>
    /// <exception cref="Refusal">Invalid: there is no such agent.</exception>
    public static async Task<Agent> WriteAsync(AgentDirectory directory, OrgScope scope, Agent agent, IReadOnlyList<string>? wish, CancellationToken cancellation)
    {
        if (wish is null)
            return agent;
        var agents = wish.Contains(All) ? [] : await directory.ListAsync(scope, cancellation);
        var ids = wish.Contains(All) ? null : wish.Select(name => agents.FirstOrDefault(other => other.Id == name || other.Slug == name)?.Id ?? throw Refusal.Invalid("allowedPeers", $"There is no agent {name} here.")).ToList();
        await directory.SetPeersAsync(scope, agent.Id, ids, cancellation);
        return await directory.FindAsync(scope, agent.Id, cancellation);
    }
}
