using Alumia.Lab.Accounts;
using Alumia.Lab.Agents;
using Alumia.Lab.Blocks;
using Alumia.Lab.Models;
using Alumia.Lab.Organizations;
using Alumia.Lab.Projects;
using Alumia.Lab.Storage;
using Alumia.Lab.Tests.Harness;
using Alumia.Lab.Tools;
using Microsoft.Extensions.Configuration;

namespace Alumia.Lab.Tests.Blocks;

/// <summary>A shelf on a database of its own, with one project: two people of its org, and an agent at work in it.</summary>
internal sealed class Shelves(LabDatabase database) : IAsyncDisposable
{
    public static readonly OrgScope Mia = new("org_1", "demo", "usr_mia", OrgRole.Member);
    public static readonly OrgScope Ben = Mia with { UserId = "usr_ben" };
    public static readonly ToolContext Ala = new("org_1", ProjectId, "ses_1", "agt_1", "trn_1", "usr_mia");
    public const string ProjectId = "prj_1";

    public BlockShelf Shelf => new(database.Contexts, database.Writer, Authors);

    public BlockAuthors Authors { get; } =
        new(new Names(), new AgentDirectory(database.Contexts, database.Writer, new ModelCatalogue(new ConfigurationBuilder().Build()), new Audit(database.Contexts, new Names())));

    public LabDatabase Database => database;

    public static async Task<Shelves> OpenAsync(StorageProvider provider, ProjectVisibility visibility = ProjectVisibility.Team, TimeProvider? clock = null)
    {
        var database = await LabDatabase.CreateAsync(provider, clock);
        await database.Writer.Write(tx => tx.Db.Add(new Project
        {
            Id = ProjectId,
            OrgId = Mia.OrgId,
            Name = "Tea",
            Visibility = visibility,
            MakerId = Mia.UserId,
            CreatedAtMs = tx.NowMs,
        }), TestContext.Current.CancellationToken);
        return new Shelves(database);
    }

    public ValueTask DisposeAsync() => database.DisposeAsync();

    private sealed class Names : IUserNames
    {
        public Task<IReadOnlyDictionary<string, string>> OfAsync(IEnumerable<string> userIds, CancellationToken cancellation = default) =>
            Task.FromResult<IReadOnlyDictionary<string, string>>(new Dictionary<string, string> { [Mia.UserId] = "Mia", [Ben.UserId] = "Ben" });
    }
}
