using Alumia.Lab.Organizations;
using Alumia.Lab.Projects;

namespace Alumia.Lab.Sharing;

/// <summary>What one link lets a visitor see: one project, and which parts of it.</summary>
internal sealed record ShareSight(string? LinkId, string OrgId, string ProjectId, string Name, string Emoji, SharedParts Parts)
{
    /// <summary>
    /// With which the visitor's reading asks the rooms below: it sees what the project's maker sees and can change nothing. It never leaves the reading.
    /// </summary>
    internal required OrgScope Scope { get; init; }

    public bool Has(SharedParts part) => Parts.HasFlag(part);

    /// <summary>What a link of this project with these parts would show, or shows.</summary>
    public static ShareSight Of(Project project, SharedParts parts, string? linkId = null) => new(linkId, project.OrgId, project.Id, project.Name, project.Emoji, parts)
    {
        Scope = new OrgScope(project.OrgId, "", project.MakerId, OrgRole.Viewer),
    };
}
