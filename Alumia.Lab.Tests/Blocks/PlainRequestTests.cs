using Alumia.Lab.Blocks;
using Alumia.Lab.Sessions;
using Alumia.Lab.Tests.Harness;
using Alumia.Lab.Tests.Sessions;
using Microsoft.Extensions.DependencyInjection;

namespace Alumia.Lab.Tests.Blocks;

/// <summary>The whole way of a demonstration without any key: words in a chat, blocks on the shelf.</summary>
public sealed class PlainRequestTests(SharedLab shared) : IClassFixture<SharedLab>
{
    private static CancellationToken Gone => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Asked_in_plain_words_Ala_puts_a_block_of_each_kind_on_the_shelf()
    {
        var bench = await Bench.OfAsync(shared.Lab);
        var session = await bench.NewSessionAsync();
        foreach (var (request, number) in new[]
        {
            "Write a document about the tides", "Write a Python function for sorting", "Make a table of apples, pears and plums",
            "Draw a bar chart of rainfall: May 3, June 5", "Draw a picture of a red fox",
        }.Select((request, i) => (request, i + 1)))
        {
            await bench.SendAsync(session, request);
            await Eventually.Value(() => bench.EventsAsync<TurnFinished>(session), finished => finished.Count == number, $"\"{request}\" is answered");
        }

        var shown = await bench.EventsAsync<ToolFinished>(session);
        Assert.All(shown, call => Assert.Equal((call.Tool, ToolEnding.Ok), (call.Tool, call.Ending)));
        var blocks = (await shared.Lab.Services.GetRequiredService<BlockShelf>().ListAsync(bench.Scope, bench.Project.Id, Gone)).Where(block => block.SessionId == session).ToList();
        Assert.Equal(shown.Select(call => call.BlockId), blocks.Select(block => block.Id));
        // A page is the browser's, which goes to no address here.
        Assert.Equal(Enum.GetValues<BlockKind>().Where(kind => kind != BlockKind.Page).Order(), blocks.Select(block => block.Kind).Order());
        Assert.Equal(["The tides", "Sorting", "Apples, pears and plums", "Rainfall", "A red fox"], blocks.Select(block => block.Title));
    }
}
