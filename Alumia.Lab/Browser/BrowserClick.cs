using Alumia.Lab.Tools;
using Microsoft.Playwright;

namespace Alumia.Lab.Browser;

/// <summary>Clicks an element.</summary>
internal sealed class BrowserClick(BrowserDesk desk) : BrowserTool(desk, "browser_click",
    "Clicks an element of the page that is open in this session's browser, and gives what the page shows then.",
    """
    {"type":"object","properties":{"ref":{"type":"string","pattern":"^(f[0-9]+)?e[0-9]+$","description":"The element's reference, such as e3, from what browser_open or browser_read gave last."}},"required":["ref"],"additionalProperties":false}
    """, ToolRisk.Writes)
{
    protected override async Task<ToolOutput> ActAsync(ToolCall call, BrowserSession session, PageWait wait, CancellationToken cancellation)
    {
        var (page, element) = await PageElement.FindAsync(session, call.Text("ref")!);
        var limit = TimeSpan.FromSeconds(Desk.Options.DeedSeconds);
        await PageElement.DoAsync(call.Text("ref")!, "clicked", wait, element.ClickAsync(new LocatorClickOptions { Timeout = (float)limit.TotalMilliseconds }));
        await Desk.SettleAsync(session, page, wait, TimeSpan.FromSeconds(Desk.Options.LoadSeconds));
        return await Desk.TellAsync(call, session, wait, "It is clicked.");
    }
}
