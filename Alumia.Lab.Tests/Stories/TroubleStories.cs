using System.Text.RegularExpressions;
using Alumia.Lab.Tests.Harness;
using Microsoft.Playwright;

namespace Alumia.Lab.Tests.Stories;

/// <summary>The provider fails: a card says so, and is one line once it is over.</summary>
public sealed class TroubleStories(Browsers browsers, TroubleStories.OneRetryLab shared) : Story(browsers), IClassFixture<TroubleStories.OneRetryLab>
{
    [Fact]
    public async Task A_stream_that_was_cut_is_gone_on_with_by_the_cards_Retry()
    {
        var page = await OpenAsync();
        await Demo.SendAsync(page, "Talk about rivers [[long 40]] [[cut 10 x1]]");
        await Demo.StatusAsync(page, "failed");
        var card = page.Locator("section.trouble");
        await Assertions.Expect(card.GetByRole(AriaRole.Heading, new() { Name = "The provider broke off its answer" })).ToBeVisibleAsync();
        var cut = await Demo.TextAsync(page);
        Assert.Equal(10, Words(cut));

        await card.GetByRole(AriaRole.Button, new() { Name = "Retry", Exact = true }).ClickAsync();
        await AssertHealedAsync(page);
        // What was kept of the first try is there once, and the rest after it.
        var whole = await Demo.TextAsync(page);
        Assert.StartsWith(cut, whole, StringComparison.Ordinal);
        Assert.Equal(40, Words(whole));
    }

    [Fact]
    public async Task An_answer_that_is_cut_twice_is_still_written_once()
    {
        var page = await OpenAsync();
        await Demo.SendAsync(page, "Talk about brooks [[long 40]] [[cut 10 x2]]");
        for (var cut = 1; cut <= 2; cut++)
        {
            await Demo.StatusAsync(page, "failed");
            Assert.Equal(10 * cut, Words(await Demo.TextAsync(page)));
            await page.Locator("section.trouble").GetByRole(AriaRole.Button, new() { Name = "Retry", Exact = true }).ClickAsync();
            await Demo.WordsAsync(page, (10 * cut) + 1);
        }
        await Demo.StatusAsync(page, "idle");
        Assert.Equal(40, Words(await Demo.TextAsync(page)));
    }

    [Fact]
    public async Task A_provider_that_fails_again_and_again_ends_the_turn_and_Retry_begins_it_anew()
    {
        var page = await OpenAsync();
        await Demo.SendAsync(page, "Talk about hills [[long 12]] [[status 500 x2]]");
        await Demo.StatusAsync(page, "failed");
        var card = page.Locator("section.trouble");
        await Assertions.Expect(card.GetByRole(AriaRole.Heading, new() { Name = "The provider does not answer" })).ToBeVisibleAsync();
        await Assertions.Expect(page).ToHaveTitleAsync(new Regex(@"^\(\d+\) Sample project · Alumia Lab$"));
        // The sentence stands in the card, and not once more under it.
        await Assertions.Expect(Demo.Answer(page).GetByText("Groq answered 500")).ToHaveCountAsync(2); // Its cause, and its evidence.
        await card.GetByRole(AriaRole.Button, new() { Name = "Retry", Exact = true }).ClickAsync();
        await AssertHealedAsync(page);
        Assert.Equal(12, Words(await Demo.TextAsync(page)));
    }

    [Fact]
    public async Task A_429_is_waited_out_and_the_turn_goes_on_by_itself()
    {
        var page = await OpenAsync();
        await Demo.SendAsync(page, "Talk about lakes [[long 12]] [[status 429 8 x1]]");
        await Demo.StatusAsync(page, "awaiting_provider");
        var card = page.Locator("section.trouble");
        await Assertions.Expect(card.GetByRole(AriaRole.Heading, new() { Name = "The provider limits requests" })).ToBeVisibleAsync();
        await card.GetByText("What we know").ClickAsync();
        await Assertions.Expect(card.GetByText("8 s", new() { Exact = true })).ToBeVisibleAsync();

        await AssertHealedAsync(page);
        Assert.Equal(12, Words(await Demo.TextAsync(page)));
    }

    [Fact]
    public async Task A_wait_for_the_provider_can_be_cut_short_or_cancelled()
    {
        var page = await OpenAsync();
        await Demo.SendAsync(page, "Talk about ponds [[long 12]] [[status 429 3600 x1]]");
        await Demo.StatusAsync(page, "awaiting_provider");
        await Demo.Button(page, "Try now").ClickAsync();
        await AssertHealedAsync(page);

        await Demo.SendAsync(page, "Talk about seas [[long 12]] [[status 429 3600 x1]]");
        await Demo.StatusAsync(page, "awaiting_provider");
        await Demo.Button(page, "Cancel session").ClickAsync();
        await Demo.StatusAsync(page, "cancelled");
        await Assertions.Expect(page.Locator("section.trouble")).ToHaveCountAsync(0);
        await Demo.SendAsync(page, "How many messages have I sent?");
        await Assertions.Expect(Demo.Answer(page)).ToContainTextAsync("You have sent 3 messages");
    }

    private async Task<IPage> OpenAsync()
    {
        var page = await PageAsync(shared.Lab);
        await Demo.EnterSampleProjectAsync(page);
        return page;
    }

    private static async Task AssertHealedAsync(IPage page)
    {
        await Demo.StatusAsync(page, "idle");
        await Assertions.Expect(page.Locator("section.trouble")).ToHaveCountAsync(0);
        await Assertions.Expect(Demo.Answer(page).Locator(".healed")).ToHaveCountAsync(1);
        Assert.True((await Demo.Answer(page).Locator(".healed").BoundingBoxAsync())!.Height < 60, "the healed card is not one line");
        // Nothing tells of a failure any more.
        await Assertions.Expect(page.Locator(".failure, .line")).ToHaveCountAsync(0);
    }

    private static int Words(string text) => text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Length;

    /// <summary>A lab that tries once again, so that nobody waits for five.</summary>
    public sealed class OneRetryLab : SharedLab
    {
        protected override LabHostOptions Options { get; } = new() { Settings = new Dictionary<string, string?> { ["Sessions:MaxProviderRetries"] = "1" } };
    }
}
