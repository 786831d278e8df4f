using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Alumia.Lab.Tests.Harness;
using Microsoft.Playwright;

namespace Alumia.Lab.Tests.Stories;

/// <summary>The first steps that stories share, and what they look at.</summary>
internal static class Demo
{
    /// <summary>One click on the start page, then the sample project.</summary>
    public static async Task EnterSampleProjectAsync(IPage page)
    {
        await EnterAsync(page);
        await page.GetByRole(AriaRole.Link, new() { Name = "Sample project" }).First.ClickAsync();
        await Assertions.Expect(page).ToHaveURLAsync(new Regex("/demo/lab/prj_"));
        await Assertions.Expect(Send(page)).ToBeEnabledAsync();
    }

    /// <summary>One click on the start page.</summary>
    public static async Task EnterAsync(IPage page)
    {
        await page.GotoAsync("/");
        await page.GetByRole(AriaRole.Button, new() { Name = "Enter the demo lab" }).ClickAsync();
        await Assertions.Expect(page).ToHaveURLAsync(new Regex("/demo/lab"));
    }

    /// <summary>The chat, which tells much of what the canvas beside it tells too.</summary>
    public static ILocator Chat(IPage page) => page.Locator("section.chat");

    public static ILocator Message(IPage page) => page.GetByRole(AriaRole.Textbox, new() { Name = "Message", Exact = true });

    public static ILocator Send(IPage page) => Button(page, "Send");

    public static ILocator Button(IPage page, string name) => page.GetByRole(AriaRole.Button, new() { Name = name, Exact = true });

    public static async Task SendAsync(IPage page, string text)
    {
        await Message(page).FillAsync(text);
        await Send(page).ClickAsync();
        await Assertions.Expect(Message(page)).ToHaveValueAsync("");
    }

    /// <summary>Sends a text of many lines, which Chromium takes too long to type.</summary>
    public static async Task SendLongAsync(IPage page, string text)
    {
        await Message(page).EvaluateAsync("(area, text) => { area.value = text; area.dispatchEvent(new InputEvent('input')); }", text);
        await Send(page).ClickAsync();
        await Assertions.Expect(Message(page)).ToHaveValueAsync("");
    }

    /// <summary>The last answer of the panel.</summary>
    public static ILocator Answer(IPage page) => page.Locator("article.answer").Last;

    /// <summary>The text of the last answer so far.</summary>
    public static async Task<string> TextAsync(IPage page) =>
        string.Concat(await page.Locator("article.answer").Last.Locator(".prose").AllTextContentsAsync()).Trim();

    /// <summary>Waits until the last answer has so many words, and gives its text.</summary>
    public static Task<string> WordsAsync(IPage page, int count) =>
        Eventually.Value(() => TextAsync(page), text => text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Length >= count, $"{count} words of the answer are shown");

    /// <summary>Waits for the panel's status.</summary>
    public static Task StatusAsync(IPage page, string status) =>
        Assertions.Expect(page.Locator("section.chat")).ToHaveAttributeAsync("data-status", status);

    /// <summary>The session in the page's address.</summary>
    public static async Task<string> SessionAsync(IPage page)
    {
        await Assertions.Expect(page).ToHaveURLAsync(new Regex("[?&]session=ses_"));
        return Regex.Match(page.Url, "session=(ses_[^&]+)").Groups[1].Value;
    }

    /// <summary>How the newest request ended, as the provider saw it; null while it runs.</summary>
    public static async Task<string?> LastRequestAsync(LabHost lab)
    {
        using var client = lab.Client();
        var seen = await client.GetFromJsonAsync<JsonElement>("/offline/requests", TestContext.Current.CancellationToken);
        return seen.GetProperty("items")[0].GetProperty("how").GetString();
    }
}
