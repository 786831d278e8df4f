using Alumia.Lab.Tests.Harness;
using Alumia.Lab.Tests.Sessions;
using Microsoft.Playwright;

namespace Alumia.Lab.Tests.Stories;

/// <summary>Stop ends the answer, and the provider's stream with it; what was written stays, and the next message begins clean.</summary>
public sealed class StopStory(Browsers browsers, SharedLab shared) : Story(browsers), IClassFixture<SharedLab>
{
    [Fact]
    public async Task Stop_closes_the_providers_stream_keeps_the_text_and_the_next_message_knows_all_before()
    {
        var page = await PageAsync(shared.Lab);
        await Demo.EnterSampleProjectAsync(page);
        await Demo.SendAsync(page, "Tell me about rivers [[long 3000]] [[pace 20]]");
        var before = await Demo.WordsAsync(page, 10);
        await Demo.Button(page, "Stop").ClickAsync();
        await Demo.StatusAsync(page, "cancelled");
        await Assertions.Expect(page.Locator(".head .status")).ToHaveTextAsync("cancelled");
        await Eventually.Value(() => Demo.LastRequestAsync(shared.Lab), how => how == "client-closed", "the provider saw its client close the stream");
        await Assertions.Expect(Demo.Button(page, "Stop")).ToHaveCountAsync(0);
        await Assertions.Expect(Demo.Message(page)).ToBeFocusedAsync();
        var kept = await Demo.TextAsync(page);
        Assert.StartsWith(before, kept, StringComparison.Ordinal);

        await Demo.SendAsync(page, "What did I say first?");
        await Assertions.Expect(Demo.Answer(page)).ToContainTextAsync("The first thing you said was: “Tell me about rivers”.");
        await Demo.StatusAsync(page, "idle");
        await page.ReloadAsync();
        await Assertions.Expect(page.Locator("article.answer")).ToHaveCountAsync(2);
        Assert.Equal(kept, (await page.Locator("article.answer").First.Locator(".prose").TextContentAsync())!.Trim());

        var bench = await Bench.OfAsync(shared.Lab);
        StopTests.AssertOneTurnAfterTheOther(await bench.EventsAsync(await Demo.SessionAsync(page)));
    }
}
