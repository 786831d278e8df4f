using Alumia.Lab.Tests.Harness;
using Microsoft.Playwright;

namespace Alumia.Lab.Tests.Stories;

/// <summary>A newcomer's first minute: one click, one message, an answer that streams, a tool chip and a document.</summary>
public sealed class NewcomerStory(Browsers browsers) : Story(browsers)
{
    [Fact]
    public async Task A_newcomer_enters_the_demo_lab_and_works_with_Ala()
    {
        await using var lab = await LabHost.StartAsync(new() { Settings = new Dictionary<string, string?> { ["Logging:LogLevel:Microsoft.AspNetCore.SignalR"] = "Debug", ["Logging:LogLevel:Microsoft.AspNetCore.Components.Server"] = "Debug", ["Logging:LogLevel:Microsoft.AspNetCore.Http.Connections"] = "Debug" } });
        var page = await PageAsync(lab);
        await using var browser = page.Context;
        page.Console += (_, m) => Console.WriteLine("CONSOLE " + m.Type + " " + m.Text);
        page.FrameNavigated += (_, f) => Console.WriteLine("NAV " + f.Url);
        page.Request += (_, r) => Console.WriteLine("REQ " + r.Method + " " + r.Url);
        await page.GotoAsync("/");
        await page.GetByRole(AriaRole.Button, new() { Name = "Enter the demo lab" }).ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Sample project" }).First.ClickAsync();
        await page.GetByRole(AriaRole.Textbox, new() { Name = "Message", Exact = true }).FillAsync("Please write a document about the tides, slowly and at length");
        await page.GetByRole(AriaRole.Button, new() { Name = "Send", Exact = true }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Button, new() { Name = "show_document" }).First).ToBeVisibleAsync(new() { Timeout = 30_000 });
        await page.ScreenshotAsync(new() { Path = Path.Combine(Repository.TestResults, "newcomer.png") });
    }
}
