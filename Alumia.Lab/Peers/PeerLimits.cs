using Alumia.Lab.Agents;
using Alumia.Lab.Ledger;
using Alumia.Lab.Models;
using Alumia.Lab.Storage;
using Alumia.Lab.Tools;
using Microsoft.Extensions.Options;

namespace Alumia.Lab.Peers;

/// <summary>What stops chains of agents that run away, and keeps what an agent makes from having more rights than its maker. Every refusal is the tool's error.</summary>
internal sealed class PeerLimits(IOptions<PeersOptions> options, ModelCatalogue models)
{
    private const long Minute = 60_000;

    /// <exception cref="Refusal">It may not message this peer, or not so much.</exception>
    public void CheckMessage(Tx tx, Peer from, Peer to, string text)
    {
        if (from.Agent?.MayMessage(to.AgentId) == false)
            throw Refusal.Forbidden($"{from.Name} may not message {to.Name}: the settings of {from.Name} name whom it may.");
        if (!to.CanWork)
            throw Refusal.Conflict($"{to.Name} is switched off, and reads nothing.");
        if (text.Length > options.Value.MaxMessageCharacters)
            throw Refusal.Conflict($"The message has {text.Length:N0} characters; the limit is {options.Value.MaxMessageCharacters:N0}. Put it into a block and name the block.");
        var (toOne, toAll) = PeerMail.Sent(tx, from.SessionId, to.SessionId, tx.NowMs - Minute);
        if (toOne >= options.Value.MessagesPerMinutePerPair)
            throw Refusal.Conflict($"You sent {to.Name} {toOne} messages in the last minute, and that is the limit. Wait for its answer with check_messages.");
        if (toAll >= options.Value.MessagesPerMinute)
            throw Refusal.Conflict($"You sent {toAll} messages in the last minute, and that is the limit. Wait for answers with check_messages.");
    }

    /// <summary>The place in its chain of what this session is about to make.</summary>
    /// <exception cref="Refusal">The chain is too long, or has made too many.</exception>
    public Spawn NextSpawn(Tx tx, Peer maker, string madeId, bool isAgent)
    {
        var parent = tx.Db.Set<Spawn>().SingleOrDefault(spawn => spawn.MadeId == maker.SessionId);
        var (root, depth) = (parent?.RootSessionId ?? maker.SessionId, (parent?.Depth ?? 0) + 1);
        if (!isAgent && depth > options.Value.MaxDepth)
            throw Refusal.Conflict($"You were spawned by an agent that was spawned itself, {depth - 1} deep, and {options.Value.MaxDepth} is the limit. Do it yourself, or message a peer.");
        // Each work that makes holds the project, so that nobody else counts meanwhile.
        var made = tx.Db.Set<Spawn>().Count(spawn => spawn.RootSessionId == root && spawn.IsAgent == isAgent);
        var most = isAgent ? options.Value.MaxCreated : options.Value.MaxSpawned;
        if (made >= most)
            throw Refusal.Conflict($"{made} {(isAgent ? "agents were created" : "sessions were spawned")} from this conversation, and that is the limit. Message those that are there: list_agents names them.");
        return new Spawn { MadeId = madeId, OrgId = maker.OrgId, BySessionId = maker.SessionId, RootSessionId = root, Depth = depth, IsAgent = isAgent, AtMs = tx.NowMs };
    }

    /// <summary>What an agent may that its maker may not, in words; null where there is nothing.</summary>
    public static string? Beyond(Agent maker, Agent other, IReadOnlyList<ITool> tools)
    {
        // Allow is more than Ask, and Ask more than Off.
        var more = tools.Where(tool => ToolRegistry.RightOf(tool, other) < ToolRegistry.RightOf(tool, maker)).Select(tool => tool.Name).ToList();
        if (more.Count > 0)
            return $"may use {string.Join(", ", more)} more freely than you";
        return IsMore(other.DailyLimit, maker.DailyLimit) || IsMore(other.SessionLimit, maker.SessionLimit) ? "may spend more than you" : null;
    }

    private static bool IsMore(long? limit, long? than) => than is not null && (limit is null || limit > than);

    /// <summary>Whether a model costs more than another, by its input or its output.</summary>
    public bool IsDearer(string model, string than)
    {
        if (models.Find(model) is not { } one || models.Find(than) is not { } other)
            return model != than;
        var (price, most) = (ModelPrice.Of(one), ModelPrice.Of(other));
        return !one.IsFree && (price.Input > most.Input || price.Output > most.Output);
    }
}
