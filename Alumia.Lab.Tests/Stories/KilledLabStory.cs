using Alumia.Lab.Offline.Models;
using Alumia.Lab.Tests.Harness;
using Microsoft.Playwright;

namespace Alumia.Lab.Tests.Stories;

/// <summary>The lab's process is killed under a person's eyes, in mid-answer.</summary>
public sealed class KilledLabStory(Browsers browsers) : Story(browsers)
{
    private const int Words = 250;

    [Fact]
    public async Task After_a_kill_the_page_says_what_happened_and_Resume_finishes_the_answer()
    {
        ExpectError("."); // The line to a killed lab complains until the lab is back.
        await using var lab = await LabProcess.StartAsync();
        var page = await PageAsync(lab);
        await using var browser = page.Context;
        await Demo.EnterSampleProjectAsync(page);
        await Demo.SendAsync(page, $"[[long {Words}]] [[pace 20]] about rivers");
        await Demo.WordsAsync(page, 60);
        await Demo.SessionAsync(page);
        var place = new Uri(page.Url).PathAndQuery;

        await lab.KillAsync();
        await Assertions.Expect(page.GetByText("The line to the lab is down")).ToBeVisibleAsync();
        await lab.RestartAsync();
        await page.GotoAsync(new Uri(lab.Address, place).ToString());

        await Assertions.Expect(page.GetByText("The lab stopped during this answer").First).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Resume", Exact = true }).ClickAsync();
        await Demo.StatusAsync(page, "idle");
        await Assertions.Expect(page.Locator("article.answer")).ToHaveCountAsync(1);
        Assert.Equal(InOneLine(Prose.AtLength("rivers", Words)), InOneLine(await Demo.TextAsync(page)));
    }

    private static string InOneLine(string text) => string.Concat(text.Where(character => !char.IsWhiteSpace(character)));
}
