using Alumia.Lab.Projects;
using Alumia.Lab.Storage;
using Alumia.Lab.Troubles;

namespace Alumia.Lab.Sharing;

/// <summary>Tells those who may share of links that are off and still asked for.</summary>
internal static class ShareTroubles
{
    public const string Kind = "share_link_off";
    public const string Section = "404 on /share/<token>";
    public const string ShareAgain = "share_again";
    private const long FadesMs = 7 * 24L * 3_600_000;

    /// <summary>One trouble a project, however many of its links are asked for.</summary>
    public static string About(string projectId) => $"share:{projectId}";

    /// <summary>Raises or renews the trouble. Where the project is shared by a new link, the old one is nobody's trouble.</summary>
    public static void StillAskedFor(Tx tx, ShareLink link)
    {
        if (link.OffAtMs is not { } offAt || tx.Db.Set<ShareLink>().Any(other => other.ProjectId == link.ProjectId && other.OffAtMs == null))
            return;
        if (ProjectDirectory.FindAny(tx, link.OrgId, link.ProjectId) is not { } project)
            return;
        var isGone = project.DeletedAtMs is not null;
        Evidence[] evidence =
        [
            new(Ended(link.OffWhy), project.Name, offAt),
            new("Asked for since", link.Asked == 1 ? "once" : $"{link.Asked} times", link.LastAskedAtMs),
        ];
        TroubleLog.Raise(tx, link.OrgId, Kind, About(link.ProjectId),
            $"The shared link of {project.Name} is still being asked for",
            Cause(link.OffWhy), evidence,
            isGone ? [] : [new Fix(ShareAgain, "Share again", new() { ["project"] = link.ProjectId })],
            isGone ? null : link.ProjectId,
            fadesAtMs: Math.Min(tx.NowMs + FadesMs, offAt + (ShareLink.KeptDays * 24L * 3_600_000)),
            onlyFor: project.MakerId);
    }

    /// <summary>Why the link leads nowhere, for those who may share.</summary>
    public static string Cause(ShareEnd? why) => why switch
    {
        ShareEnd.ProjectArchived => "Sharing ended when the project was archived, so the link answers 404. Bring the project back and share it again; the new link has another address.",
        ShareEnd.ProjectDeleted => "The project was deleted, so its link answers 404.",
        _ => "Sharing was switched off, so the link answers 404. Share again and send the new link: the old one stays dead.",
    };

    private static string Ended(ShareEnd? why) => why switch
    {
        ShareEnd.ProjectArchived => "Archived",
        ShareEnd.ProjectDeleted => "Deleted",
        _ => "Switched off",
    };
}
