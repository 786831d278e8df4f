using Alumia.Lab.Models;
using Alumia.Lab.Organizations;
using Alumia.Lab.Storage;
using Alumia.Lab.Troubles;
using Microsoft.EntityFrameworkCore;

namespace Alumia.Lab.Agents;

/// <summary>The agents of an org. Everybody in it sees them; members and above change them.</summary>
public sealed class AgentDirectory(IDbContextFactory<LabDbContext> contexts, Writer writer, ModelCatalogue models, Audit audit)
{
    // Read with every message and step: compiled once, since finding a query's plan costs more than running it.
    private readonly Func<LabDbContext, string, string, CancellationToken, Task<Agent?>> _get = EF.CompileAsyncQuery(
        (LabDbContext db, string orgId, string agentId, CancellationToken cancellation) => db.Set<Agent>().SingleOrDefault(agent => agent.OrgId == orgId && agent.Id == agentId));

    private readonly Func<LabDbContext, string, string, CancellationToken, Task<Agent?>> _find = EF.CompileAsyncQuery(
        (LabDbContext db, string orgId, string idOrSlug, CancellationToken cancellation) =>
            db.Set<Agent>().SingleOrDefault(agent => agent.OrgId == orgId && (agent.Id == idOrSlug || agent.Slug == idOrSlug)));

    /// <summary>The change key of an agent's definition.</summary>
    public static string Key(string agentId) => $"agent:{agentId}";

    /// <summary>The change key of an org's list of agents.</summary>
    public static string ListKey(string orgId) => $"agents:{orgId}";

    /// <summary>What a trouble of a tool on this agent is about.</summary>
    public static string ToolTrouble(string agentId, string tool) => $"tool:{agentId}/{tool}";

    /// <summary>All agents of the org, Ala first, the others by name.</summary>
    public async Task<IReadOnlyList<Agent>> ListAsync(OrgScope scope, CancellationToken cancellation)
    {
        await using var db = contexts.CreateDbContext();
        var agents = await db.In<Agent>(scope).ToListAsync(cancellation);
        return [.. agents.OrderByDescending(agent => agent.IsAla).ThenBy(agent => agent.Name, StringComparer.OrdinalIgnoreCase)];
    }

    /// <summary>An agent by id, for the runtime, which acts for the org and not for a person.</summary>
    /// <exception cref="Refusal">Not found.</exception>
    public async Task<Agent> GetAsync(string orgId, string agentId, CancellationToken cancellation)
    {
        await using var db = contexts.CreateDbContext();
        return await _get(db, orgId, agentId, cancellation) ?? throw Refusal.NotFound("agent");
    }

    /// <summary>All agents of an org, for the runtime; in a transaction or outside one.</summary>
    public static List<Agent> All(LabDbContext db, string orgId) => [.. db.Set<Agent>().AsNoTracking().Where(agent => agent.OrgId == orgId).OrderBy(agent => agent.Name)];

    /// <summary>The model of an agent that is about to begin a turn, in the transaction that begins it.</summary>
    /// <exception cref="Refusal">It is gone, or not active.</exception>
    public static string ModelOfWorking(Tx tx, string orgId, string agentId)
    {
        var (model, name, isActive) = tx.One("SELECT model_id, name, is_active FROM agent WHERE org_id = @org AND id = @id",
            static row => (row.GetString(0), row.GetString(1), row.GetBoolean(2)), ("org", orgId), ("id", agentId));
        if (model is null)
            throw Refusal.Conflict("This session's agent was deleted. Choose another one.");
        return isActive ? model : throw Refusal.Conflict($"{name} is switched off. Switch it on in its settings, or choose another agent.");
    }

    /// <summary>What a step of this agent may add to: its limits for a day and for a session, in microcents; null for none, and for an agent that is gone.</summary>
    public static (long? Daily, long? Session) LimitsOf(Tx tx, string orgId, string agentId) => tx.One(
        "SELECT daily_limit, session_limit FROM agent WHERE org_id = @org AND id = @id",
        static row => (row.IsDBNull(0) ? (long?)null : row.GetInt64(0), row.IsDBNull(1) ? (long?)null : row.GetInt64(1)), ("org", orgId), ("id", agentId));

    /// <summary>An agent by its id or slug.</summary>
    /// <exception cref="Refusal">Not found.</exception>
    public async Task<Agent> FindAsync(OrgScope scope, string idOrSlug, CancellationToken cancellation)
    {
        await using var db = contexts.CreateDbContext();
        return await _find(db, scope.OrgId, idOrSlug, cancellation) ?? throw Refusal.NotFound("agent");
    }

    /// <summary>A new agent, with a slug of its own made of its name.</summary>
    public Task<Agent> CreateAsync(OrgScope scope, AgentEdit edit, CancellationToken cancellation) => CreateAsync(scope, edit, isActive: true, cancellation);

