namespace Alumia.Lab.Organizations;

/// <summary>What a member may do, least first: each role has the rights of those before it.</summary>
public enum OrgRole
{
    /// <summary>Sees; sends nothing and changes nothing.</summary>
    Viewer,
    /// <summary>Works with agents and projects.</summary>
    Member,
    /// <summary>Also manages members, keys and money.</summary>
    Admin,
    /// <summary>Also makes and unmakes owners, and deletes the org.</summary>
    Owner,
}

/// <summary>
/// Who acts, in which org, with which role, as read from the database a moment ago. Every service call that touches an org's data takes one,
/// and every query goes through <see cref="OrgQueries.In{T}"/>.
/// </summary>
public sealed record OrgScope(string OrgId, string OrgSlug, string UserId, OrgRole Role)
{
    /// <summary>Throws a <see cref="RefusalKind.Forbidden"/> where the role is less than this.</summary>
    public void Require(OrgRole least)
    {
        if (Role < least)
            throw Refusal.Forbidden($"This needs the role {least} in this organization; yours is {Role}.");
    }

    public bool Can(OrgRole least) => Role >= least;
}

/// <summary>A row that belongs to one org.</summary>
public interface IOrgOwned
{
    string OrgId { get; }
}

/// <summary>
/// What a room puts into a new org (Ala, a sample project, ledger accounts); it runs in the transaction that founds it.
/// The founder is the user who becomes its owner.
/// </summary>
public interface IOrgFounded
{
    void OrgFounded(Storage.Tx tx, Org org, string founderId);
}
