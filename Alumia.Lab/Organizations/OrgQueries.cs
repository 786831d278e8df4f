using Alumia.Lab.Storage;

namespace Alumia.Lab.Organizations;

public static class OrgQueries
{
    /// <summary>The only way to a table of <see cref="IOrgOwned"/> rows on behalf of a person: what is another org's does not exist.</summary>
    public static IQueryable<T> In<T>(this LabDbContext db, OrgScope scope) where T : class, IOrgOwned =>
        db.Set<T>().Where(row => row.OrgId == scope.OrgId);

    /// <summary>Holds the org's row until the transaction ends, so that two works that need something to be once in an org come one after the other.</summary>
    public static void Lock(Tx tx, string orgId) => tx.Run("UPDATE org SET slug = slug WHERE id = @id", ("id", orgId));
}
