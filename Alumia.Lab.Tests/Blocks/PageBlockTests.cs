using Alumia.Lab.Blocks;
using Alumia.Lab.Blocks.Content;
using Alumia.Lab.Storage;
using Alumia.Lab.Tests.Harness;
using Alumia.Lab.Tests.Sessions;
using Alumia.Lab.Tools;
using Microsoft.Extensions.DependencyInjection;

namespace Alumia.Lab.Tests.Blocks;

/// <summary>The block that shows what an agent's browser shows.</summary>
public sealed class PageBlockTests(BothLabs labs) : IClassFixture<BothLabs>
{
    private static readonly byte[] _jpeg = [0xFF, 0xD8, 0xFF, 0xE0, 1, 2, 3];

    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    [Theory, BothProviders]
    public async Task Each_step_takes_the_place_of_the_one_before_and_a_deleted_one_begins_anew(StorageProvider provider)
    {
        var bench = await labs.OnAsync(provider);
        var shelf = bench.Lab.Services.GetRequiredService<BlockShelf>();
        var by = new ToolContext(bench.Scope.OrgId, bench.Project.Id, await bench.NewSessionAsync(), bench.Ala.Id, "trn_1", null);
        var first = await shelf.ShowPageAsync(by, "One", Page("https://one.example/", "One", 1), Ended);
        var second = await shelf.ShowPageAsync(by, "Two", Page("https://two.example/", "Two", 2), Ended);
        Assert.Equal((first.Id, 2, "Two"), (second.Id, second.Version, second.Title));
        Assert.Equal(2, Assert.Single(await shelf.VersionsAsync(bench.Scope, first.Id, Ended)).Version);
        Assert.Equal(first.Id, Assert.Single(await shelf.SearchAsync(bench.Scope, bench.Project.Id, "two.example", Ended)).Block.Id);

        // Nobody writes it by hand.
        foreach (var write in new Func<Task>[] { () => shelf.EditAsync(bench.Scope, first.Id, 2, "Mine", Page("https://x/", "x", 3), Ended), () => shelf.UpdateAsync(by, first.Id, 2, "Mine", Page("https://x/", "x", 3), Ended) })
            Assert.Equal(RefusalKind.Conflict, (await Assert.ThrowsAsync<Refusal>(write)).Kind);

        // In a file it has one version, as every lab takes it.
        var copy = (await bench.Lab.Services.GetRequiredService<BlockCopies>().ReadAsync(bench.Scope, bench.Project.Id, Ended)).Single(block => block.Id == first.Id);
        Assert.Equal((1, 1), (copy.Shown, Assert.Single(copy.Versions).Version));
        BlockCopies.Check(copy);

        await shelf.DeleteAsync(bench.Scope, [first.Id], Ended);
        var third = await shelf.ShowPageAsync(by, "Three", Page("https://three.example/", "Three", 3), Ended);
        Assert.NotEqual(first.Id, third.Id);
        var other = await shelf.ShowPageAsync(by with { SessionId = await bench.NewSessionAsync() }, "Four", Page("https://four.example/", "Four", 4), Ended);
        Assert.NotEqual(third.Id, other.Id);
    }

    [Theory]
    [InlineData("""{"address":"https://x/","title":"x","mediaType":"image/svg+xml","data":""}""")]
    [InlineData("""{"address":"https://x/","title":"x","mediaType":"image/jpeg","data":"AAAA"}""")]
    [InlineData("""{"address":1}""")]
    [InlineData("https://x/")]
    public void What_is_no_page_is_refused(string content) => Assert.Throws<Refusal>(() => BlockContents.Check(BlockKind.Page, content));

    [Fact]
    public void Its_words_are_read_without_its_picture()
    {
        var content = new PageContent("https://x.example/?a=1&b=\"2\"", "Tea <b>", "image/jpeg", new string('A', 100_000)).ToJson();
        Assert.Equal(new PageHead("https://x.example/?a=1&b=\"2\"", "Tea <b>"), PageHead.Of(content[..200]));
    }

    private static string Page(string address, string title, byte last) => new PageContent(address, title, "image/jpeg", Convert.ToBase64String([.. _jpeg, last])).ToJson();
}
