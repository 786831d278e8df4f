using Alumia.Lab.Blocks;
using Alumia.Lab.Blocks.Content;
using Alumia.Lab.Outbound;
using Alumia.Lab.Tools;
using Microsoft.Extensions.Options;
using Microsoft.Playwright;

namespace Alumia.Lab.Browser;

/// <summary>What follows every step on a page: it is waited for, read, and shown on the canvas.</summary>
internal sealed class BrowserDesk(BrowserSessions sessions, OutboundGuard guard, BlockShelf shelf, IOptions<BrowserOptions> options, TimeProvider clock, ILogger<BrowserDesk> log)
{
    private const int MostTitle = 255;
    private static readonly TimeSpan _window = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan _reading = TimeSpan.FromSeconds(10);

    public BrowserSessions Sessions => sessions;

    public BrowserOptions Options => options.Value;

    public TimeProvider Clock => clock;

    public OutboundGuard Guard => guard;

    /// <summary>Waits until the page has loaded and lies still, or its time is over; a window that it opened meanwhile is waited for in its place.</summary>
    public async Task SettleAsync(BrowserSession session, IPage page, PageWait wait, TimeSpan limit)
    {
        await SettleOneAsync(session, page, wait, limit);
        var last = session.HasPage ? await session.PageAsync() : page;
        if (last == page)
            return;
        await BeginAsync(last, wait);
        await SettleOneAsync(session, last, wait, limit);
    }

    /// <summary>A new window is empty until the page that it was opened for begins to come; some stay so.</summary>
    private static async Task BeginAsync(IPage window, PageWait wait)
    {
        try
        {
            if (IsEmpty(window.Url))
                await wait.WithinAsync(window.WaitForURLAsync(address => !IsEmpty(address), new() { WaitUntil = WaitUntilState.Commit, Timeout = 0 }), _window);
        }
        catch (PlaywrightException)
        {
            // It closed again.
        }
    }

    private static async Task SettleOneAsync(BrowserSession session, IPage page, PageWait wait, TimeSpan limit)
    {
        try
        {
            if (!await wait.WithinAsync(page.WaitForLoadStateAsync(LoadState.Load, new() { Timeout = 0 }), limit))
            {
                session.Notes.Add($"The page was still loading after {limit.TotalSeconds:0} s; this is what was there by then.");
                return;
            }
            await wait.WithinAsync(page.WaitForLoadStateAsync(LoadState.NetworkIdle, new() { Timeout = 0 }), TimeSpan.FromSeconds(1));
        }
        catch (PlaywrightException)
        {
            // The page closed, or went on to another: that one is read.
        }
    }

    /// <summary>What the model is told of the page that is looked at now, from this character of its snapshot on; the canvas shows its picture.</summary>
    public async Task<ToolOutput> TellAsync(ToolCall call, BrowserSession session, PageWait wait, string lead, int from = 0, bool isWhole = false)
    {
        for (var windows = 0; ; windows++)
        {
            var page = await session.PageAsync();
            await LeaveInnerAsync(session, page);
            var read = page.AriaSnapshotAsync(new PageAriaSnapshotOptions { Mode = AriaSnapshotMode.Ai, Timeout = 0 });
            var snapshot = await wait.WithinAsync(read, _reading) ? await read : null;
            var titling = page.TitleAsync();
            var title = snapshot is not null && await wait.WithinAsync(titling, _reading) ? await titling : "";
            var block = await ShowAsync(call.Context, session, page, title, isWhole, wait);
            if (windows < 2 && session.HasPage && await session.PageAsync() is var last && last != page)
            {
                // Of a new window Chromium tells a moment after the click that opened it.
                await SettleAsync(session, page, wait, TimeSpan.FromSeconds(Options.LoadSeconds));
                continue;
            }
            var text = PageReport.Text(page.Url, title, snapshot, session.Notes.Take(), from, Options.MaxCharacters);
            return new ToolOutput.Result($"{lead}\n{text}".Trim(), block?.Id);
        }
    }

    /// <summary>Takes a picture and puts it on the canvas; a page that lets none be taken keeps the one before.</summary>
    private async Task<Block?> ShowAsync(ToolContext by, BrowserSession session, IPage page, string title, bool isWhole, PageWait wait)
    {
        try
        {
            var taking = PagePicture.TakeAsync(page, isWhole);
            if (!await wait.WithinAsync(taking, _reading))
            {
                session.Notes.Add("No picture could be taken: the page does not answer.");
                return null;
            }
            var content = new PageContent(PageReport.Clean(page.Url, 4_000), PageReport.Clean(title, 1_000), "image/jpeg", Convert.ToBase64String(await taking));
            var named = PageReport.Clean(title, MostTitle).Trim();
            return await shelf.ShowPageAsync(by, named.Length > 0 ? named : PageReport.Place(page.Url), content.ToJson(), CancellationToken.None);
        }
        catch (Exception exception) when (exception is PlaywrightException or TimeoutException or Refusal)
        {
            log.LogDebug(exception, "No picture of a page could be shown");
            session.Notes.Add("No picture could be taken.");
            return null;
        }
    }

    private static bool IsEmpty(string address) => address is "" or ":" or "about:blank";

    /// <summary>Chromium lets no page go to files or to its own pages; should one get there, it is left at once.</summary>
    private static async Task LeaveInnerAsync(BrowserSession session, IPage page)
    {
        if (IsEmpty(page.Url) || page.Url.Split(':')[0] is "http" or "https" or "about" or "blob" or "data" or "chrome-error")
            return;
        session.Notes.Add($"The page led to {PageReport.Clean(page.Url, 100)}, which is refused.");
        await page.GotoAsync("about:blank", new() { Timeout = 5_000 });
    }
}
