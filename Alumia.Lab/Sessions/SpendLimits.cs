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
internal sealed record SpendLimit(bool IsDaily, long Limit, long Spent, long? ResetsAtMs)
{
    /// <summary>What is left of it; zero or less where it is reached.</summary>
    public long Left => Limit - Spent;
}

/// <summary>
/// What an agent may spend: in a day over all its sessions, and in each session. A step that would begin at or over a limit parks its turn; one that
/// streams is closed when it has come there, as far as its tokens can be counted here. A raised limit, the next day, a free model or a key of the org wakes it.
/// </summary>
internal sealed class SpendLimits(Writer writer, ModelCatalogue catalogue) : IWakeChecker
{
    private const string Waits = "limit";

    public string Kind => Waits;

    /// <summary>The limits of an agent as they stand for one of its sessions, read once for a step's beginning; none for a call without an agent.</summary>
    public static IReadOnlyList<SpendLimit> Read(Tx tx, string orgId, string? agentId, string? sessionId)
    {
        if (agentId is null || sessionId is null)
            return [];
        var (daily, perSession) = AgentDirectory.LimitsOf(tx, orgId, agentId);
        var limits = new List<SpendLimit>(2);
        if (perSession is { } most)
            limits.Add(new SpendLimit(IsDaily: false, most, LedgerBook.SpentBySession(tx, sessionId), null));
        if (daily is { } mostOfDay)
            limits.Add(new SpendLimit(IsDaily: true, mostOfDay, LedgerBook.SpentByAgent(tx, agentId, Day.Begin(tx.NowMs)), Day.Next(tx.NowMs)));
        return limits;
    }

    /// <summary>Parks a turn whose next step is over a limit, with its card.</summary>
    public static Appending Park(Tx tx, TurnIdentity who, Model model, SpendLimit limit, IReadOnlyList<SessionEventData>? first = null)
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
    public static string Words(SpendLimit limit)
    {
        var (who, span) = limit.IsDaily ? ("This agent has spent", " today; its limit for a day is") : ("This session has spent", "; the agent's limit for a session is");
        return $"{who} {Dollars.Text(limit.Spent)}{span} {Dollars.Text(limit.Limit)}{(limit.Left > 0 ? ", and a further step would pass it" : "")}.";
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
        var reached = JsonSerializer.Deserialize<SpendLimit>(condition.Arguments, JsonSerializerOptions.Web)!;
        return Read(tx, session.OrgId, session.AgentId, session.Id).All(limit => limit.Left > 0 && (limit.IsDaily != reached.IsDaily || limit.Limit > reached.Limit));
    }
}
