using Alumia.Lab.Blocks;
using Alumia.Lab.Blocks.Content;
using Alumia.Lab.Storage;
using Alumia.Lab.Tests.Harness;
using static Alumia.Lab.Tests.Blocks.Shelves;

namespace Alumia.Lab.Tests.Blocks;

/// <summary>What agents do with blocks, and that they never write over people.</summary>
public sealed class AgentBlocksTests
{
    private static CancellationToken Gone => TestContext.Current.CancellationToken;

    [Theory, BothProviders]
    public async Task The_same_title_in_a_session_is_the_same_document_and_the_same_content_no_new_version(StorageProvider provider)
    {
        await using var shelves = await OpenAsync(provider);
        var shelf = shelves.Shelf;
        var first = await shelf.PutAsync(Ala, BlockKind.Document, "Tea", "One", null, Gone);
        await shelf.PutAsync(Ala, BlockKind.Document, "Tea", "One", null, Gone);
        await shelf.PutAsync(Ala, BlockKind.Document, "Tea", "Two", null, Gone);
        var renamed = await shelf.PutAsync(Ala with { SessionId = "ses_2" }, BlockKind.Document, "Green tea", "Three", first.Id, Gone);
        var other = await shelf.PutAsync(Ala with { SessionId = "ses_2" }, BlockKind.Document, "Tea", "Mine", null, Gone);
        var code = await shelf.PutAsync(Ala with { SessionId = "ses_2" }, BlockKind.Code, "Tea", new CodeContent("", "x").ToJson(), null, Gone);
        Assert.Equal(first.Id, renamed.Id);
        Assert.Equal(3, new[] { first.Id, other.Id, code.Id }.Distinct().Count());
        var view = await shelf.GetAsync(Mia, first.Id, Gone);
        Assert.Equal(("Green tea", 3, "Three", "ses_1"), (view.Block.Title, view.Block.Version, view.Content, view.Block.SessionId));
        Assert.Equal([("Green tea", "Three"), ("Tea", "Two"), ("Tea", "One")], (await shelf.VersionsAsync(Mia, first.Id, Gone)).Select(version => (version.Title, version.Content)));
    }

    [Theory, BothProviders]
    public async Task An_agent_never_writes_over_a_person_without_having_read(StorageProvider provider)
    {
        await using var shelves = await OpenAsync(provider);
        var shelf = shelves.Shelf;
        var block = await shelf.PutAsync(Ala, BlockKind.Document, "Tea", "Agent's", null, Gone);
        await shelf.EditAsync(Mia, block.Id, 1, "Tea", "Person's", Gone);
        foreach (var id in new[] { null, block.Id })
        {
            var refusal = await Assert.ThrowsAsync<Refusal>(() => shelf.PutAsync(Ala, BlockKind.Document, "Tea", "Agent's second", id, Gone));
            Assert.Equal(RefusalKind.Conflict, refusal.Kind);
            Assert.Contains("update_block", refusal.Message);
            Assert.Contains($"block_id {block.Id} and version 2", refusal.Message);
        }
        var stale = await Assert.ThrowsAsync<Refusal>(() => shelf.UpdateAsync(Ala, block.Id, 1, null, "Agent's second", Gone));
        Assert.Equal(RefusalKind.Conflict, stale.Kind);
        Assert.Contains("version 2", stale.Message);
        Assert.Equal("Person's", (await shelf.GetAsync(Mia, block.Id, Gone)).Content);

        var updated = await shelf.UpdateAsync(Ala, block.Id, 2, null, "Both", Gone);
        Assert.Equal(("Tea", 3), (updated.Title, updated.Version));
        // It has read now, so it goes on; and the person, who has not, loses nothing either.
        await shelf.PutAsync(Ala, BlockKind.Document, "Tea", "Both, longer", null, Gone);
        Assert.True((await shelf.EditAsync(Mia, block.Id, 2, "Tea", "Person's second", Gone)).IsClash);
        Assert.Equal("Both, longer", (await shelf.GetAsync(Mia, block.Id, Gone)).Content);
        // A clash that waits is not shown, and does not hold the agent up.
        await shelf.PutAsync(Ala, BlockKind.Document, "Tea", "Both, longer still", null, Gone);
    }

    [Theory, BothProviders]
    public async Task Agents_see_their_own_project_alone(StorageProvider provider)
    {
        await using var shelves = await OpenAsync(provider);
        var shelf = shelves.Shelf;
        var block = await shelf.CreateAsync(Mia, ProjectId, BlockKind.Document, "Tea", "One", Gone);
        Assert.Equal("One", (await shelf.ReadAsync(Ala, block.Id, Gone)).Content);
        Assert.Equal([block.Id], (await shelf.ListAsync(Ala, Gone)).Select(row => row.Id));
        foreach (var stranger in new[] { Ala with { OrgId = "org_2" }, Ala with { ProjectId = "prj_2" } })
        {
            Assert.Empty(await shelf.ListAsync(stranger, Gone));
            Assert.Empty(await shelf.SearchAsync(stranger, "tea", Gone));
            await NotFoundAsync(shelf.ReadAsync(stranger, block.Id, Gone));
            await NotFoundAsync(shelf.UpdateAsync(stranger, block.Id, 1, null, "Two", Gone));
            await NotFoundAsync(shelf.PutAsync(stranger, BlockKind.Document, "Tea", "Two", block.Id, Gone));
        }
        await NotFoundAsync(shelf.PutAsync(Ala, BlockKind.Code, "Tea", new CodeContent("", "x").ToJson(), block.Id, Gone)); // A document is no code.
    }

    [Theory, BothProviders]
    public async Task A_search_finds_words_in_titles_and_in_what_every_kind_says(StorageProvider provider)
    {
        await using var shelves = await OpenAsync(provider);
        var shelf = shelves.Shelf;
        await Add(BlockKind.Document, "Notes", "# Plan\n\nWe brew Öolong and then\nrest. " + new string('x', 400));
        await Add(BlockKind.Code, "Brewing", new CodeContent("python", "temperature = 80").ToJson());
        await Add(BlockKind.Table, "Kinds", new TableContent(["Name"], [["Öolong"], ["Sencha"]]).ToJson());
        await Add(BlockKind.Chart, "Sales", new ChartContent(ChartType.Bar, null, "Kilos", ["May"], [new ChartSeries("Sencha", [1], null)]).ToJson());
        await Add(BlockKind.Image, "Leaf", new ImageContent("image/svg+xml", "A green leaf", Convert.ToBase64String("<svg/>"u8)).ToJson());
        Assert.Equal(["Brewing"], await Found("TEMPERATURE"));
        Assert.Equal(["Kinds", "Sales"], (await Found("sencha")).Order());
        Assert.Equal(["Sales"], await Found("kilos"));
        Assert.Equal(["Leaf"], await Found("leaf green"));
        Assert.Equal(["Notes", "Kinds"], await Found("öolong notes")); // Both words before one.
        Assert.Empty(await Found("coffee"));
        Assert.Equal("# Plan We brew Öolong and then rest. ", (await shelf.SearchAsync(Ala, "brew plan", Gone))[0].Excerpt[..37]);

        Task Add(BlockKind kind, string title, string content) => shelf.CreateAsync(Mia, ProjectId, kind, title, content, Gone);
        async Task<List<string>> Found(string query) => [.. (await shelf.SearchAsync(Ala, query, Gone)).Select(hit => hit.Block.Title)];
    }

    private static async Task NotFoundAsync(Task deed) => Assert.Equal(RefusalKind.NotFound, (await Assert.ThrowsAsync<Refusal>(() => deed)).Kind);
}
