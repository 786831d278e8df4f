using Alumia.Lab.Ledger;
using Alumia.Lab.Storage;
using Microsoft.EntityFrameworkCore;

namespace Alumia.Lab.Sessions;

/// <summary>A session that was deleted for good.</summary>
public sealed record ForgottenSession(string Id, string OrgId, string ProjectId);

/// <summary>Deletes sessions for good: their messages, turns and queue. What was paid for them stays in the ledger, and what other rooms keep of them is theirs to delete in the same transaction.</summary>
public sealed class SessionForgetting(IDbContextFactory<LabDbContext> contexts)
{
    private static readonly string _atRest = string.Join(", ", Enum.GetValues<SessionStatus>().Where(status => !status.IsLive()).Select(status => $"'{status.Word()}'"));

    /// <summary>
    /// Deletes what of the next so many sessions, by id, was at rest since before this time (UTC ms), or deleted by a person before it. One stays for which
    /// another session waits, or money is held. Returns what is gone, and the id to go on after; null where there are no more.
    /// </summary>
    public static (IReadOnlyList<ForgottenSession> Gone, string? Next) Forget(Tx tx, long beforeMs, string after, int most)
    {
        // The rows are held until the end, so that a message that comes now begins its turn before, or finds no session.
        var old = tx.All($"""
            SELECT id, org_id, project_id FROM session
            WHERE id > @after AND updated_at_ms < @before AND (deleted_at_ms IS NULL OR deleted_at_ms < @before) AND status IN ({_atRest})
            ORDER BY id LIMIT @most{tx.ForUpdate}
            """,
            static row => new ForgottenSession(row.GetString(0), row.GetString(1), row.GetString(2)), ("after", after), ("before", beforeMs), ("most", most));
        var gone = old.FindAll(session => !IsWaitedFor(tx, session.Id) && LedgerBook.OpenOf(tx, session.Id) is null);
        foreach (var session in gone)
        {
            tx.Run("DELETE FROM session WHERE id = @id", ("id", session.Id)); // Its events, turns and queue go with it.
            tx.Changed(Conversations.Key(session.Id));
            tx.Changed(Conversations.ListKey(session.ProjectId));
        }
        return (gone, old.Count < most ? null : old[^1].Id);
    }

    /// <summary>Those of these ids under which there is no session, deleted or not.</summary>
    public async Task<IReadOnlyList<string>> UnknownAsync(IReadOnlyCollection<string> ids, CancellationToken cancellation)
    {
        await using var db = contexts.CreateDbContext();
        var known = await db.Set<Session>().Where(session => ids.Contains(session.Id)).Select(session => session.Id).ToListAsync(cancellation); // Of every org: on behalf of the lab.
        return [.. ids.Except(known)];
    }

    private static bool IsWaitedFor(Tx tx, string sessionId) =>
        tx.One("SELECT 1 FROM wake_condition WHERE arguments LIKE @id OR key LIKE @id LIMIT 1", static _ => true, ("id", $"%{sessionId}%"));
}
