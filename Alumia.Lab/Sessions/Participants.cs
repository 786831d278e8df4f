using Alumia.Lab.Storage;
using Microsoft.EntityFrameworkCore;

namespace Alumia.Lab.Sessions;

/// <summary>A call that has begun and not ended: of which tool, and since when (UTC ms).</summary>
internal sealed record OpenCall(string CallId, string Tool, long SinceMs);

/// <summary>A session of a project as its peers and its waits see it.</summary>
/// <param name="SessionId">Its id.</param>
/// <param name="AgentId">Its agent's.</param>
/// <param name="Label">Its name for people.</param>
/// <param name="Status">Where it stands.</param>
/// <param name="SinceMs">Since when it is so: the turn's beginning where it runs, else when it came to rest or parked (UTC ms).</param>
/// <param name="IsDeleted">It is hidden, and nothing begins in it.</param>
/// <param name="HasQueue">A person's message waits in it.</param>
/// <param name="Wait">What it is parked for.</param>
/// <param name="Call">The call that runs or waits.</param>
internal sealed record Participant(
    string SessionId, string AgentId, string Label, SessionStatus Status, long SinceMs, bool IsDeleted, bool HasQueue, WakeCondition? Wait, OpenCall? Call);

/// <summary>Reads who takes part in a project, in a transaction or outside one.</summary>
internal static class Participants
{
    /// <summary>All sessions of the project, those too that were deleted, by their making; with the calls that run, or without them for less.</summary>
    public static List<Participant> Read(LabDbContext db, string orgId, string projectId, bool withCalls = true)
    {
        var sessions = db.Set<Session>().AsNoTracking().Where(session => session.OrgId == orgId && session.ProjectId == projectId).ToList();
        var ofProject = db.Set<Session>().Where(session => session.OrgId == orgId && session.ProjectId == projectId);
        var waits = ofProject.Join(db.Set<WakeCondition>().AsNoTracking(), session => session.Id, wait => wait.SessionId, (_, wait) => wait).ToDictionary(wait => wait.SessionId);
        var queues = ofProject.Join(db.Set<QueuedMessageRecord>(), session => session.Id, queued => queued.SessionId, (_, queued) => queued.SessionId).Distinct().ToHashSet();
        var live = sessions.Where(session => session.Status.IsLive() && session.TurnId is not null).Select(session => session.TurnId!).ToList();
        var turns = !withCalls || live.Count == 0 ? [] : ReadTurns(db, live);
        return [.. sessions.OrderBy(session => session.Id, StringComparer.Ordinal).Select(session =>
        {
            var turn = turns.GetValueOrDefault(session.TurnId ?? "");
            var since = session.Status == SessionStatus.Active && turn is { Count: > 0 } ? turn[0].AtMs : session.UpdatedAtMs;
            return new Participant(session.Id, session.AgentId, session.Label, session.Status, since, session.DeletedAtMs is not null,
                queues.Contains(session.Id), session.Status.IsParked() ? waits.GetValueOrDefault(session.Id) : null, turn is null ? null : Open(turn));
        })];
    }

    /// <summary>Whether a person's message waits in a session.</summary>
    public static Task<bool> IsSpokenToAsync(LabDbContext db, string sessionId, CancellationToken cancellation) =>
        db.Set<QueuedMessageRecord>().AnyAsync(queued => queued.SessionId == sessionId, cancellation);

    /// <summary>What a session is parked for; null where it is not.</summary>
    public static WakeCondition? WaitOf(LabDbContext db, string sessionId) => db.Set<WakeCondition>().AsNoTracking().SingleOrDefault(wait => wait.SessionId == sessionId);

    /// <summary>The beginning of each turn and its calls' comings and goings.</summary>
    private static Dictionary<string, List<SessionEvent>> ReadTurns(LabDbContext db, List<string> turnIds) =>
        db.Set<SessionEventRecord>().AsNoTracking()
            .Where(row => turnIds.Contains(row.TurnId) && (row.Data.StartsWith("{\"kind\":\"turn.started\"") || row.Data.StartsWith("{\"kind\":\"tool.started\"") || row.Data.StartsWith("{\"kind\":\"tool.finished\"")))
            .OrderBy(row => row.SessionId).ThenBy(row => row.Sequence).ToList()
            .GroupBy(row => row.TurnId).ToDictionary(group => group.Key, group => group.Select(row => row.ToEvent()).ToList());

    private static OpenCall? Open(List<SessionEvent> turn)
    {
        var ended = turn.Select(each => each.Data).OfType<ToolFinished>().Select(finished => finished.CallId).ToHashSet();
        var open = turn.FindLast(each => each.Data is ToolStarted started && !ended.Contains(started.CallId));
        return open?.Data is ToolStarted call ? new OpenCall(call.CallId, call.Tool, open.AtMs) : null;
    }
}
