using Alumia.Lab.Accounts;
using Alumia.Lab.Agents;
using Alumia.Lab.Organizations;

namespace Alumia.Lab.Blocks;

/// <summary>How the writers of versions are called on the screen.</summary>
public sealed class BlockAuthors(IUserNames people, AgentDirectory agents)
{
    /// <summary>The names of these versions' writers, by their ids; who is gone is "somebody" or "an agent".</summary>
    public async Task<IReadOnlyDictionary<string, string>> NamesAsync(OrgScope scope, IEnumerable<BlockVersion> versions, CancellationToken cancellation)
    {
        var writers = versions.Select(version => (version.By, version.ById)).Distinct().ToList();
        var users = await people.OfAsync(writers.Where(writer => writer.By == AuthorKind.Person).Select(writer => writer.ById), cancellation);
        var ofOrg = writers.Exists(writer => writer.By == AuthorKind.Agent)
            ? (await agents.ListAsync(scope, cancellation)).ToDictionary(agent => agent.Id, agent => agent.Name)
            : [];
        return writers.ToDictionary(writer => writer.ById, writer => writer.By == AuthorKind.Person
            ? users.GetValueOrDefault(writer.ById, "somebody")
            : ofOrg.GetValueOrDefault(writer.ById, "an agent"));
    }
}
