using Alumia.Lab.Organizations;
using Alumia.Lab.Storage;
using Microsoft.EntityFrameworkCore;

namespace Alumia.Lab.Sessions;

/// <summary>Names that clients know sessions by and that move on with each answer: one of them is at rest under its name, and goes on with who takes the name from it.</summary>
internal sealed class SessionNames(Writer writer)
{
    /// <summary>The person's own session of this name, if it is at rest; from here on it has no name, so that nobody else goes on with it.</summary>
    public Task<Session?> TakeAsync(OrgScope scope, string name, CancellationToken cancellation) => writer.Write(tx =>
    {
        scope.Require(OrgRole.Member);
        var session = tx.Db.In<Session>(scope).AsNoTracking().SingleOrDefault(session => session.ClientName == name && session.DeletedAtMs == null && session.MakerId == scope.UserId);
        if (session is null || session.Status.IsLive())
            return null;
        return tx.Run("UPDATE session SET client_name = NULL WHERE id = @id AND client_name = @name", ("id", session.Id), ("name", name)) == 1 ? session : null;
    }, cancellation);

    /// <summary>Gives a session its name. Another one that had the same, for the same was said in it, loses it.</summary>
    public Task GiveAsync(Session session, string name, CancellationToken cancellation) => writer.Write(tx =>
    {
        tx.Run("UPDATE session SET client_name = NULL WHERE org_id = @org AND client_name = @name", ("org", session.OrgId), ("name", name));
        tx.Run("UPDATE session SET client_name = @name WHERE id = @id AND deleted_at_ms IS NULL", ("id", session.Id), ("name", name));
    }, cancellation);
}
