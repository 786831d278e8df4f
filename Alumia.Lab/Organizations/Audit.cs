using Alumia.Lab.Accounts;
using Alumia.Lab.Storage;
using Microsoft.EntityFrameworkCore;

namespace Alumia.Lab.Organizations;

/// <summary>An audit entry with the name of who did it.</summary>
public sealed record AuditLine(string Id, long AtMs, string Actor, string Action, string Subject, string Detail);

/// <summary>The audit trail. An entry is written in the transaction of what it tells of: neither is there without the other.</summary>
public sealed class Audit(IDbContextFactory<LabDbContext> contexts, IUserNames names)
{
    /// <summary>Stands in place of an org's id for what concerns the whole instance.</summary>
    internal const string Instance = "instance";

    /// <summary>Stands in place of a person's id for what the lab does by itself.</summary>
    public const string Lab = "lab";

    public void Write(Tx tx, OrgScope scope, string action, string subject, string detail = "") =>
        Write(tx, scope.OrgId, scope.UserId, action, subject, detail);

    public void Write(Tx tx, string orgId, string actorUserId, string action, string subject, string detail = "")
    {
        tx.Db.Add(new AuditEntry
        {
            Id = Id.New("aud", tx.NowMs),
            OrgId = orgId,
            AtMs = tx.NowMs,
            ActorUserId = actorUserId,
            Action = action,
            Subject = subject,
            Detail = detail,
        });
        tx.Changed($"audit:{orgId}");
    }

    /// <summary>The newest entries before this one (or of all), for owners and admins.</summary>
    public Task<IReadOnlyList<AuditLine>> ListAsync(OrgScope scope, string? beforeId = null, int count = 50, CancellationToken cancellation = default)
    {
        scope.Require(OrgRole.Admin);
        return ReadAsync(scope.OrgId, beforeId, count, cancellation);
    }

    internal async Task<IReadOnlyList<AuditLine>> ReadAsync(string orgId, string? beforeId, int count, CancellationToken cancellation)
    {
        await using var db = contexts.CreateDbContext();
        var entries = db.Set<AuditEntry>().Where(entry => entry.OrgId == orgId);
        if (beforeId is not null)
            entries = entries.Where(entry => string.Compare(entry.Id, beforeId) < 0);
        var newest = await entries.OrderByDescending(entry => entry.Id).Take(count).ToListAsync(cancellation);
        var actors = await names.OfAsync(newest.Select(entry => entry.ActorUserId), cancellation);
        return [.. newest.Select(entry => new AuditLine(
            entry.Id, entry.AtMs, entry.ActorUserId == Lab ? "The lab" : actors.GetValueOrDefault(entry.ActorUserId, "A removed account"), entry.Action, entry.Subject, entry.Detail))];
    }
}
