namespace Alumia.Lab.Organizations;

/// <summary>Roles as people read them.</summary>
public static class Roles
{
    public static IReadOnlyList<OrgRole> All { get; } = [OrgRole.Owner, OrgRole.Admin, OrgRole.Member, OrgRole.Viewer];

    /// <summary>The role within a sentence.</summary>
    public static string Word(OrgRole role) => role switch
    {
        OrgRole.Owner => "owner",
        OrgRole.Admin => "admin",
        OrgRole.Member => "member",
        _ => "viewer",
    };

    /// <summary>What it lets a person do.</summary>
    public static string Says(OrgRole role) => role switch
    {
        OrgRole.Owner => "does everything, and makes other owners",
        OrgRole.Admin => "also manages members, keys and money",
        OrgRole.Member => "works with agents and projects",
        _ => "sees everything, changes nothing",
    };
}
