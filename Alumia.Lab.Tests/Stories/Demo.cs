using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace Alumia.Lab.Tests.Stories;

/// <summary>The first steps that stories share.</summary>
internal static class Demo
{
    /// <summary>One click on the start page, then the sample project.</summary>
    public static async Task EnterSampleProjectAsync(IPage page)
    {
        await page.GotoAsync("/");
        await page.GetByRole(AriaRole.Button, new() { Name = "Enter the demo lab" }).ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Sample project" }).First.ClickAsync();
        await page.WaitForURLAsync(new Regex("/demo/lab/prj_"));
        await Assertions.Expect(Send(page)).ToBeVisibleAsync();
    }

    public static ILocator Message(IPage page) => page.GetByRole(AriaRole.Textbox, new() { Name = "Message", Exact = true });

    public static ILocator Send(IPage page) => page.GetByRole(AriaRole.Button, new() { Name = "Send", Exact = true });

    public static async Task SendAsync(IPage page, string text)
    {
        await Message(page).FillAsync(text);
        await Send(page).ClickAsync();
    }
}
