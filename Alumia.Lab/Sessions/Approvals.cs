using System.Text.Json;
using Alumia.Lab.Agents;
using Alumia.Lab.Storage;
using Alumia.Lab.Tools;
using Microsoft.EntityFrameworkCore;

namespace Alumia.Lab.Sessions;

/// <summary>
/// Calls that run only when a person says so. Each asks for itself: what needs no asking runs meanwhile, and when nothing is left to run the turn
/// is parked. An answer, or another right to the tool, wakes it.
/// </summary>
internal sealed class Approvals(IDbContextFactory<LabDbContext> contexts, AgentDirectory agents, ToolRegistry tools) : IWakeChecker
{
    private const string Waits = "approval";
    private const int MostReason = 2_000;

    public string Kind => Waits;

    /// <summary>What may run or be ended now of the calls that are pending; those that must ask do so here, together and once.</summary>
    public static async Task<List<ToolRequested>> AskAsync(EventLog log, TurnProgress progress, IEnumerable<SessionEvent> session, Func<string, ToolRight> rightTo)
    {
        var approved = ApprovedTools(session);
        var asking = progress.Pending.Where(call => !IsReady(call, progress, approved, rightTo)).ToList();
        var fresh = asking.Where(call => !progress.Approvals.ContainsKey(call.CallId)).ToList();
        if (fresh.Count > 0)
            await log.AppendAsync([.. fresh.Select(call => new ApprovalRequested(call.CallId, call.Tool))]);
        return [.. progress.Pending.Except(asking)];
    }

    /// <summary>Parks the turn until somebody answers; not where one has in this very moment.</summary>
    public static Task ParkAsync(EventLog log, TurnIdentity who, Func<TurnProgress> progress) => log.AppendAsync(tx =>
    {
        var now = progress();
        if (now.Pending.Any(call => now.Approvals.GetValueOrDefault(call.CallId) is not null))
            return new Appending([]);
        var asking = now.Pending.Select(call => call.Tool).Distinct().ToList();
        Waker.Park(tx, new WakeCondition
        {
            SessionId = who.SessionId,
            OrgId = who.OrgId,
            TurnId = who.TurnId,
            Kind = Waits,
            Key = AgentDirectory.Key(who.AgentId),
            Arguments = JsonSerializer.Serialize(new Asked(who.AgentId, asking), JsonSerializerOptions.Web),
        });
        return new Appending([], SessionStatus.AwaitingApproval, $"{string.Join(", ", asking)} {(now.Pending.Count == 1 ? "asks" : "ask")} for approval.");
    });

    /// <summary>The end of a call that a person did not approve, as the model is told it; null where nobody said no.</summary>
    public static ToolFinished? Denial(TurnProgress progress, ToolRequested call) => progress.Approvals.GetValueOrDefault(call.CallId) is { Answer: ApprovalAnswer.Denied } denied
        ? new ToolFinished(call.CallId, call.Tool, ToolEnding.Denied, $"A person did not approve this call{(denied.Reason is { Length: > 0 } reason ? $". They said: {reason}" : ", and gave no reason.")}", 0)
        : null;

    /// <summary>The event of an answer.</summary>
    /// <exception cref="Refusal">No such call asks (404), or it was answered before (409).</exception>
    public static ApprovalAnswered Answer(TurnProgress progress, string callId, ApprovalAnswer answer, string? reason, string? userId)
    {
        if (!progress.Approvals.TryGetValue(callId, out var given))
            throw new Refusal(RefusalKind.NotFound, "No call of this id asks for approval here.");
        if (given is not null)
            throw Refusal.Conflict($"Somebody has answered this call before: it was {(given.Answer == ApprovalAnswer.Denied ? "denied" : "approved")}.");
        var call = progress.Pending.FirstOrDefault(call => call.CallId == callId) ?? throw Refusal.Conflict("This call has ended; nothing waits for an answer any more.");
        return new ApprovalAnswered(callId, call.Tool, answer, answer == ApprovalAnswer.Denied ? reason : null, userId);
    }

    /// <summary>An answer in words, as why the turn goes on.</summary>
    public static string Say(ApprovalAnswered answered) => answered.Answer switch
    {
        ApprovalAnswer.Approved => $"{answered.Tool} was approved",
        ApprovalAnswer.ApprovedForSession => $"{answered.Tool} was approved for this session",
        _ => $"{answered.Tool} was denied",
    };

    /// <exception cref="Refusal">Invalid: too long.</exception>
    public static string? CheckReason(string? reason)
    {
        // Databases keep no NUL in a text.
        var said = reason?.Replace("\0", "", StringComparison.Ordinal).Trim();
        if (said?.Length > MostReason)
            throw Refusal.Invalid("reason", $"A reason has at most {MostReason:N0} characters; this one has {said.Length:N0}.");
        return string.IsNullOrEmpty(said) ? null : said;
    }

    /// <summary>True once one of the tools no longer asks: it was allowed on the agent, or switched off.</summary>
    public async Task<bool> IsTrueAsync(WakeCondition condition, CancellationToken cancellation)
    {
        var asked = JsonSerializer.Deserialize<Asked>(condition.Arguments, JsonSerializerOptions.Web)!;
        await using var db = contexts.CreateDbContext();
        var agentId = await db.Set<Session>().Where(session => session.OrgId == condition.OrgId && session.Id == condition.SessionId).Select(session => session.AgentId).SingleAsync(cancellation);
        Agent agent;
        try
        {
            agent = await agents.GetAsync(condition.OrgId, agentId, cancellation);
        }
        catch (Refusal)
        {
            return false; // It was deleted: nobody could go on; the answer of a person is refused and says so.
        }
        var all = await tools.AllAsync(condition.OrgId, cancellation);
        return asked.Tools.Exists(name => RightTo(all, agent, name) != ToolRight.Ask);
    }

    /// <summary>The right to a tool by its name; a tool that is gone is off.</summary>
    public static ToolRight RightTo(IReadOnlyList<ITool> all, Agent agent, string name) =>
        all.FirstOrDefault(tool => tool.Name == name) is { } tool ? ToolRegistry.RightOf(tool, agent) : ToolRight.Off;

    private static bool IsReady(ToolRequested call, TurnProgress progress, HashSet<string> approved, Func<string, ToolRight> rightTo) =>
        rightTo(call.Tool) != ToolRight.Ask || approved.Contains(call.Tool) || progress.Approvals.GetValueOrDefault(call.CallId) is not null;

    private static HashSet<string> ApprovedTools(IEnumerable<SessionEvent> session) =>
        [.. session.Select(each => each.Data).OfType<ApprovalAnswered>().Where(answered => answered.Answer == ApprovalAnswer.ApprovedForSession).Select(answered => answered.Tool)];

    private sealed record Asked(string Agent, List<string> Tools);
}