    /// <inheritdoc cref="CreateAsync(OrgScope, AgentEdit, CancellationToken)"/>
    public Task<Agent> CreateAsync(OrgScope scope, AgentEdit edit, bool isActive, CancellationToken cancellation)
    {
        scope.Require(OrgRole.Member);
        edit = edit.Checked(models);
        return writer.Write(tx =>
        {
            var agent = Add(tx, scope.OrgId, edit, agent => agent.IsActive = isActive);
            audit.Write(tx, scope, "agent.made", agent.Name);
            Allow(tx, scope, agent, edit.Peers);
            return agent;
        }, cancellation);
    }

    /// <summary>The same in a transaction of the runtime, which acts for the org and not for a person.</summary>
    /// <exception cref="Refusal">Invalid: which field, and what is wrong.</exception>
    internal Agent Create(Tx tx, string orgId, AgentEdit edit, Action<Agent> more) => Add(tx, orgId, edit.Checked(models), more);

    /// <summary>Writes the definition anew. The slug stays, so that addresses and peers' habits do.</summary>
    public Task UpdateAsync(OrgScope scope, string agentId, AgentEdit edit, CancellationToken cancellation) => UpdateAsync(scope, agentId, edit, isActive: null, cancellation);

    /// <summary>The same, and switches it on or off; all of it or nothing.</summary>
    public Task UpdateAsync(OrgScope scope, string agentId, AgentEdit edit, bool? isActive, CancellationToken cancellation)
    {
        edit = edit.Checked(models);
        return ChangeAsync(scope, agentId, (agent, tx) =>
        {
            if (agent.IsAla && edit.Name != agent.Name)
                throw Refusal.Conflict("Ala keeps its name.");
            if ((agent.DailyLimit, agent.SessionLimit) != (edit.DailyLimit, edit.SessionLimit))
                audit.Write(tx, scope, "agent.limits", edit.Name, $"a day {Limit(edit.DailyLimit)}, a session {Limit(edit.SessionLimit)}");
            (agent.Name, agent.Description, agent.Colour, agent.SystemPrompt, agent.ModelId, agent.ReasoningEffort, agent.DailyLimit, agent.SessionLimit) = edit;
            Choose(tx, scope, agent, edit);
            Allow(tx, scope, agent, edit.Peers);
            Switch(tx, scope, agent, isActive ?? agent.IsActive);
        }, cancellation);
    }

    /// <summary>Allows the agent a tool, has people asked for it, or takes it away, from its next step on; null leaves it to the default of its kind.</summary>
    public Task SetToolAsync(OrgScope scope, string agentId, string tool, ToolRight? right, CancellationToken cancellation) =>
        ChangeAsync(scope, agentId, (agent, tx) => Choose(tx, scope, agent, tool, right), cancellation);

    /// <summary>Whom the agent may message, by their ids; null for all.</summary>
    /// <exception cref="Refusal">Invalid: there is no such agent here.</exception>
    public Task SetPeersAsync(OrgScope scope, string agentId, IReadOnlyCollection<string>? peers, CancellationToken cancellation) =>
        ChangeAsync(scope, agentId, (agent, tx) => Allow(tx, scope, agent, peers ?? [AgentEdit.AllPeers]), cancellation);

    /// <summary>Lets an agent that may message some only message one more, which it made itself.</summary>
    internal static void AllowPeer(Tx tx, string agentId, string peerId)
    {
        Hold(tx, agentId);
        var agent = tx.Db.Set<Agent>().Single(row => row.Id == agentId);
        agent.AllowedPeers = [.. agent.AllowedPeers ?? [], peerId];
        Tell(tx, agent);
    }

    /// <summary>An agent that is not active begins no turn.</summary>
    public Task SetActiveAsync(OrgScope scope, string agentId, bool isActive, CancellationToken cancellation) =>
        ChangeAsync(scope, agentId, (agent, tx) => Switch(tx, scope, agent, isActive), cancellation);

    /// <summary>Ends the agent. Its sessions stay and can go on with another one.</summary>
    public Task DeleteAsync(OrgScope scope, string agentId, CancellationToken cancellation)
    {
        scope.Require(OrgRole.Member);
        return writer.Write(tx =>
        {
            var agent = Load(tx, scope, agentId);
            if (agent.IsAla)
                throw Refusal.Conflict("Ala belongs to every organization and can't be deleted.");
            tx.Db.Remove(agent);
            audit.Write(tx, scope, "agent.deleted", agent.Name);
            Tell(tx, agent);
        }, cancellation);
    }

    private Task ChangeAsync(OrgScope scope, string agentId, Action<Agent, Tx> change, CancellationToken cancellation)
    {
        scope.Require(OrgRole.Member);
        return writer.Write(tx =>
        {
            var agent = Load(tx, scope, agentId);
            change(agent, tx);
            agent.UpdatedAtMs = tx.NowMs;
            Tell(tx, agent);
        }, cancellation);
    }

