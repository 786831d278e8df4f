using Alumia.Lab.Blocks;
using Alumia.Lab.Blocks.Content;
using Alumia.Lab.Storage;
using Alumia.Lab.Tests.Harness;
using static Alumia.Lab.Tests.Blocks.Shelves;

namespace Alumia.Lab.Tests.Blocks;

/// <summary>Two write at once: what does not overlap is merged, and of the rest nothing is lost.</summary>
public sealed class BlockClashTests
{
    private static CancellationToken Gone => TestContext.Current.CancellationToken;

    [Theory, BothProviders]
    public async Task Changes_of_different_lines_are_merged(StorageProvider provider)
    {
        await using var shelves = await OpenAsync(provider);
        var shelf = shelves.Shelf;
        var block = await shelf.CreateAsync(Mia, ProjectId, BlockKind.Document, "Tea", "one\ntwo\nthree", Gone);
        await shelf.EditAsync(Mia, block.Id, 1, "Green tea", "ONE\ntwo\nthree", Gone);
        var edit = await shelf.EditAsync(Ben, block.Id, 1, "Tea", "one\ntwo\nTHREE\nfour", Gone);
        Assert.Equal((3, false), (edit.Version, edit.IsClash));
        var view = await shelf.GetAsync(Mia, block.Id, Gone);
        Assert.Equal(("Green tea", "ONE\ntwo\nTHREE\nfour", 0), (view.Block.Title, view.Content, view.Clashes.Count));
    }

    [Fact]
    public async Task Code_is_merged_by_lines_and_a_table_is_not()
    {
        await using var shelves = await OpenAsync(StorageProvider.Sqlite);
        var shelf = shelves.Shelf;
        var code = await shelf.CreateAsync(Mia, ProjectId, BlockKind.Code, "Sum", new CodeContent("python", "a = 1\nb = 2\nc = 3").ToJson(), Gone);
        await shelf.EditAsync(Mia, code.Id, 1, "Sum", new CodeContent("python", "a = 9\nb = 2\nc = 3").ToJson(), Gone);
        Assert.False((await shelf.EditAsync(Ben, code.Id, 1, "Sum", new CodeContent("ruby", "a = 1\nb = 2\nc = 7").ToJson(), Gone)).IsClash);
        Assert.Equal(new CodeContent("ruby", "a = 9\nb = 2\nc = 7"), CodeContent.Parse((await shelf.GetAsync(Mia, code.Id, Gone)).Content));

        var table = await shelf.CreateAsync(Mia, ProjectId, BlockKind.Table, "Teas", Table("1", "2"), Gone);
        await shelf.EditAsync(Mia, table.Id, 1, "Teas", Table("9", "2"), Gone);
        Assert.True((await shelf.EditAsync(Ben, table.Id, 1, "Teas", Table("1", "7"), Gone)).IsClash);
        Assert.False((await shelf.EditAsync(Ben, table.Id, 1, "All teas", Table("1", "2"), Gone)).IsClash); // The title alone.
        var view = await shelf.GetAsync(Mia, table.Id, Gone);
        Assert.Equal(("All teas", Table("9", "2")), (view.Block.Title, view.Content));

        static string Table(params string[] cells) => new TableContent(["n"], [.. cells.Select(cell => (IReadOnlyList<string>)[cell])]).ToJson();
    }

    [Theory, BothProviders]
    public async Task Changes_of_the_same_line_clash_and_both_texts_are_kept(StorageProvider provider)
    {
        await using var shelves = await OpenAsync(provider);
        var (shelf, block) = await ClashAsync(shelves);
        var view = await shelf.GetAsync(Mia, block, Gone);
        Assert.Equal(("Mia's", 2), (view.Content, view.Block.Version));
        var clash = Assert.Single(view.Clashes);
        Assert.Equal(("Ben's", 3, 1, Ben.UserId), (clash.Content, clash.Version, clash.BaseVersion, clash.ById));
        // A browser that lost its line sends the edits again: nothing is added.
        Assert.Equal((3, true), Ending(await shelf.EditAsync(Ben, block, 1, "Tea", "Ben's", Gone)));
        Assert.Equal((2, false), Ending(await shelf.EditAsync(Mia, block, 1, "Tea", "Mia's", Gone)));
        // And whoever saw the newest goes on from it.
        Assert.Equal((4, false), Ending(await shelf.EditAsync(Mia, block, 2, "Tea", "Mia's second", Gone)));
        Assert.Equal(4, (await shelf.VersionsAsync(Mia, block, Gone)).Count);

        static (int, bool) Ending(BlockEdit edit) => (edit.Version, edit.IsClash);
    }

