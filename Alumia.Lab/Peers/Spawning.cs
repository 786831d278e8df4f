using Alumia.Lab.Agents;
using Alumia.Lab.Sessions;
using Alumia.Lab.Tools;

namespace Alumia.Lab.Peers;

/// <summary>How an agent makes others: never with more tools, a dearer model, higher spend limits or more peers than it has itself.</summary>
internal sealed class Spawning(PeerLimits limits, AgentDirectory agents)
{
    private const int MostOfLabel = 255;

    /// <summary>Begins a session of an agent with a task; returns its id.</summary>
    /// <exception cref="Refusal">The agent has rights that its maker has not, is off, may not be messaged, or there are too many.</exception>
    public string Begin(PeerScene scene, Agent agent, string task, string? label, string? userId, IReadOnlyList<ITool> tools)
    {
        var (tx, maker, me) = (scene.Tx, MakerOf(scene), SessionRows.Find(scene.Tx, scene.Me.SessionId)!);
        if (!agent.IsActive)
            throw Refusal.Conflict($"{agent.Name} is switched off.");
        if (agent.Id != maker.Id && PeerLimits.Beyond(maker, agent, tools) is { } beyond)
            throw Refusal.Forbidden($"{agent.Name} {beyond}. A person can begin it; or spawn an agent of another name, which gets what you have.");
        var mine = me.ModelId ?? maker.ModelId;
        var start = new SessionStart(Id.New("ses", tx.NowMs), me.OrgId, me.ProjectId, agent.Id, limits.IsDearer(agent.ModelId, mine) ? mine : null, null, me.MakerId, tx.NowMs, []);
        tx.Db.Add(limits.NextSpawn(tx, scene.Me, start.Id, isAgent: false));
        var session = start.Add(tx, label is { Length: > 0 } ? label[..Math.Min(label.Length, MostOfLabel)] : Session.DefaultLabel);
        var peer = new Peer(me.OrgId, me.ProjectId, new Participant(session.Id, agent.Id, session.Label, session.Status, tx.NowMs, false, false, null, null), agent);
        limits.CheckMessage(tx, scene.Me, peer, task);
        PeerMail.Send(tx, scene.Me.Sender, session.Id, PeerMessageKind.Message, task, userId);
        return session.Id;
    }

    /// <summary>Makes an agent, which gets its maker's tools, less those that are taken off, its peers, and at most its model.</summary>
    /// <exception cref="Refusal">The name is taken, the model dearer, a field wrong, or there are too many.</exception>
    public Agent Create(PeerScene scene, string name, string description, string instructions, string? model, IEnumerable<string> toolsOff)
    {
        var (tx, maker) = (scene.Tx, MakerOf(scene));
        if (scene.Group.AgentOf(name) is { } taken)
            throw Refusal.Conflict($"There is an agent {taken.Name} already. Spawn or message it, or take another name.");
        var mine = SessionRows.Find(tx, scene.Me.SessionId)!.ModelId ?? maker.ModelId;
        if (model is not null && limits.IsDearer(model, mine))
            throw Refusal.Forbidden($"The model {model} is dearer than your own, {mine}, or not in the catalogue. Leave it out, and the agent gets yours.");
        var colour = AgentEdit.Colours[scene.Group.Agents.Count % AgentEdit.Colours.Count];
        var made = agents.Create(tx, maker.OrgId, new AgentEdit(name, description, colour, instructions, model ?? mine, model is null ? maker.ReasoningEffort : null, maker.DailyLimit, maker.SessionLimit), agent =>
        {
            foreach (var (tool, right) in maker.Chosen())
                agent.Choose(tool, right);
            foreach (var tool in toolsOff)
                agent.Choose(tool, ToolRight.Off);
            agent.AllowedPeers = maker.AllowedPeers is { } peers ? [.. peers] : null;
        });
        tx.Db.Add(limits.NextSpawn(tx, scene.Me, made.Id, isAgent: true));
        // Who may message some agents only may message those that it made: they reach nobody that it does not.
        if (maker.AllowedPeers is not null)
        {
            AgentDirectory.AllowPeer(tx, maker.Id, made.Id);
            maker.AllowedPeers = [.. maker.AllowedPeers, made.Id];
        }
        tx.Db.SaveChanges();
        return made;
    }

    private static Agent MakerOf(PeerScene scene) => scene.Me.Agent ?? throw Refusal.Conflict("Your own definition was deleted.");
}
