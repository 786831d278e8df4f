using Alumia.Lab.Tests.Harness;
using Microsoft.Playwright;

namespace Alumia.Lab.Tests.Stories;

/// <summary>A newcomer's first minute: one click, one message, an answer that streams, a tool chip and a document.</summary>
public sealed class NewcomerStory(Browsers browsers) : Story(browsers)
{
    [Fact]
    public async Task A_newcomer_enters_the_demo_lab_and_works_with_Ala()
    {
        var lab = await LabAsync();
        var page = await PageAsync(lab);
        await Demo.EnterSampleProjectAsync(page);
        await Demo.SendAsync(page, "Please write a document about the tides, then talk about it slowly and at length");
        await Assertions.Expect(page.GetByText("show_document").First).ToBeVisibleAsync(new() { Timeout = 30_000 });
        await page.ScreenshotAsync(new() { Path = Path.Combine(Repository.TestResults, "newcomer.png") });
    }
}