    [Theory, BothProviders]
    public async Task Keep_both_makes_a_block_of_the_clash_that_names_its_writer(StorageProvider provider)
    {
        await using var shelves = await OpenAsync(provider);
        var (shelf, block) = await ClashAsync(shelves);
        var other = await shelf.SettleAsync(Mia, block, 3, ClashChoice.KeepBoth, Gone);
        Assert.NotEqual(block, other.Id);
        Assert.Equal(("Tea (Ben's version)", "Ben's"), (other.Title, (await shelf.GetAsync(Mia, other.Id, Gone)).Content));
        var view = await shelf.GetAsync(Ben, block, Gone);
        Assert.Equal(("Mia's", 2, 0), (view.Content, view.Block.Version, view.Clashes.Count));
        Assert.Equal(RefusalKind.Conflict, (await Assert.ThrowsAsync<Refusal>(() => shelf.SettleAsync(Ben, block, 3, ClashChoice.UseClash, Gone))).Kind);
        Assert.Equal(RefusalKind.NotFound, (await Assert.ThrowsAsync<Refusal>(() => shelf.SettleAsync(Ben, block, 7, ClashChoice.UseClash, Gone))).Kind);
    }

    [Theory, BothProviders]
    public async Task The_clash_or_what_is_shown_wins_by_a_persons_choice(StorageProvider provider)
    {
        await using var shelves = await OpenAsync(provider);
        var (shelf, block) = await ClashAsync(shelves);
        Assert.Equal(2, (await shelf.SettleAsync(Mia, block, 3, ClashChoice.UseShown, Gone)).Version);
        Assert.Equal("Mia's", (await shelf.GetAsync(Mia, block, Gone)).Content);
        var edit = await shelf.EditAsync(Ben, block, 1, "Tea", "Ben's second", Gone);
        Assert.Equal(5, (await shelf.SettleAsync(Mia, block, edit.Version, ClashChoice.UseClash, Gone)).Version);
        var view = await shelf.GetAsync(Mia, block, Gone);
        Assert.Equal(("Ben's second", 0), (view.Content, view.Clashes.Count));
        Assert.Equal(["Ben's second", "Ben's second", "Ben's", "Mia's", "Old"], (await shelf.VersionsAsync(Mia, block, Gone)).Select(version => version.Content));
    }

    [Theory, BothProviders]
    public async Task Many_edits_at_once_all_get_a_number_of_their_own(StorageProvider provider)
    {
        await using var shelves = await OpenAsync(provider);
        var shelf = shelves.Shelf;
        var block = await shelf.CreateAsync(Mia, ProjectId, BlockKind.Document, "Tea", "Old", Gone);
        await Task.WhenAll(Enumerable.Range(0, 20).Select(i => shelf.EditAsync(i % 2 == 0 ? Mia : Ben, block.Id, 1, "Tea", $"Text {i}", Gone)));
        var versions = await shelf.VersionsAsync(Mia, block.Id, Gone);
        Assert.Equal(Enumerable.Range(1, 21).Reverse(), versions.Select(version => version.Version));
        Assert.Equal(19, versions.Count(version => version.IsClash));
    }

    [Fact]
    public async Task A_base_that_never_was_is_refused()
    {
        await using var shelves = await OpenAsync(StorageProvider.Sqlite);
        var (shelf, block) = await ClashAsync(shelves);
        Assert.Equal(RefusalKind.Invalid, (await Assert.ThrowsAsync<Refusal>(() => shelf.EditAsync(Mia, block, 9, "Tea", "Text", Gone))).Kind);
    }

    private static async Task<(BlockShelf Shelf, string Block)> ClashAsync(Shelves shelves)
    {
        var block = await shelves.Shelf.CreateAsync(Mia, ProjectId, BlockKind.Document, "Tea", "Old", Gone);
        await shelves.Shelf.EditAsync(Mia, block.Id, 1, "Tea", "Mia's", Gone);
        Assert.True((await shelves.Shelf.EditAsync(Ben, block.Id, 1, "Tea", "Ben's", Gone)).IsClash);
        return (shelves.Shelf, block.Id);
    }
}
