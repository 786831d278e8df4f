using Alumia.Lab.Accounts;
using Alumia.Lab.Agents;
using Alumia.Lab.Organizations;

namespace Alumia.Lab.Blocks;

/// <summary>How the writers of versions are called on the screen.</summary>
public sealed class BlockAuthors(IUserNames people, AgentDirectory agents)
{
    private const string GuestPrefix = "guest:";

    /// <summary>Stands for the id of a writer whose version came with a file: a name, and nobody's rights.</summary>
    public static string Guest(string name) => GuestPrefix + name;

    /// <summary>The names of these versions' writers, by their ids; who is gone is "somebody" or "an agent".</summary>
    public async Task<IReadOnlyDictionary<string, string>> NamesAsync(OrgScope scope, IEnumerable<BlockVersion> versions, CancellationToken cancellation)
    {
        var writers = versions.Select(version => (version.By, version.ById)).Distinct().ToList();
        var ours = writers.Where(writer => !writer.ById.StartsWith(GuestPrefix, StringComparison.Ordinal)).ToList();
        var users = await people.OfAsync(ours.Where(writer => writer.By == AuthorKind.Person).Select(writer => writer.ById), cancellation);
        var ofOrg = ours.Exists(writer => writer.By == AuthorKind.Agent)
            ? (await agents.ListAsync(scope, cancellation)).ToDictionary(agent => agent.Id, agent => agent.Name)
            : [];
        var names = new Dictionary<string, string>();
        foreach (var (by, id) in writers)
        {
            names[id] = id.StartsWith(GuestPrefix, StringComparison.Ordinal) ? id[GuestPrefix.Length..]
                : by == AuthorKind.Person ? users.GetValueOrDefault(id, "somebody")
                : ofOrg.GetValueOrDefault(id, "an agent");
        }
        return names;
    }
}
