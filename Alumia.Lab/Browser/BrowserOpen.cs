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
        var page = await session.PageAsync();
        var limit = TimeSpan.FromSeconds(Desk.Options.LoadSeconds);
        var began = Desk.Clock.GetTimestamp();
        var going = GoAsync(page, address);
        try
        {
            if (!await wait.WithinAsync(going, limit))
            {
                await page.GotoAsync("about:blank", new() { Timeout = 5_000 });
                return new ToolOutput.Error($"{address.Authority} did not answer within {limit.TotalSeconds:0} s.");
            }
        }
        catch (PlaywrightException exception) when (!cancellation.IsCancellationRequested)
        {
            session.Notes.Take();
            return new ToolOutput.Error(PageErrors.Opening(address.Authority, exception));
        }
        var left = limit - Desk.Clock.GetElapsedTime(began);
        await Desk.SettleAsync(session, page, wait, left > TimeSpan.Zero ? left : TimeSpan.Zero);
        if (await going is { Status: >= 400 } answer)
            session.Notes.Add($"The server answered {answer.Status}.");
        return await Desk.TellAsync(call, session, wait, "The page is open.");
    }

    private static async Task<IResponse?> GoAsync(IPage page, Uri address)
    {
        var options = new PageGotoOptions { WaitUntil = WaitUntilState.Commit, Timeout = 0 };
        try
        {
            return await page.GotoAsync(address.AbsoluteUri, options);
        }
        catch (PlaywrightException exception) when (exception.Message.Contains("interrupted by another navigation", StringComparison.Ordinal))
        {
            // The page before was still on its way to somewhere, such as to its own error.
            return await page.GotoAsync(address.AbsoluteUri, options);
        }
    }
}
