using System.Text.Json;
using Alumia.Lab.Blocks;
using Alumia.Lab.Organizations;
using Alumia.Lab.Projects;
using Alumia.Lab.Storage;
using Alumia.Lab.Tests.Harness;
using Alumia.Lab.Tools;

namespace Alumia.Lab.Tests.Blocks;

public sealed class BlockShelfTests
{
    private static readonly OrgScope _me = new("org_1", "demo", "usr_me", OrgRole.Member);
    private static readonly ToolContext _by = new("org_1", "prj_1", "ses_1", "agt_1", "trn_1", "usr_me");

    [Theory]
    [BothProviders]
    public async Task The_same_title_in_a_session_is_the_same_document_and_the_same_content_no_new_version(StorageProvider provider)
    {
        var gone = TestContext.Current.CancellationToken;
        await using var database = await WithProject(provider, ProjectVisibility.Team);
        var shelf = new BlockShelf(database.Contexts, database.Writer);
        var first = await shelf.PutDocumentAsync(_by, "Tea", "One", null, gone);
        await shelf.PutDocumentAsync(_by, "Tea", "One", null, gone);
        await shelf.PutDocumentAsync(_by, "Tea", "Two", null, gone);
        var renamed = await shelf.PutDocumentAsync(_by with { SessionId = "ses_2" }, "Green tea", "Three", first.Id, gone);
        var other = await shelf.PutDocumentAsync(_by with { SessionId = "ses_2" }, "Tea", "Mine", null, gone);
        Assert.Equal(first.Id, renamed.Id);
        Assert.NotEqual(first.Id, other.Id);
        var view = await shelf.GetAsync(_me, first.Id, gone);
        Assert.Equal(("Green tea", 3, "Three"), (view.Block.Title, view.Block.Version, view.Content));
        Assert.Equal(["Three", "Two", "One"], (await shelf.VersionsAsync(_me, first.Id, gone)).Select(version => version.Content));
    }

    [Theory]
    [BothProviders]
    public async Task A_block_of_another_org_or_a_private_project_does_not_exist(StorageProvider provider)
    {
        var gone = TestContext.Current.CancellationToken;
        await using var database = await WithProject(provider, ProjectVisibility.Private);
        var shelf = new BlockShelf(database.Contexts, database.Writer);
        var block = await shelf.PutDocumentAsync(_by, "Tea", "One", null, gone);
        foreach (var stranger in new[] { _me with { OrgId = "org_2", Role = OrgRole.Owner }, _me with { UserId = "usr_other" } })
        {
            Assert.Equal(RefusalKind.NotFound, (await Assert.ThrowsAsync<Refusal>(() => shelf.GetAsync(stranger, block.Id, gone))).Kind);
            Assert.Equal(RefusalKind.NotFound, (await Assert.ThrowsAsync<Refusal>(() => shelf.VersionsAsync(stranger, block.Id, gone))).Kind);
        }
        Assert.Equal("One", (await shelf.GetAsync(_me, block.Id, gone)).Content);
    }

    [Theory]
    [BothProviders]
    public async Task The_tool_names_its_block_and_tells_the_model_when_there_is_no_such_one(StorageProvider provider)
    {
        var gone = TestContext.Current.CancellationToken;
        await using var database = await WithProject(provider, ProjectVisibility.Team);
        var tool = new ShowDocument(new BlockShelf(database.Contexts, database.Writer));
        var shown = Assert.IsType<ToolOutput.Result>(await RunAsync(tool, """{"title":"Tea","content":"One"}"""));
        Assert.Contains(shown.BlockId!, shown.Text, StringComparison.Ordinal);
        Assert.IsType<ToolOutput.Error>(await RunAsync(tool, """{"title":"Tea","content":"One","block_id":"blk_none"}"""));

        async Task<ToolOutput> RunAsync(ShowDocument tool, string arguments)
        {
            var call = new ToolCall("call", JsonDocument.Parse(arguments).RootElement, _by);
            return Assert.Single(await tool.RunAsync(call, gone).ToListAsync(gone));
        }
    }

    private static async Task<LabDatabase> WithProject(StorageProvider provider, ProjectVisibility visibility)
    {
        var database = await LabDatabase.CreateAsync(provider);
        await database.Writer.Write(tx => tx.Db.Add(new Project
        {
            Id = "prj_1",
            OrgId = "org_1",
            Name = "Tea",
            Visibility = visibility,
            MakerId = "usr_me",
            CreatedAtMs = tx.NowMs,
        }), TestContext.Current.CancellationToken);
        return database;
    }
}
