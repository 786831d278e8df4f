using Alumia.Lab.Organizations;
using Alumia.Lab.Storage;

namespace Alumia.Lab.Projects;

/// <summary>What a room ends when a project is archived or deleted; it runs in the transaction that does so.</summary>
public interface IProjectClosing
{
    /// <summary>The project says by <see cref="Project.ArchivedAtMs"/> and <see cref="Project.DeletedAtMs"/> which of the two it is.</summary>
    void ProjectClosing(Tx tx, OrgScope scope, Project project);
}
