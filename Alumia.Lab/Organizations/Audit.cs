using System.Runtime.CompilerServices;
using Alumia.Lab.Accounts;
using Alumia.Lab.Storage;
using Microsoft.EntityFrameworkCore;

namespace Alumia.Lab.Organizations;

/// <summary>An audit entry with the name of who did it.</summary>
public sealed record AuditLine(string Id, long AtMs, string Actor, string Action, string Subject, string Detail);

/// <summary>What of an audit trail is looked at: what one person did, or one kind of deed (<c>member</c> for all of its kind, <c>member.left</c> for one); null for all.</summary>
public sealed record AuditFilter(string? ActorId = null, string? Kind = null);

/// <summary>Who has done something in an org, by id and name, and which kinds of deeds there were.</summary>
public sealed record AuditChoices(IReadOnlyDictionary<string, string> Actors, IReadOnlyList<string> Kinds);

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
    /// <exception cref="Refusal">Forbidden.</exception>
    public Task<IReadOnlyList<AuditLine>> ListAsync(OrgScope scope, string? beforeId = null, int count = 50, AuditFilter? filter = null, CancellationToken cancellation = default)
    {
        scope.Require(OrgRole.Admin);
        return ReadAsync(scope.OrgId, beforeId, count, cancellation, filter);
    }

    /// <summary>All of them that the filter lets through, the newest first, read as they are taken.</summary>
    /// <exception cref="Refusal">Forbidden.</exception>
    internal async IAsyncEnumerable<AuditLine> AllAsync(OrgScope scope, AuditFilter filter, [EnumeratorCancellation] CancellationToken cancellation)
    {
        const int piece = 500;
        for (string? before = null; ;)
        {
            var lines = await ListAsync(scope, before, piece, filter, cancellation);
            foreach (var line in lines)
                yield return line;
            if (lines.Count < piece)
                yield break;
            before = lines[^1].Id;
        }
    }

    /// <summary>What there is to choose from.</summary>
    /// <exception cref="Refusal">Forbidden.</exception>
    public async Task<AuditChoices> ChoicesAsync(OrgScope scope, CancellationToken cancellation)
    {
        scope.Require(OrgRole.Admin);
        await using var db = contexts.CreateDbContext();
        var actors = await db.In<AuditEntry>(scope).Select(entry => entry.ActorUserId).Distinct().ToListAsync(cancellation);
        var actions = await db.In<AuditEntry>(scope).Select(entry => entry.Action).Distinct().ToListAsync(cancellation);
        var known = await names.OfAsync(actors, cancellation);
        return new AuditChoices(actors.ToDictionary(id => id, id => NameOf(id, known)), [.. actions.Select(action => action.Split('.')[0]).Distinct().Order(StringComparer.Ordinal)]);
    }

    internal async Task<IReadOnlyList<AuditLine>> ReadAsync(string orgId, string? beforeId, int count, CancellationToken cancellation, AuditFilter? filter = null)
    {
        await using var db = contexts.CreateDbContext();
        var entries = db.Set<AuditEntry>().Where(entry => entry.OrgId == orgId);
        if (filter?.ActorId is { Length: > 0 } actor)
            entries = entries.Where(entry => entry.ActorUserId == actor);
        if (filter?.Kind is { Length: > 0 } kind)
            entries = entries.Where(entry => entry.Action == kind || entry.Action.StartsWith(kind + "."));
        if (beforeId is not null)
            entries = entries.Where(entry => string.Compare(entry.Id, beforeId) < 0);
        var newest = await entries.OrderByDescending(entry => entry.Id).Take(count).ToListAsync(cancellation);
        var actors = await names.OfAsync(newest.Select(entry => entry.ActorUserId), cancellation);
        return [.. newest.Select(entry => new AuditLine(
            entry.Id, entry.AtMs, NameOf(entry.ActorUserId, actors), entry.Action, entry.Subject, entry.Detail))];
    }

    private static string NameOf(string actorId, IReadOnlyDictionary<string, string> names) => actorId == Lab ? "The lab" : names.GetValueOrDefault(actorId, "A removed account");
}
