using Alumia.Lab.Organizations;
using Alumia.Lab.Projects;
using Alumia.Lab.Storage;
using Alumia.Lab.Tests.Harness;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Time.Testing;

namespace Alumia.Lab.Tests.Projects;

public sealed class ProjectDirectoryTests
{
    private static readonly OrgScope _owner = new("org_1", "one", "usr_owner", OrgRole.Owner);
    private static readonly OrgScope _admin = _owner with { UserId = "usr_admin", Role = OrgRole.Admin };
    private static readonly OrgScope _maker = _owner with { UserId = "usr_maker", Role = OrgRole.Member };
    private static readonly OrgScope _member = _owner with { UserId = "usr_member", Role = OrgRole.Member };
    private static readonly OrgScope _viewer = _owner with { UserId = "usr_viewer", Role = OrgRole.Viewer };
    private static readonly OrgScope _stranger = new("org_2", "two", "usr_stranger", OrgRole.Owner);
    private readonly FakeTimeProvider _clock = new(DateTimeOffset.UnixEpoch.AddDays(20_000));

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_private_project_is_open_to_its_maker_and_the_orgs_owners_and_admins_alone()
    {
        await using var database = await LabDatabase.CreateAsync(StorageProvider.Sqlite, _clock);
        var projects = Directory(database);
        var secret = await projects.CreateAsync(_maker, new ProjectEdit("Secret") { Visibility = ProjectVisibility.Private }, Ct);
        var open = await projects.CreateAsync(_maker, new ProjectEdit("Open"), Ct);
        foreach (var scope in new[] { _maker, _admin, _owner })
        {
            Assert.Equal("Secret", (await projects.FindAsync(scope, secret.Id, Ct)).Name);
            Assert.Equal(2, (await projects.IdsAsync(scope, Ct)).Count);
        }
        foreach (var scope in new[] { _member, _viewer })
        {
            await RefusedAsync(RefusalKind.NotFound, () => projects.FindAsync(scope, secret.Id, Ct));
            await RefusedAsync(RefusalKind.NotFound, () => projects.RenameAsync(scope, secret.Id, "Mine", Ct));
            Assert.Equal([open.Id], (await projects.ListAsync(scope, null, false, Ct)).Select(project => project.Id));
            Assert.Empty(await projects.ListAsync(scope, "secret", false, Ct));
        }
        Assert.Empty(await projects.IdsAsync(_stranger, Ct));
        await RefusedAsync(RefusalKind.NotFound, () => projects.DeleteAsync(_stranger, open.Id, Ct));
    }

    [Fact]
    public async Task Only_its_maker_and_owners_and_admins_change_a_project()
    {
        await using var database = await LabDatabase.CreateAsync(StorageProvider.Sqlite, _clock);
        var projects = Directory(database);
        var project = await projects.CreateAsync(_maker, new ProjectEdit("Notes"), Ct);
        await RefusedAsync(RefusalKind.Forbidden, () => projects.CreateAsync(_viewer, new ProjectEdit("No"), Ct));
        foreach (var scope in new[] { _member, _viewer, _maker with { Role = OrgRole.Viewer } })
        {
            await RefusedAsync(RefusalKind.Forbidden, () => projects.RenameAsync(scope, project.Id, "Mine", Ct));
            await RefusedAsync(RefusalKind.Forbidden, () => projects.ArchiveAsync(scope, project.Id, true, Ct));
            await RefusedAsync(RefusalKind.Forbidden, () => projects.DeleteAsync(scope, project.Id, Ct));
        }
        foreach (var scope in new[] { _maker, _admin, _owner })
            await projects.RenameAsync(scope, project.Id, $"By {scope.UserId}", Ct);
        Assert.Equal("By usr_owner", (await projects.FindAsync(_viewer, project.Id, Ct)).Name);
    }

    [Fact]
    public async Task An_archived_project_leaves_the_list_and_comes_back_and_a_deleted_one_is_gone_for_everybody()
    {
        await using var database = await LabDatabase.CreateAsync(StorageProvider.Sqlite, _clock);
        var projects = Directory(database);
        var project = await projects.CreateAsync(_maker, new ProjectEdit("Notes"), Ct);
        await projects.ArchiveAsync(_maker, project.Id, true, Ct);
        Assert.Empty(await projects.ListAsync(_maker, null, archived: false, Ct));
        Assert.Single(await projects.ListAsync(_maker, null, archived: true, Ct));
        await projects.ArchiveAsync(_maker, project.Id, false, Ct);
        Assert.Single(await projects.ListAsync(_maker, null, archived: false, Ct));
        await projects.DeleteAsync(_maker, project.Id, Ct);
        await RefusedAsync(RefusalKind.NotFound, () => projects.FindAsync(_owner, project.Id, Ct));
        await RefusedAsync(RefusalKind.NotFound, () => projects.GetAsync(_owner.OrgId, project.Id, Ct));
        Assert.Empty(await projects.IdsAsync(_owner, Ct));
    }

    [Theory, BothProviders]
    public async Task The_last_active_comes_first_and_activity_is_told(StorageProvider provider)
    {
        await using var database = await LabDatabase.CreateAsync(provider, _clock);
        var projects = Directory(database);
        var first = await projects.CreateAsync(_maker, new ProjectEdit("First") { Tags = ["Spring"] }, Ct);
        _clock.Advance(TimeSpan.FromMinutes(1));
        var second = await projects.CreateAsync(_maker, new ProjectEdit("Second") { Description = "of the ÉTÉ" }, Ct);
        Assert.Equal([second.Id, first.Id], await IdsAsync(null));
        _clock.Advance(TimeSpan.FromMinutes(1));
        var told = false;
        using var list = database.Feed.Subscribe(ProjectDirectory.ListKey(_owner.OrgId), () => told = true);
        await database.Writer.Write(tx => ProjectDirectory.Touch(tx, first.Id), Ct);
        await Eventually.True(() => told, "the list was told");
        Assert.Equal([first.Id, second.Id], await IdsAsync(null));
        Assert.Equal([second.Id], await IdsAsync(" été "));
        Assert.Equal([first.Id], await IdsAsync("SPRING"));

        async Task<string[]> IdsAsync(string? search) => [.. (await projects.ListAsync(_maker, search, false, Ct)).Select(project => project.Id)];
    }

