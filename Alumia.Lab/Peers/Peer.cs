using Alumia.Lab.Agents;
using Alumia.Lab.Sessions;

namespace Alumia.Lab.Peers;

/// <summary>An agent in a session, as the others of the project see it.</summary>
internal sealed record Peer(string OrgId, string ProjectId, Participant Session, Agent? Agent)
{
    public string SessionId => Session.SessionId;

    public string AgentId => Session.AgentId;

    public Sender Sender => new(OrgId, ProjectId, SessionId, AgentId);

    /// <summary>The agent's name; of a deleted agent the session's.</summary>
    public string Name => Agent?.Name ?? Session.Label;

    /// <summary>It could begin a turn.</summary>
    public bool CanWork => Agent is { IsActive: true } && !Session.IsDeleted;
}

/// <summary>Everybody who takes part in a project.</summary>
internal sealed class PeerGroup
{
    private readonly Dictionary<string, Peer> _bySession;

    private PeerGroup(string orgId, string projectId, List<Agent> agents, List<Peer> peers) =>
        (OrgId, ProjectId, Agents, Peers, _bySession) = (orgId, projectId, agents, peers, peers.ToDictionary(peer => peer.SessionId));

    public string OrgId { get; }

    public string ProjectId { get; }

    /// <summary>All agents of the org, at work here or not.</summary>
    public IReadOnlyList<Agent> Agents { get; }

    /// <summary>All sessions of the project by their making, those too that were deleted.</summary>
    public IReadOnlyList<Peer> Peers { get; }

    /// <summary>Reads the group in a transaction or outside one; with the calls that run, or without them for less.</summary>
    public static PeerGroup Read(Storage.LabDbContext db, string orgId, string projectId, bool withCalls = true)
    {
        var agents = AgentDirectory.All(db, orgId);
        var byId = agents.ToDictionary(agent => agent.Id);
        return new PeerGroup(orgId, projectId, agents,
            Participants.Read(db, orgId, projectId, withCalls).ConvertAll(each => new Peer(orgId, projectId, each, byId.GetValueOrDefault(each.AgentId))));
    }

    /// <summary>A peer by its session; null where it is none of this project.</summary>
    public Peer? Find(string sessionId) => _bySession.GetValueOrDefault(sessionId);

    public Peer Get(string sessionId) => Find(sessionId) ?? throw Refusal.NotFound("session in this project");

    /// <summary>An agent of the org by its id, slug or name; null where there is none.</summary>
    public Agent? AgentOf(string name) =>
        Agents.FirstOrDefault(agent => agent.Id == name || Same(agent.Slug, name)) ?? Agents.FirstOrDefault(agent => Same(agent.Name, name));

    /// <summary>Who is meant by a name: a session's id, or an agent's name, and then the session of it that wrote or was written to last, or was at work last.</summary>
    /// <param name="me">Who asks; never meant.</param>
    /// <param name="name">A session's id, or an agent's id, slug or name.</param>
    /// <param name="correspondents">The sessions that it wrote with, the last one first.</param>
    public Peer? Meant(string me, string name, IReadOnlyList<string> correspondents)
    {
        var others = Peers.Where(peer => peer.SessionId != me && !peer.Session.IsDeleted).ToList();
        if (others.Find(peer => peer.SessionId == name) is { } exact)
            return exact;
        if (AgentOf(name) is not { } agent)
            return null;
        var those = others.Where(peer => peer.AgentId == agent.Id).ToList();
        return correspondents.Select(id => those.Find(peer => peer.SessionId == id)).FirstOrDefault(peer => peer is not null)
            ?? those.OrderByDescending(peer => peer.Session.SinceMs).FirstOrDefault();
    }

    private static bool Same(string one, string other) => string.Equals(one, other.Trim().TrimStart('@'), StringComparison.OrdinalIgnoreCase);
}
