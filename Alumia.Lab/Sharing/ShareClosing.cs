using Alumia.Lab.Organizations;
using Alumia.Lab.Projects;
using Alumia.Lab.Storage;

namespace Alumia.Lab.Sharing;

/// <summary>A project that is archived or deleted is shared no more.</summary>
internal sealed class ShareClosing(Audit audit) : IProjectClosing
{
    public void ProjectClosing(Tx tx, OrgScope scope, Project project)
    {
        var link = tx.Db.In<ShareLink>(scope).SingleOrDefault(row => row.ProjectId == project.Id && row.OffAtMs == null);
        if (link is null)
            return;
        ShareLinks.End(tx, link, project.DeletedAtMs is null ? ShareEnd.ProjectArchived : ShareEnd.ProjectDeleted);
        audit.Write(tx, scope, "share.off", project.Name, project.DeletedAtMs is null ? "with the project's archiving" : "with the project");
    }
}
