using System.Text.RegularExpressions;
using Alumia.Lab.Tests.Stories;
using Microsoft.Playwright;

namespace Alumia.Lab.Tests.Mission;

/// <summary>"404 on /share/&lt;token&gt;": sharing disabled, the token wrong, the project deleted; and a new token when it is shared again.</summary>
internal static class ShareGoneStory
{
    private const string Gone = "This shared canvas link returns 404";

    public static async Task TellAsync(Newcomer she)
    {
        var page = she.Page;
        await she.BeginAsync("Plan a trip [[say A plan.]]");
        await Demo.StatusAsync(page, "idle");
        await Demo.Button(page, "Share").ClickAsync();
        var dialog = page.GetByRole(AriaRole.Dialog);
        var onOff = dialog.GetByRole(AriaRole.Switch, new() { Name = "Share by link" });
        await onOff.CheckAsync();
        var first = await LinkAsync(page, null);

        var visitor = await she.StrangerAsync();
        Assert.Equal(200, (await visitor.GotoAsync(first))!.Status);
        await Assertions.Expect(visitor.Locator(".node[data-session]")).ToContainTextAsync("A plan.");
        Assert.Equal(404, await StatusAsync(she, first[..^4] + "nope"));

        // "Sharing was disabled on the project."
        await onOff.UncheckAsync();
        await Assertions.Expect(visitor.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync(Gone);
        Assert.Equal(404, (await visitor.GotoAsync(first))!.Status);
        foreach (var cause in new[] { "Sharing was disabled on the project.", "The project was deleted.", "The token in the URL is wrong." })
            await Assertions.Expect(visitor.GetByText(cause)).ToBeVisibleAsync();
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Done" }).ClickAsync();

        var second = await ShareAgainAsync(she, first);
        Assert.Equal(404, (await visitor.GotoAsync(first))!.Status);
        Assert.Equal(200, (await visitor.GotoAsync(second))!.Status);
        await Assertions.Expect(visitor.Locator(".node[data-session]")).ToContainTextAsync("A plan.");

        // "The project was deleted."
        await page.GotoAsync($"/{she.Org}/lab");
        var row = page.GetByRole(AriaRole.Listitem).Filter(new() { HasText = "Plan a trip" });
        await row.GetByLabel("Actions on").ClickAsync();
        await row.GetByRole(AriaRole.Button, new() { Name = "Delete", Exact = true }).ClickAsync();
        await page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Delete", Exact = true }).ClickAsync();
        await Assertions.Expect(visitor.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync(Gone);
        Assert.Equal(404, await StatusAsync(she, second));
    }

    /// <summary>"Re-enable sharing. The system mints a new token; share that URL."</summary>
    private static async Task<string> ShareAgainAsync(Newcomer she, string first)
    {
        var section = await she.SectionAsync("404 on /share/<token>", "share_link_off");
        await Assertions.Expect(section.Card).ToContainTextAsync("is still being asked for");
        await Assertions.Expect(section.Card).ToContainTextAsync("Sharing was switched off, so the link answers 404.");
        await section.Card.GetByRole(AriaRole.Button, new() { Name = "Share again", Exact = true }).ClickAsync();
        await Assertions.Expect(section.Page).ToHaveURLAsync(new Regex($"/{she.Org}/lab/prj_"));
        var second = await LinkAsync(section.Page, first);
        await section.Page.CloseAsync();
        await Newcomer.HealedAsync(await she.SectionAsync("404 on /share/<token>", "share_link_off"), "is still being asked for");
        return second;
    }

    /// <summary>The link that the dialog shows, once it is another than this one.</summary>
    private static async Task<string> LinkAsync(IPage page, string? old)
    {
        var link = page.GetByRole(AriaRole.Dialog).GetByLabel("Link", new() { Exact = true });
        await Assertions.Expect(link).ToHaveValueAsync(new Regex("/share/[A-Za-z0-9_-]{72}$"));
        var path = new Uri(await link.InputValueAsync()).PathAndQuery;
        Assert.NotEqual(old, path);
        return path;
    }

    private static async Task<int> StatusAsync(Newcomer she, string path)
    {
        using var anybody = she.Lab.Program();
        using var answer = await anybody.GetAsync(path, TestContext.Current.CancellationToken);
        return (int)answer.StatusCode;
    }
}