    [Theory, BothProviders]
    public async Task Activity_is_written_and_told_once_a_second_at_most(StorageProvider provider)
    {
        await using var database = await LabDatabase.CreateAsync(provider, _clock);
        var projects = Directory(database);
        var project = await projects.CreateAsync(_maker, new ProjectEdit("Notes"), Ct);
        foreach (var (ms, isNews) in new[] { (1_000, false), (1, true), (999, false), (1, false), (1, true) })
        {
            var (before, keys) = (await LastAsync(), new List<string>());
            _clock.Advance(TimeSpan.FromMilliseconds(ms));
            using (database.Feed.SubscribeAll(keys.Add))
            {
                await database.Writer.Write(tx =>
                {
                    ProjectDirectory.Touch(tx, project.Id);
                    tx.Changed("after");
                }, Ct);
                await Eventually.True(() => keys.Contains("after"), "the change was told");
            }
            Assert.Equal(isNews ? _clock.GetUtcNow().ToUnixTimeMilliseconds() : before, await LastAsync());
            Assert.Equal(isNews, keys.Contains(ProjectDirectory.ListKey(_owner.OrgId)));
        }

        async Task<long> LastAsync() => (await projects.FindAsync(_maker, project.Id, Ct)).LastActiveAtMs;
    }

    public static TheoryData<string, ProjectEdit> Wrong => new()
    {
        { "name", new(" ") },
        { "name", new(new string('a', 256)) },
        { "description", new("A") { Description = new string('a', 5_001) } },
        { "prompt", new("A") { Prompt = new string('a', 12_001) } },
        { "emoji", new("A") { Emoji = "ab" } },
        { "tags", new("A") { Tags = [.. Enumerable.Range(0, 21).Select(number => $"t{number}")] } },
        { "tags", new("A") { Tags = [new string('a', 51)] } },
    };

    [Theory, MemberData(nameof(Wrong))]
    public async Task What_breaks_a_limit_is_refused_by_name(string field, ProjectEdit edit)
    {
        await using var database = await LabDatabase.CreateAsync(StorageProvider.Sqlite, _clock);
        var refused = await RefusedAsync(RefusalKind.Invalid, () => Directory(database).CreateAsync(_maker, edit, Ct));
        Assert.Equal([field], refused.Fields.Keys);
    }

    [Fact]
    public async Task A_change_of_visibility_stands_in_the_audit_trail_and_a_new_name_does_not()
    {
        await using var database = await LabDatabase.CreateAsync(StorageProvider.Sqlite, _clock);
        var projects = Directory(database);
        var project = await projects.CreateAsync(_maker, new ProjectEdit("Notes") { Emoji = "👩‍🚀" }, Ct);
        await projects.RenameAsync(_maker, project.Id, "Notes 2", Ct);
        var edit = ProjectEdit.Of(await projects.FindAsync(_maker, project.Id, Ct));
        await projects.UpdateAsync(_maker, project.Id, edit with { Visibility = ProjectVisibility.Private }, Ct);
        await using var db = database.Read();
        var entry = Assert.Single(await db.Set<AuditEntry>().ToListAsync(Ct));
        Assert.True(entry is { Action: "project.visibility", Subject: "Notes 2", Detail: "private", ActorUserId: "usr_maker" });
    }

    [Theory]
    [InlineData("Compare  two\nvendors", "Compare two vendors")]
    [InlineData("Write a long report on the history of the steam engine, with pictures", "Write a long report on the history of the steam engine, with…")]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa…")]
    public void A_sentence_names_a_project_by_its_first_words(string sentence, string name) => Assert.Equal(name, ProjectEdit.NameOf(sentence));

    [Fact]
    public async Task An_org_is_born_with_a_sample_project_of_its_founder()
    {
        await using var database = await LabDatabase.CreateAsync(StorageProvider.Sqlite, _clock);
        var org = new Alumia.Lab.Organizations.Org { Id = _owner.OrgId, Slug = _owner.OrgSlug, Name = "One", CreatedAtMs = 1 };
        await database.Writer.Write(tx => new SampleProjectFounder().OrgFounded(tx, org, _owner.UserId), Ct);
        var sample = Assert.Single(await Directory(database).ListAsync(_viewer, null, false, Ct));
        Assert.True(sample is { Name: "Sample project", MakerId: "usr_owner" });
    }

    private static ProjectDirectory Directory(LabDatabase database) =>
        new(database.Contexts, database.Writer, new Audit(database.Contexts, new NoNames()), []);

    private static async Task<Refusal> RefusedAsync(RefusalKind kind, Func<Task> deed)
    {
        var refused = await Assert.ThrowsAsync<Refusal>(deed);
        Assert.Equal(kind, refused.Kind);
        return refused;
    }
}

/// <summary>Nobody has a name.</summary>
internal sealed class NoNames : Lab.Accounts.IUserNames
{
    public Task<IReadOnlyDictionary<string, string>> OfAsync(IEnumerable<string> userIds, CancellationToken cancellation = default) =>
        Task.FromResult<IReadOnlyDictionary<string, string>>(new Dictionary<string, string>());
}
