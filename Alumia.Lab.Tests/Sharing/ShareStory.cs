using System.Collections.Concurrent;
using System.Text;
using System.Text.RegularExpressions;
using Alumia.Lab.Projects;
using Alumia.Lab.Tests.Canvas;
using Alumia.Lab.Tests.Harness;
using Alumia.Lab.Tests.Stories;
using Deque.AxeCore.Playwright;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;

namespace Alumia.Lab.Tests.Sharing;

/// <summary>A canvas is shared, watched by somebody without an account, and taken back.</summary>
public sealed class ShareStory(Browsers browsers, SharedLab shared) : Story(browsers), IClassFixture<SharedLab>
{
    private const string Gone = "This shared canvas link returns 404";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_link_shows_the_agent_live_lets_nobody_act_ends_at_once_and_comes_back_under_another_token()
    {
        ExpectError("404");
        var board = await Board.MakeAsync(shared.Lab, "sylvie");
        var owner = await PageAsync(shared.Lab);
        await board.OpenAsync(owner, "sylvie");
        await Demo.SendAsync(owner, "Write to anna@example.org [[tool show_document {\"title\":\"Plan\",\"content\":\"Measure, cut.\"}]] [[say First answer]]");
        await Demo.StatusAsync(owner, "idle");

        // The check finds the address, and the owner decides.
        await Demo.Button(owner, "Share").ClickAsync();
        var dialog = owner.GetByRole(AriaRole.Dialog);
        var onOff = dialog.GetByRole(AriaRole.Switch, new() { Name = "Share by link" });
        await onOff.CheckAsync();
        await Assertions.Expect(dialog).ToContainTextAsync("An e-mail address in Ala");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Share all the same" }).ClickAsync();
        await Assertions.Expect(dialog.GetByRole(AriaRole.Button, new() { Name = "Copy link", Exact = true })).ToBeVisibleAsync();
        await Assertions.Expect(dialog).ToContainTextAsync("Not opened yet");
        await CheckAsync(owner, "the dialog");
        await PictureAsync(owner, "dialog");
        var link = new Uri(await dialog.GetByLabel("Link", new() { Exact = true }).InputValueAsync()).PathAndQuery;
        Assert.Matches("^/share/[A-Za-z0-9_-]{72}$", link);
        await Assertions.Expect(dialog.GetByRole(AriaRole.Link, new() { Name = "See it as a visitor" })).ToHaveAttributeAsync("href", new Regex(Regex.Escape(link) + "$"));

        // Somebody without an account.
        var visitor = await PageAsync(shared.Lab);
        var blocked = PolicyOf(visitor);
        var received = new ConcurrentQueue<string>();
        visitor.WebSocket += (_, socket) => socket.FrameReceived += (_, frame) => received.Enqueue(frame.Text ?? Encoding.UTF8.GetString(frame.Binary!));
        await visitor.GotoAsync(link);
        await Assertions.Expect(Board.Canvas(visitor)).ToHaveAttributeAsync("data-ready", "true");
        await Assertions.Expect(visitor.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToContainTextAsync("Board");
        await Assertions.Expect(visitor.Locator("[data-block=document]")).ToContainTextAsync("Measure, cut.");
        await Assertions.Expect(visitor.Locator(".node[data-session]")).ToContainTextAsync("First answer");
        await Assertions.Expect(dialog).ToContainTextAsync("Opened once");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Done" }).ClickAsync();

        // Live, in the panel and on the canvas.
        await visitor.Locator(".node[data-session]").GetByRole(AriaRole.Button, new() { Name = "Open" }).ClickAsync();
        var messages = visitor.Locator("section.chat");
        await Assertions.Expect(messages).ToContainTextAsync("First answer");
        await Assertions.Expect(messages).ToContainTextAsync("Member");
        await Demo.SendAsync(owner, "Go on [[tool wait {\"seconds\":600}]]");
        await Assertions.Expect(visitor.Locator(".node[data-session]")).ToHaveAttributeAsync("data-status", "active");
        await visitor.GetByRole(AriaRole.Button, new() { Name = "wait, running" }).ClickAsync();
        await Assertions.Expect(visitor.GetByRole(AriaRole.Complementary, new() { Name = "Inspector" })).ToContainTextAsync("The details of this call are not shared.");
        await visitor.GetByRole(AriaRole.Button, new() { Name = "Close inspector" }).ClickAsync();
        Assert.Empty(blocked);
        await CheckAsync(visitor, "the shared canvas");
        await PictureAsync(visitor, "live");

        // Nothing to act with; keys that act for members do nothing, and the view is the visitor's own.
        await Assertions.Expect(visitor.GetByRole(AriaRole.Textbox)).ToHaveCountAsync(0);
        await Assertions.Expect(visitor.GetByRole(AriaRole.Toolbar)).ToHaveCountAsync(0);
        await Assertions.Expect(visitor.Locator("a[href]:not(.reload)")).ToHaveCountAsync(0);
        var before = await board.StoredAsync();
        var view = await Board.ViewAsync(visitor);
        await visitor.Locator("[data-block=document] .title").ClickAsync();
        foreach (var key in new[] { "Delete", "t", "c", "ArrowRight", "Control+z", "Control+d" })
            await visitor.Keyboard.PressAsync(key);
        await visitor.GetByRole(AriaRole.Button, new() { Name = "Zoom out" }).ClickAsync();
        await Eventually.True(async () => await Board.ViewAsync(visitor) != view, "the view has moved");
        Assert.Equal(before, await board.StoredAsync());
        Assert.Empty(await visitor.Context.CookiesAsync());
        foreach (var secret in new[] { "sylvie", "@example.com", board.Owner.OrgId, board.Owner.UserId, board.Project.Id })
            Assert.DoesNotContain(received, frame => frame.Contains(secret, StringComparison.Ordinal));

        // Switched off: the open page is the 404.
        await Demo.Button(owner, "Share").ClickAsync();
        await onOff.UncheckAsync();
        await Assertions.Expect(visitor.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync(Gone);
        Assert.EndsWith(link, visitor.Url, StringComparison.Ordinal);
        Assert.Equal(0, await visitor.Locator("script").CountAsync());
        await CheckAsync(visitor, "the 404");
        await PictureAsync(visitor, "404");

        // On again: a new token, and the old one stays dead.
        await onOff.CheckAsync();
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Share all the same" }).ClickAsync();
        await Assertions.Expect(dialog.GetByLabel("Link", new() { Exact = true })).Not.ToHaveValueAsync("");
        var second = new Uri(await dialog.GetByLabel("Link", new() { Exact = true }).InputValueAsync()).PathAndQuery;
        Assert.NotEqual(link, second);
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Done" }).ClickAsync();
        Assert.Equal(404, (await visitor.GotoAsync(link))!.Status);
        Assert.Equal(200, (await visitor.GotoAsync(second))!.Status);
        await Assertions.Expect(visitor.Locator(".node[data-session]")).ToBeVisibleAsync();
        await Demo.Button(owner, "Stop").ClickAsync();

        // Archived, and deleted: each ends the page that is open.
        var projects = shared.Lab.Services.GetRequiredService<ProjectDirectory>();
        await projects.ArchiveAsync(board.Owner, board.Project.Id, true, Ct);
        await Assertions.Expect(visitor.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync(Gone);
        await projects.ArchiveAsync(board.Owner, board.Project.Id, false, Ct);
        await shared.Lab.Services.GetRequiredService<Lab.Sharing.ShareLinks>().SwitchOnAsync(board.Owner, board.Project.Id, Lab.Sharing.SharedParts.All, Ct);
        var third = (await shared.Lab.Services.GetRequiredService<Lab.Sharing.ShareLinks>().FindAsync(board.Owner, board.Project.Id, Ct)).Address!;
        await visitor.GotoAsync(third);
        await Assertions.Expect(visitor.Locator(".node[data-session]")).ToBeVisibleAsync();
        await projects.DeleteAsync(board.Owner, board.Project.Id, Ct);
        await Assertions.Expect(visitor.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync(Gone);
    }

    [Fact]
    public async Task A_shared_canvas_and_its_404_fit_every_window()
    {
        ExpectError("404");
        await FitAsync(390, 844, ColorScheme.Dark);
        if (!Soak.IsOn)
            return;
        foreach (var (width, height, scheme) in new[] { (390, 844, ColorScheme.Light), (1440, 900, ColorScheme.Light), (1440, 900, ColorScheme.Dark) })
            await FitAsync(width, height, scheme);
    }

    private async Task FitAsync(int width, int height, ColorScheme scheme)
    {
        var share = await (await Shares.MakeAsync(shared.Lab, $"sina-{width}-{scheme}".ToLowerInvariant())).OnAsync();
        var session = await share.SayAsync("Plan it [[tool show_table {\"title\":\"Towns\",\"columns\":[\"Town\",\"People\"],\"rows\":[[\"Bern\",133000],[\"Basel\",171000]]}]] [[tool current_time {}]] [[say A plan with **three** parts]]");
        await share.IdleAsync(session);
        var page = await PageAsync(shared.Lab, new() { ViewportSize = new() { Width = width, Height = height }, ColorScheme = scheme });
        var blocked = PolicyOf(page);
        await page.GotoAsync(share.Path);
        await Assertions.Expect(page.Locator("[data-block=table]")).ToContainTextAsync("Basel");
        Assert.Empty(blocked);
        await CheckAsync(page, "the shared canvas");
        await PictureAsync(page, $"canvas-{width}-{scheme}");
        await page.Locator(".node[data-session]").GetByRole(AriaRole.Button, new() { Name = "Open" }).ClickAsync();
        await Assertions.Expect(page.Locator("section.chat")).ToContainTextAsync("three");
        await CheckAsync(page, "its messages");
        await PictureAsync(page, $"messages-{width}-{scheme}");
        await share.OffAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync(Gone);
        await CheckAsync(page, "the 404");
        await PictureAsync(page, $"404-{width}-{scheme}");
    }

    /// <summary>What the page's policy blocked. The accessibility check would put styles of its own into it, and complains; so this is looked at before.</summary>
    private ConcurrentQueue<string> PolicyOf(IPage page)
    {
        ExpectError("Content Security Policy");
        var blocked = new ConcurrentQueue<string>();
        page.Console += (_, message) =>
        {
            if (message.Text.Contains("Content Security Policy", StringComparison.Ordinal))
                blocked.Enqueue(message.Text);
        };
        return blocked;
    }

    /// <summary>Pictures are for people's eyes: they are kept where somebody asked for them.</summary>
    private static Task PictureAsync(IPage page, string name) => Environment.GetEnvironmentVariable("KEEP_PICTURES") is { Length: > 0 } folder
        ? page.ScreenshotAsync(new() { Path = Path.Combine(folder, $"share-{name}.png") })
        : Task.CompletedTask;

    private static async Task CheckAsync(IPage page, string what)
    {
        Assert.True(await page.EvaluateAsync<int>("document.documentElement.scrollWidth - innerWidth") <= 0, $"{what} is wider than its window");
        var found = (await page.RunAxe()).Violations.SelectMany(violation => violation.Nodes.Select(node => $"{violation.Impact} {violation.Id}: {node.Html}")).ToList();
        Assert.True(found.Count == 0, $"{what}\n{string.Join('\n', found)}");
    }
}
