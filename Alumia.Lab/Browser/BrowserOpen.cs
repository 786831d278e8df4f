using Alumia.Lab.Outbound;
using Alumia.Lab.Tools;
using Microsoft.Playwright;

namespace Alumia.Lab.Browser;

/// <summary>Opens an address.</summary>
internal sealed class BrowserOpen(BrowserDesk desk) : BrowserTool(desk, "browser_open",
    "Opens an address of the open web in this session's browser, waits for it, and gives what is on the page, with a reference for each element. People see its picture on the canvas. "
    + "For a page that is only to be read, web_fetch is quicker.",
    """
    {"type":"object","properties":{"url":{"type":"string","minLength":1,"maxLength":4000,"description":"The address, with http:// or https://."}},"required":["url"],"additionalProperties":false}
    """, ToolRisk.Reads)
{
    protected override async Task<ToolOutput> ActAsync(ToolCall call, BrowserSession session, PageWait wait, CancellationToken cancellation)
    {
        if (WebAddress.Parse(call.Text("url")!, out var wrong) is not { } address)
            return new ToolOutput.Error(wrong);
        try
        {
            await Desk.Guard.CheckAsync(address.IdnHost, address.Port, cancellation);
        }
        catch (OutboundException exception)
        {
            return new ToolOutput.Error(exception.Message);
        }
        if (await GoAsync(address, session, wait, again: true) is { } failed)
            return failed;
        return await Desk.TellAsync(call, session, wait, "The page is open.");
    }

    /// <summary>Goes there and waits for the page; what is told where that fails.</summary>
    private async Task<ToolOutput.Error?> GoAsync(Uri address, BrowserSession session, PageWait wait, bool again)
    {
        var page = await session.PageAsync();
        var limit = TimeSpan.FromSeconds(Desk.Options.LoadSeconds);
        var began = Desk.Clock.GetTimestamp();
        try
        {
            var going = page.GotoAsync(address.AbsoluteUri, new PageGotoOptions { WaitUntil = WaitUntilState.Commit, Timeout = 0 });
            if (!await wait.WithinAsync(going, limit))
            {
                await page.CloseAsync();
                return new ToolOutput.Error($"{address.Authority} did not answer within {limit.TotalSeconds:0} s.");
            }
            var left = limit - Desk.Clock.GetElapsedTime(began);
            await Desk.SettleAsync(session, page, wait, left > TimeSpan.Zero ? left : TimeSpan.Zero);
            if (await going is { Status: >= 400 } answer)
                session.Notes.Add($"The server answered {answer.Status}.");
            return null;
        }
        catch (PlaywrightException exception) when (PageErrors.IsDownload(exception))
        {
            session.Notes.Take();
            return new ToolOutput.Error(PageErrors.Opening(address.Authority, exception)); // The page stays as it was.
        }
        catch (PlaywrightException exception) when (!wait.IsCancelled)
        {
            // What the page is still about to do, such as to try again by itself, would be in the way of the next address.
            await page.CloseAsync();
            return again && PageErrors.IsInterrupted(exception)
                ? await GoAsync(address, session, wait, again: false)
                : new ToolOutput.Error(PageErrors.Opening(address.Authority, exception));
        }
    }
}
