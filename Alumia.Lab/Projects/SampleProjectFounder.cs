using Alumia.Lab.Organizations;
using Alumia.Lab.Storage;

namespace Alumia.Lab.Projects;

/// <summary>Every org is born with a project to try things in.</summary>
internal sealed class SampleProjectFounder : IOrgFounded
{
    public void OrgFounded(Tx tx, Organizations.Org org, string founderId)
    {
        var edit = new ProjectEdit("Sample project") { Description = "A place to try agents and their tools." };
        tx.Db.Add(ProjectDirectory.New(org.Id, founderId, edit, tx.NowMs));
        tx.Changed(ProjectDirectory.ListKey(org.Id));
    }
}
