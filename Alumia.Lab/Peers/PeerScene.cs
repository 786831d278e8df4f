using Alumia.Lab.Projects;
using Alumia.Lab.Sessions;
using Alumia.Lab.Storage;
using Alumia.Lab.Tools;

namespace Alumia.Lab.Peers;

/// <summary>A deed of a peer inside a transaction: nobody else of its project sends or parks meanwhile, so that what it decides is so.</summary>
internal sealed class PeerScene
{
    private PeerScene(Tx tx, PeerGroup group, Peer me) => (Tx, Group, Me) = (tx, group, me);

    public Tx Tx { get; }

    public PeerGroup Group { get; }

    public Peer Me { get; }

    /// <summary>Holds the session first and then its project, as all who hold both do.</summary>
    public static PeerScene Open(Tx tx, string orgId, string projectId, string sessionId)
    {
        SessionRows.Lock(tx, sessionId);
        ProjectDirectory.Lock(tx, projectId);
        var group = PeerGroup.Read(tx.Db, orgId, projectId, withCalls: false);
        return new PeerScene(tx, group, group.Get(sessionId));
    }

    public static PeerScene Open(Tx tx, ToolContext context) => Open(tx, context.OrgId, context.ProjectId, context.SessionId);

    /// <summary>The peer of a name.</summary>
    /// <exception cref="Refusal">Nobody of that name is at work here; the words say what can be done.</exception>
    public Peer Meant(string name)
    {
        if (Group.Meant(Me.SessionId, name, PeerMail.Correspondents(Tx, Me.SessionId)) is { } peer)
            return peer;
        throw Group.AgentOf(name) is { } agent
            ? Refusal.Conflict(agent.Id == Me.AgentId
                ? $"You are {agent.Name}, and no other session of yours is at work in this project. spawn_agent begins one."
                : $"{agent.Name} is not at work in this project. spawn_agent begins a session of it.")
            : Refusal.Conflict($"There is no agent named {name}. There are: {string.Join(", ", Group.Agents.Select(other => other.Name))}. spawn_agent begins a new one of any name.");
    }
}
