using Alumia.Lab.Organizations;
using Alumia.Lab.Storage;
using Microsoft.EntityFrameworkCore;

namespace Alumia.Lab.Connectors;

/// <summary>Which connection a turn may use, for the runtime, which acts for the org and not for a person.</summary>
public sealed class ConnectionFinder(IDbContextFactory<LabDbContext> contexts, OrgDirectory orgs)
{
    // Read with every call of an operation, so compiled once.
    private readonly Func<LabDbContext, string, string, IAsyncEnumerable<Connection>> _of = EF.CompileAsyncQuery(
        (LabDbContext db, string orgId, string connector) => db.Set<Connection>().Where(row => row.OrgId == orgId && row.Connector == connector));

    private readonly Func<LabDbContext, string, CancellationToken, Task<Connection?>> _get = EF.CompileAsyncQuery(
        (LabDbContext db, string id, CancellationToken cancellation) => db.Set<Connection>().SingleOrDefault(row => row.Id == id)); // Of every org: on behalf of the lab, which has the id from a connection of the turn's org.

    /// <summary>
    /// The connection that a turn of this user may use: the user's own, else one that its owner shares; where there are several, one that works, then the oldest.
    /// Null where there is none. A connection whose owner has left the org is nobody's.
    /// </summary>
    public async Task<Connection?> FindAsync(string orgId, string? userId, string connector, CancellationToken cancellation)
    {
        var found = new List<Connection>();
        await using (var db = contexts.CreateDbContext())
        {
            await foreach (var row in _of(db, orgId, connector).WithCancellation(cancellation))
            {
                if (row.Secret.Length > 0 && (row.OwnerId == userId || row.IsShared))
                    found.Add(row);
            }
        }
        foreach (var row in found.OrderByDescending(row => row.OwnerId == userId).ThenByDescending(row => row.Status == ConnectionStatus.Connected).ThenBy(row => row.Id, StringComparer.Ordinal))
        {
            if (await orgs.ScopeOfIdAsync(row.OwnerId, orgId, cancellation) is not null)
                return row;
        }
        return null;
    }

    /// <summary>A connection as it is now; null where it is gone.</summary>
    internal async Task<Connection?> GetAsync(string connectionId, CancellationToken cancellation)
    {
        await using var db = contexts.CreateDbContext();
        return await _get(db, connectionId, cancellation);
    }
}
