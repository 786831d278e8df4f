using System.Text.Json;
using Alumia.Lab.Agents;
using Alumia.Lab.Ledger;
using Alumia.Lab.Models;
using Alumia.Lab.Storage;

namespace Alumia.Lab.Sessions;

/// <summary>A limit of an agent, and what is used up of it. Amounts are microcents.</summary>
/// <param name="IsDaily">Of the agent's day, over all its sessions; else of one session.</param>
/// <param name="Limit">What the agent's settings allow.</param>
/// <param name="Spent">What is used up of it.</param>
/// <param name="ResetsAtMs">When a daily one begins anew, UTC ms.</param>
internal sealed record ReachedLimit(bool IsDaily, long Limit, long Spent, long? ResetsAtMs);

/// <summary>
/// What an agent may spend: in a day over all its sessions, and in each session. A step that would begin at or over a limit parks its turn; one that
/// streams is closed when it has come there, as far as its tokens can be counted here. A raised limit, the next day, a free model or a key of the org wakes it.
/// </summary>
internal sealed class SpendLimits(Writer writer, ModelCatalogue catalogue) : IWakeChecker
{
    private const string Waits = "limit";

    public string Kind => Waits;

    /// <summary>The limit that is reached; null where there is none, or something is left of it.</summary>
    public static ReachedLimit? Of(Tx tx, string orgId, string agentId, string sessionId) =>
        All(tx, orgId, agentId, sessionId).FirstOrDefault(limit => limit.Spent >= limit.Limit);

    /// <summary>The limit that a further step, which needs this much (microcents), would pass. A stream is closed where its tokens were counted roughly, so a smaller step may fit.</summary>
    public static ReachedLimit? UsedUp(Tx tx, TurnIdentity who, long need) =>
        All(tx, who.OrgId, who.AgentId, who.SessionId).FirstOrDefault(limit => limit.Limit - limit.Spent < need);

    /// <summary>What a step may still cost, in microcents; null for as much as it likes.</summary>
    public static long? Left(Tx tx, StepOrder order) => order is { AgentId: { } agent, SessionId: { } session }
        ? All(tx, order.OrgId, agent, session).Select(limit => (long?)(limit.Limit - limit.Spent)).Min()
        : null;

    private static IEnumerable<ReachedLimit> All(Tx tx, string orgId, string agentId, string sessionId)
    {
        var (daily, perSession) = AgentDirectory.LimitsOf(tx, orgId, agentId);
        if (perSession is { } most)
            yield return new ReachedLimit(IsDaily: false, most, LedgerBook.SpentBySession(tx, sessionId), null);
        if (daily is { } mostOfDay)
            yield return new ReachedLimit(IsDaily: true, mostOfDay, LedgerBook.SpentByAgent(tx, agentId, Day.Begin(tx.NowMs)), Day.Next(tx.NowMs));
    }

    /// <summary>Parks a turn whose next step is over a limit, with its card.</summary>
    public static Appending Park(Tx tx, TurnIdentity who, Model model, ReachedLimit limit, IReadOnlyList<SessionEventData>? first = null)
    {
        Waker.Park(tx, new WakeCondition
        {
            SessionId = who.SessionId,
            OrgId = who.OrgId,
            TurnId = who.TurnId,
            Kind = Waits,
            Key = string.Join(' ', OwnKeys.Key(who.OrgId, model.Provider), AgentDirectory.Key(who.AgentId), Conversations.Key(who.SessionId)),
            DueAtMs = limit.ResetsAtMs,
            Arguments = JsonSerializer.Serialize(limit, JsonSerializerOptions.Web),
        });
        return new Appending([.. first ?? [], .. SessionTroubles.HealFunds(tx, who, "A spend limit is reached"), SessionTroubles.RaiseLimit(tx, who, model, limit)], SessionStatus.LimitReached, Words(limit));
    }

    /// <summary>What the card and the status say.</summary>
    public static string Words(ReachedLimit limit)
    {
        var (who, span) = limit.IsDaily ? ("This agent has spent", " today; its limit for a day is") : ("This session has spent", "; the agent's limit for a session is");
        return $"{who} {Dollars.Text(limit.Spent)}{span} {Dollars.Text(limit.Limit)}{(limit.Spent < limit.Limit ? ", and a further step would pass it" : "")}.";
    }

    /// <summary>Whether the step costs nothing by now, or the limit was raised: a stream may have been closed just under it, and would be closed there again.
    /// Read by the writer, so that the same rule decides as in a step.</summary>
    public Task<bool> IsTrueAsync(WakeCondition condition, CancellationToken cancellation) => writer.Write(tx =>
    {
        var session = tx.Db.Find<Session>(condition.SessionId);
        if (session is null || session.Status != SessionStatus.LimitReached)
            return false;
        try
        {
            var chosen = session.ModelId ?? AgentDirectory.ModelOfWorking(tx, session.OrgId, session.AgentId);
            return catalogue.Find(chosen) is { } model
                && (StepMeter.IsFree(model, catalogue.ProviderOf(model)) || OwnKeys.Has(tx, session.OrgId, model.Provider) || IsRaised(tx, session, condition));
        }
        catch (Refusal)
        {
            return false; // Its agent is gone or switched off: it waits for another one.
        }
    }, cancellation);

    private static bool IsRaised(Tx tx, Session session, WakeCondition condition)
    {
        var reached = JsonSerializer.Deserialize<ReachedLimit>(condition.Arguments, JsonSerializerOptions.Web)!;
        var now = All(tx, session.OrgId, session.AgentId, session.Id).ToList();
        return now.TrueForAll(limit => limit.Spent < limit.Limit && (limit.IsDaily != reached.IsDaily || limit.Limit > reached.Limit));
    }
}
