using Alumia.Lab.Storage;
using Alumia.Lab.Troubles;
using Microsoft.EntityFrameworkCore;

namespace Alumia.Lab.Connectors;

/// <summary>
/// Tells on the card of a session that waits for a connection what came of the consent that its person went to, where that did not mend it: it was denied, changed
/// nothing, or another account came back.
/// </summary>
internal sealed class ConsentWatch(IDbContextFactory<LabDbContext> contexts, Writer writer, ChangeFeed feed, IHostApplicationLifetime lifetime, TimeProvider clock, ILogger<ConsentWatch> log)
    : DueWork(feed, lifetime, clock, log)
{
    /// <summary>The fact's label.</summary>
    public const string Label = "The last consent";

    private static readonly string[] _kinds = [OperationTroubles.NeededKind, OperationTroubles.ScopeKind];
    private static readonly string _keys = ConnectionKeys.List("");

    protected override bool Concerns(string key) => key.StartsWith(_keys, StringComparison.Ordinal);

    protected override async Task<long> WorkAsync(IReadOnlySet<string> keys, CancellationToken cancellation)
    {
        await using var db = contexts.CreateDbContext();
        foreach (var trouble in await TroubleLog.OpenOf(db, _kinds).AsNoTracking().ToListAsync(cancellation))
        {
            if (await LastAsync(db, trouble, cancellation) is { } attempt && !trouble.Evidence.Contains(FactOf(attempt)))
                await writer.Write(tx => Tell(tx, trouble.Id, attempt), cancellation);
        }
        return long.MaxValue;
    }

    /// <summary>The last consent since then that was for this and did not come out well.</summary>
    private static async Task<ConnectAttempt?> LastAsync(LabDbContext db, Trouble trouble, CancellationToken cancellation)
    {
        if (trouble.Fixes.Find(fix => fix.Kind is ReconnectFix.Reconnect or ConnectFix.Connect) is not { } fix)
            return null;
        var (connector, connection) = (fix["connector"], fix.Arguments!.GetValueOrDefault("connection"));
        var last = await db.Set<ConnectAttempt>().AsNoTracking()
            .Where(attempt => attempt.OrgId == trouble.OrgId && attempt.Connector == connector && attempt.UsedAtMs >= trouble.SinceMs && attempt.Outcome != ""
                && (connection == null ? fix.OnlyFor == null || attempt.UserId == fix.OnlyFor : attempt.ConnectionId == connection))
            .OrderByDescending(attempt => attempt.UsedAtMs).FirstOrDefaultAsync(cancellation);
        return last is { IsGood: false } ? last : null;
    }

    private static void Tell(Tx tx, string troubleId, ConnectAttempt attempt)
    {
        // It may have healed in that very moment.
        if (tx.Db.Set<Trouble>().SingleOrDefault(trouble => trouble.Id == troubleId && trouble.HealedAtMs == null) is not { } open)
            return;
        var cause = open.Evidence.Find(fact => fact.Label == Label) is { } before ? open.Cause[(before.Value.Length + 1)..] : open.Cause;
        TroubleLog.Raise(tx, open.OrgId, open.Kind, open.About, open.Title, $"{attempt.Outcome} {cause}",
            [.. open.Evidence.Where(fact => fact.Label != Label), FactOf(attempt)], open.Fixes, open.ProjectId, open.SessionId);
    }

    private static Evidence FactOf(ConnectAttempt attempt) => new(Label, attempt.Outcome, attempt.UsedAtMs);
}