    private void Choose(Tx tx, OrgScope scope, Agent agent, AgentEdit edit)
    {
        foreach (var (tool, right) in edit.Tools ?? new Dictionary<string, ToolRight>())
            Choose(tx, scope, agent, tool, right);
    }

    /// <summary>Whoever switches a tool on again has mended what was wrong with it, wherever they do it.</summary>
    private void Choose(Tx tx, OrgScope scope, Agent agent, string tool, ToolRight? right)
    {
        var was = agent.Chosen(tool);
        if (was != right)
            audit.Write(tx, scope, "agent.tool_right", agent.Name, $"{tool}: {Word(right)}");
        var wasOff = was == ToolRight.Off;
        agent.Choose(tool, right);
        if (wasOff && right != ToolRight.Off)
            TroubleLog.Heal(tx, agent.OrgId, ToolTrouble(agent.Id, tool), $"{tool} was switched on again");
    }

    private static string Word(ToolRight? right) => right?.ToString().ToLowerInvariant() ?? "by default";

    private static string Limit(long? microcents) => microcents is { } most ? Dollars.Text(most) : "without limit";

    private void Switch(Tx tx, OrgScope scope, Agent agent, bool isActive)
    {
        if (agent.IsAla && !isActive)
            throw Refusal.Conflict("Ala is always active.");
        if (agent.IsActive != isActive)
            audit.Write(tx, scope, isActive ? "agent.switched_on" : "agent.switched_off", agent.Name);
        agent.IsActive = isActive;
    }

    private void Allow(Tx tx, OrgScope scope, Agent agent, IReadOnlyCollection<string>? wish)
    {
        if (wish is null)
            return;
        var (was, now) = (agent.AllowedPeers, wish.Contains(AgentEdit.AllPeers) ? null : PeersNamed(tx, agent, wish));
        agent.AllowedPeers = now;
        if (was is null != now is null || !(was ?? []).SequenceEqual(now ?? []))
            audit.Write(tx, scope, "agent.peers", agent.Name, now is null ? "may message all" : $"may message {now.Count}");
    }

    private static List<string> PeersNamed(Tx tx, Agent agent, IReadOnlyCollection<string> names)
    {
        List<Agent> agents = [.. All(tx.Db, agent.OrgId), agent];
        return [.. names.Select(name => agents.Find(other => other.Id == name || other.Slug == name)?.Id ?? throw Refusal.Invalid("allowedPeers", $"There is no agent {name} here."))
            .Distinct().Order(StringComparer.Ordinal)];
    }

    private static Agent Add(Tx tx, string orgId, AgentEdit edit, Action<Agent> more)
    {
        var (name, description, colour, systemPrompt, modelId, effort, dailyLimit, sessionLimit) = edit;
        var agent = new Agent
        {
            Id = Id.New("agt", tx.NowMs),
            OrgId = orgId,
            Slug = FreeSlug(tx, orgId, name),
            Name = name,
            Description = description,
            Colour = colour,
            SystemPrompt = systemPrompt,
            ModelId = modelId,
            ReasoningEffort = effort,
            DailyLimit = dailyLimit,
            SessionLimit = sessionLimit,
            CreatedAtMs = tx.NowMs,
            UpdatedAtMs = tx.NowMs,
        };
        foreach (var (tool, right) in edit.Tools ?? new Dictionary<string, ToolRight>())
            agent.Choose(tool, right);
        more(agent);
        tx.Db.Add(agent);
        tx.Changed(ListKey(orgId));
        return agent;
    }

    private static Agent Load(Tx tx, OrgScope scope, string agentId)
    {
        Hold(tx, agentId);
        return tx.Db.In<Agent>(scope).SingleOrDefault(agent => agent.Id == agentId) ?? throw Refusal.NotFound("agent");
    }

    /// <summary>Its tools and peers are lists, each written whole: of two changes at once the later one must see the earlier.</summary>
    private static void Hold(Tx tx, string agentId) => tx.Hold($"agent:{agentId}");

    private static void Tell(Tx tx, Agent agent)
    {
        tx.Changed(Key(agent.Id));
        tx.Changed(ListKey(agent.OrgId));
    }

    private static string FreeSlug(Tx tx, string orgId, string name)
    {
        tx.Hold($"agent slugs:{orgId}"); // Peers that are made at once often have one name.
        var wanted = Slugs.Suggest(name) is { Length: > 0 } suggested ? suggested : "agent";
        var taken = tx.Db.Set<Agent>().Where(agent => agent.OrgId == orgId && agent.Slug.StartsWith(wanted)).Select(agent => agent.Slug).ToHashSet();
        for (var number = 1; ; number++)
        {
            var slug = number == 1 ? wanted : $"{wanted}-{number}";
            if (!taken.Contains(slug))
                return slug;
        }
    }
}
