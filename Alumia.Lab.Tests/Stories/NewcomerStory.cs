using Alumia.Lab.Tests.Harness;
using Microsoft.Playwright;

namespace Alumia.Lab.Tests.Stories;

/// <summary>A newcomer's first minute: one click, one message, an answer that streams, a tool chip and a document.</summary>
public sealed class NewcomerStory(Browsers browsers, SharedLab shared) : Story(browsers), IClassFixture<SharedLab>
{
    private const string Slowly = "[[tool show_document {\"title\":\"The tides\",\"content\":\"# The tides\\n\\nThey come and go.\"}]] Please talk about the tides [[long 700]] [[pace 25]]";

    [Fact]
    public async Task A_newcomer_enters_the_demo_lab_and_works_with_Ala()
    {
        var page = await PageAsync(shared.Lab);
        await Demo.EnterSampleProjectAsync(page);
        await Demo.SendAsync(page, "Please write a document about the tides and then tell me the time");
        await Assertions.Expect(page.Locator("[data-tool=show_document]")).ToBeVisibleAsync();
        await Assertions.Expect(page.Locator("[data-tool=current_time]")).ToBeVisibleAsync();
        await Demo.StatusAsync(page, "idle");
        await Assertions.Expect(page.Locator(".chip-box[data-state=done]")).ToHaveCountAsync(2);
        await Assertions.Expect(Demo.Answer(page).GetByRole(AriaRole.Heading, new() { Name = "What is known" })).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Text_shows_before_the_answer_is_complete_and_a_second_browser_shows_the_same()
    {
        var page = await PageAsync(shared.Lab);
        await Demo.EnterSampleProjectAsync(page);
        await Demo.SendAsync(page, Slowly);
        var early = await Demo.WordsAsync(page, 10);
        await Demo.StatusAsync(page, "active");
        await Assertions.Expect(Demo.Answer(page)).ToHaveAttributeAsync("aria-busy", "true");

        var second = await PageAsync(shared.Lab);
        await Demo.EnterAsync(second);
        await second.GotoAsync(page.Url);
        var seen = await Demo.WordsAsync(second, early.Split(' ').Length);
        await Demo.StatusAsync(second, "active");
        Assert.StartsWith(early, seen, StringComparison.Ordinal);
        await Eventually.Value(() => Demo.TextAsync(page), text => text.StartsWith(seen, StringComparison.Ordinal), "the first browser shows what the second does");

        await Demo.StatusAsync(page, "idle");
        await Demo.StatusAsync(second, "idle");
        var whole = await Demo.TextAsync(page);
        Assert.Equal(700, whole.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Equal(whole, await Demo.TextAsync(second));
        foreach (var each in new[] { page, second })
        {
            await Assertions.Expect(each.Locator("[data-tool=show_document][data-state=done]")).ToHaveCountAsync(1);
            await Assertions.Expect(Demo.Chat(each).GetByText("They come and go.", new() { Exact = true })).ToBeVisibleAsync();
        }
    }

    [Fact]
    public async Task A_reload_in_mid_answer_shows_it_from_its_start_and_goes_on()
    {
        var page = await PageAsync(shared.Lab);
        await Demo.EnterSampleProjectAsync(page);
        await Demo.SendAsync(page, "Please talk about the moon [[long 400]] [[pace 25]]");
        var early = await Demo.WordsAsync(page, 15);

        await page.ReloadAsync();
        var again = await Demo.WordsAsync(page, 1);
        Assert.StartsWith(early, again, StringComparison.Ordinal);
        await Demo.StatusAsync(page, "active");
        await Demo.WordsAsync(page, again.Split(' ').Length + 5);
        await Demo.StatusAsync(page, "idle");
        var whole = await Demo.TextAsync(page);
        Assert.StartsWith(again, whole, StringComparison.Ordinal);
        Assert.Equal(400, whole.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Length);
    }
}
