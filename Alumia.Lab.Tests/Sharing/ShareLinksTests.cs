using Alumia.Lab.Organizations;
using Alumia.Lab.Projects;
using Alumia.Lab.Sharing;
using Alumia.Lab.Storage;
using Alumia.Lab.Tests.Harness;
using Alumia.Lab.Tests.Stories;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Alumia.Lab.Tests.Sharing;

/// <summary>Who switches sharing on and off, and what becomes of links, on both databases.</summary>
public sealed class ShareLinksTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory, BothProviders]
    public async Task Makers_owners_and_admins_share_others_see_why_not_and_each_switching_on_is_a_new_token(StorageProvider provider)
    {
        await using var lab = await LabOnAsync(provider);
        var owner = await People.FoundAsync(lab, "otto");
        var (maker, admin) = (await People.JoinAsync(lab, owner, "ottos-maker", OrgRole.Member), await People.JoinAsync(lab, owner, "ottos-admin", OrgRole.Admin));
        var (member, viewer) = (await People.JoinAsync(lab, owner, "ottos-member", OrgRole.Member), await People.JoinAsync(lab, owner, "ottos-viewer", OrgRole.Viewer));
        var project = await lab.Services.GetRequiredService<ProjectDirectory>().CreateAsync(maker, new ProjectEdit("Shop"), Ct);
        var links = lab.Services.GetRequiredService<ShareLinks>();
        foreach (var other in new[] { member, viewer })
        {
            Assert.Equal(RefusalKind.Forbidden, (await Assert.ThrowsAsync<Refusal>(() => links.SwitchOnAsync(other, project.Id, SharedParts.All, Ct))).Kind);
            Assert.False((await links.FindAsync(other, project.Id, Ct)).MayShare);
        }
        HashSet<string> addresses = [];
        foreach (var sharer in new[] { maker, admin, owner })
        {
            await links.SwitchOnAsync(sharer, project.Id, SharedParts.Messages, Ct);
            var state = await links.FindAsync(sharer, project.Id, Ct);
            Assert.True(addresses.Add(state.Address!));
            // Shared already: only what is seen changes.
            await links.SwitchOnAsync(sharer, project.Id, SharedParts.All, Ct);
            var changed = await links.FindAsync(owner, project.Id, Ct);
            Assert.Equal((state.Address, SharedParts.All), (changed.Address, changed.Link!.Parts));
            var seen = await links.FindAsync(member, project.Id, Ct);
            Assert.Equal((null, true), (seen.Address, seen.Link is not null));
            Assert.Equal(state.Address, Assert.Single(await links.ListAsync(owner, Ct)).Address);
            await Assert.ThrowsAsync<Refusal>(() => links.SwitchOffAsync(member, project.Id, Ct));
            await links.SwitchOffAsync(sharer, project.Id, Ct);
            Assert.Empty(await links.ListAsync(owner, Ct));
        }
        await using var db = lab.Services.GetRequiredService<IDbContextFactory<LabDbContext>>().CreateDbContext();
        var rows = await db.Set<ShareLink>().Where(link => link.OrgId == owner.OrgId).ToListAsync(Ct);
        Assert.Equal(3, rows.Count);
        Assert.All(rows, row => Assert.Equal((null, ShareEnd.SwitchedOff), (row.Secret, row.OffWhy)));
    }

    [Theory, BothProviders]
    public async Task Archiving_and_deleting_a_project_end_its_link_and_an_archived_one_is_not_shared(StorageProvider provider)
    {
        await using var lab = await LabOnAsync(provider);
        var owner = await People.FoundAsync(lab, "olga");
        var share = await (await Shares.MakeAsync(lab, owner)).OnAsync();
        await share.Projects.ArchiveAsync(owner, share.Project.Id, true, Ct);
        Assert.Null((await share.Links.FindAsync(owner, share.Project.Id, Ct)).Link);
        Assert.Equal(RefusalKind.Conflict, (await Assert.ThrowsAsync<Refusal>(() => share.Links.SwitchOnAsync(owner, share.Project.Id, SharedParts.All, Ct))).Kind);
        // Brought back, it is not shared by itself.
        await share.Projects.ArchiveAsync(owner, share.Project.Id, false, Ct);
        Assert.Null((await share.Links.FindAsync(owner, share.Project.Id, Ct)).Link);
        var first = share.Token;
        await share.OnAsync();
        Assert.NotEqual(first, share.Token);
        await share.Projects.DeleteAsync(owner, share.Project.Id, Ct);
        var door = lab.Services.GetRequiredService<ShareDoor>();
        foreach (var (token, why) in new[] { (first, ShareEnd.ProjectArchived), (share.Token, ShareEnd.ProjectDeleted) })
        {
            Assert.Null(await door.OpenAsync(token, false, Ct));
            var link = (await door.LinkAsync(token, Ct))!;
            Assert.Equal((why, null), (link.OffWhy, link.Secret));
        }
    }

    [Fact]
    public async Task A_link_that_was_switched_off_is_forgotten_after_thirty_days()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var lab = await LabHost.StartAsync(new LabHostOptions { Clock = clock });
        var share = await (await Shares.MakeAsync(lab, "oskar")).OnAsync();
        await share.OffAsync();
        var door = lab.Services.GetRequiredService<ShareDoor>();
        clock.Advance(TimeSpan.FromDays(29));
        Assert.NotNull(await door.LinkAsync(share.Token, Ct));
        await Eventually.True(async () =>
        {
            clock.Advance(TimeSpan.FromDays(2));
            return await door.LinkAsync(share.Token, Ct) is null;
        }, "the link is forgotten");
    }

    private static async Task<LabHost> LabOnAsync(StorageProvider provider) => await LabHost.StartAsync(provider == StorageProvider.Sqlite ? null : new LabHostOptions
    {
        Settings = new Dictionary<string, string?>
        {
            ["Storage:Provider"] = "Postgres",
            ["Storage:ConnectionString"] = await (await PostgresServer.CurrentAsync()).NewDatabaseAsync(),
        },
    });
}
