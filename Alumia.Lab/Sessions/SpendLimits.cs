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
    public static Appending Park(Tx tx, TurnIdentity who, Model model, ReachedLimit limit)
    {
        Waker.Park(tx, new WakeCondition
        {
            SessionId = who.SessionId,
            OrgId = who.OrgId,
            TurnId = who.TurnId,
            Kind = Waits,
            Key = string.Join(' ', OwnKeys.Key(who.OrgId, model.Provider), AgentDirectory.Key(who.AgentId), Conversations.Key(who.SessionId)),
            DueAtMs = limit.ResetsAtMs,
        });
        return new Appending([.. SessionTroubles.HealFunds(tx, who, "A spend limit is reached"), SessionTroubles.RaiseLimit(tx, who, model, limit)], SessionStatus.LimitReached, Words(limit));
    }

    /// <summary>What the card and the status say.</summary>
    public static string Words(ReachedLimit limit) => limit.IsDaily
        ? $"This agent has spent {Dollars.Text(limit.Spent)} today; its limit for a day is {Dollars.Text(limit.Limit)}."
        : $"This session has spent {Dollars.Text(limit.Spent)}; the agent's limit for a session is {Dollars.Text(limit.Limit)}.";

    /// <summary>Read by the writer, so that the same rule decides as in a step.</summary>
    public Task<bool> IsTrueAsync(WakeCondition condition, CancellationToken cancellation) => writer.Write(tx =>
    {
        var session = tx.Db.Find<Session>(condition.SessionId);
        if (session is null || session.Status != SessionStatus.LimitReached)
            return false;
        try
        {
            var chosen = session.ModelId ?? AgentDirectory.ModelOfWorking(tx, session.OrgId, session.AgentId);
            return catalogue.Find(chosen) is { } model
                && (StepMeter.IsFree(model, catalogue.ProviderOf(model)) || OwnKeys.Has(tx, session.OrgId, model.Provider) || Of(tx, session.OrgId, session.AgentId, session.Id) is null);
        }
        catch (Refusal)
        {
            return false; // Its agent is gone or switched off: it waits for another one.
        }
    }, cancellation);
}
