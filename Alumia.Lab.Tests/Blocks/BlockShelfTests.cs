using Alumia.Lab.Blocks;
using Alumia.Lab.Organizations;
using Alumia.Lab.Projects;
using Alumia.Lab.Storage;
using Alumia.Lab.Tests.Harness;
using static Alumia.Lab.Tests.Blocks.Shelves;

namespace Alumia.Lab.Tests.Blocks;

/// <summary>What people do with blocks.</summary>
public sealed class BlockShelfTests
{
    private static CancellationToken Gone => TestContext.Current.CancellationToken;

    [Theory, BothProviders]
    public async Task A_block_of_another_org_or_a_private_project_does_not_exist(StorageProvider provider)
    {
        await using var shelves = await OpenAsync(provider, ProjectVisibility.Private);
        var shelf = shelves.Shelf;
        var block = await shelf.PutAsync(Ala, BlockKind.Document, "Tea", "One", null, Gone);
        foreach (var stranger in new[] { Mia with { OrgId = "org_2", Role = OrgRole.Owner }, Ben })
        {
            await RefusedAsync(RefusalKind.NotFound, shelf.GetAsync(stranger, block.Id, Gone));
            await RefusedAsync(RefusalKind.NotFound, shelf.VersionsAsync(stranger, block.Id, Gone));
            await RefusedAsync(RefusalKind.NotFound, shelf.EditAsync(stranger, block.Id, 1, "Mine", "Mine", Gone));
            await RefusedAsync(RefusalKind.NotFound, shelf.DeleteAsync(stranger, [block.Id], Gone));
        }
        Assert.Equal("One", (await shelf.GetAsync(Mia, block.Id, Gone)).Content);
    }

    [Theory, BothProviders]
    public async Task A_person_adds_edits_and_reverts_and_every_version_stays(StorageProvider provider)
    {
        await using var shelves = await OpenAsync(provider);
        var shelf = shelves.Shelf;
        var block = await shelf.CreateAsync(Mia, ProjectId, BlockKind.Document, " Tea ", "One", Gone);
        Assert.Equal(("Tea", 1, null), (block.Title, block.Version, block.SessionId));
        var edit = await shelf.EditAsync(Ben, block.Id, 1, "Green tea", "Two", Gone);
        Assert.Equal((2, false), (edit.Version, edit.IsClash));
        Assert.Equal(2, (await shelf.EditAsync(Ben, block.Id, 2, "Green tea", "Two", Gone)).Version);
        var reverted = await shelf.RevertAsync(Mia, block.Id, 1, Gone);
        Assert.Equal(("Tea", 3), (reverted.Title, reverted.Version));
        var versions = await shelf.VersionsAsync(Mia, block.Id, Gone);
        Assert.Equal([("Tea", "One", "usr_mia", 2), ("Green tea", "Two", "usr_ben", 1), ("Tea", "One", "usr_mia", (int?)null)],
            versions.Select(version => (version.Title, version.Content, version.ById, version.BaseVersion)));
        Assert.Equal("One", (await shelf.GetAsync(Ben, block.Id, Gone)).Content);
    }

    [Theory, BothProviders]
    public async Task Deleted_blocks_are_gone_until_they_are_restored(StorageProvider provider)
    {
        await using var shelves = await OpenAsync(provider);
        var shelf = shelves.Shelf;
        var one = await shelf.CreateAsync(Mia, ProjectId, BlockKind.Document, "One", "1", Gone);
        var two = await shelf.DuplicateAsync(Ben, one.Id, Gone);
        Assert.Equal("One (copy)", two.Title);
        await RefusedAsync(RefusalKind.NotFound, shelf.DeleteAsync(Mia, [one.Id, "blk_none"], Gone));
        Assert.Equal([one.Id, two.Id], (await shelf.ListAsync(Mia, ProjectId, Gone)).Select(block => block.Id));
        await shelf.DeleteAsync(Mia, [one.Id, two.Id], Gone);
        Assert.Empty(await shelf.ListAsync(Mia, ProjectId, Gone));
        await RefusedAsync(RefusalKind.NotFound, shelf.GetAsync(Mia, one.Id, Gone));
        await RefusedAsync(RefusalKind.NotFound, shelf.EditAsync(Mia, one.Id, 1, "One", "2", Gone));
        Assert.Empty(await shelf.ListAsync(Ala, Gone));
        await shelf.RestoreAsync(Ben, [one.Id, two.Id], Gone);
        Assert.Equal(["1", "1"], [(await shelf.GetAsync(Mia, one.Id, Gone)).Content, (await shelf.GetAsync(Mia, two.Id, Gone)).Content]);
    }

    [Fact]
    public async Task A_viewer_changes_nothing_and_nobody_changes_an_archived_project()
    {
        await using var shelves = await OpenAsync(StorageProvider.Sqlite);
        var shelf = shelves.Shelf;
        var block = await shelf.CreateAsync(Mia, ProjectId, BlockKind.Document, "One", "1", Gone);
        var viewer = Ben with { Role = OrgRole.Viewer };
        foreach (var change in Changes(shelf, viewer, block.Id))
            await RefusedAsync(RefusalKind.Forbidden, change());
        await shelves.Database.Writer.Write(tx => tx.Db.Set<Project>().Single().ArchivedAtMs = tx.NowMs, Gone);
        foreach (var change in Changes(shelf, Mia, block.Id))
            await RefusedAsync(RefusalKind.Conflict, change());
        Assert.Equal("1", (await shelf.GetAsync(viewer, block.Id, Gone)).Content);
        Assert.Single(await shelf.VersionsAsync(viewer, block.Id, Gone));
    }

    [Fact]
    public async Task A_title_has_1_to_255_characters_and_a_copys_is_cut()
    {
        await using var shelves = await OpenAsync(StorageProvider.Sqlite);
        var shelf = shelves.Shelf;
        foreach (var title in new[] { "  ", new string('x', 256) })
            await RefusedAsync(RefusalKind.Invalid, shelf.CreateAsync(Mia, ProjectId, BlockKind.Document, title, "1", Gone));
        var block = await shelf.CreateAsync(Mia, ProjectId, BlockKind.Document, new string('x', 255), "1", Gone);
        await RefusedAsync(RefusalKind.Invalid, shelf.EditAsync(Mia, block.Id, 1, "", "2", Gone));
        Assert.Equal(new string('x', 248) + " (copy)", (await shelf.DuplicateAsync(Mia, block.Id, Gone)).Title);
    }

    private static Func<Task>[] Changes(BlockShelf shelf, OrgScope who, string block) =>
    [
        () => shelf.CreateAsync(who, ProjectId, BlockKind.Document, "Two", "2", Gone),
        () => shelf.EditAsync(who, block, 1, "One", "2", Gone),
        () => shelf.RevertAsync(who, block, 1, Gone),
        () => shelf.DuplicateAsync(who, block, Gone),
        () => shelf.DeleteAsync(who, [block], Gone),
        () => shelf.RestoreAsync(who, [block], Gone),
    ];

    private static async Task RefusedAsync(RefusalKind kind, Task deed) => Assert.Equal(kind, (await Assert.ThrowsAsync<Refusal>(() => deed)).Kind);
}
