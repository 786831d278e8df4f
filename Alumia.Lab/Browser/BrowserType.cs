using Alumia.Lab.Tools;
using Microsoft.Playwright;

namespace Alumia.Lab.Browser;

/// <summary>Fills a field.</summary>
internal sealed class BrowserType(BrowserDesk desk) : BrowserTool(desk, "browser_type",
    "Fills a field of the page that is open in this session's browser with a text, in place of what it holds, or chooses an option of a list by its words; then gives what the page shows.",
    """
    {"type":"object","properties":{
      "ref":{"type":"string","pattern":"^(f[0-9]+)?e[0-9]+$","description":"The field's reference, such as e3, from what browser_open or browser_read gave last."},
      "text":{"type":"string","maxLength":20000},
      "submit":{"type":"boolean","description":"Whether to press Enter afterwards."}
    },"required":["ref","text"],"additionalProperties":false}
    """, ToolRisk.Writes)
{
    protected override async Task<ToolOutput> ActAsync(ToolCall call, BrowserSession session, PageWait wait, CancellationToken cancellation)
    {
        var (page, element) = await PageElement.FindAsync(session, call.Text("ref")!);
        await PageElement.DoAsync(call.Text("ref")!, "filled", wait, FillAsync(element, call.Text("text")!, (float)TimeSpan.FromSeconds(Desk.Options.DeedSeconds).TotalMilliseconds));
        if (call.Arguments.TryGetProperty("submit", out var submit) && submit.GetBoolean())
        {
            await PageElement.DoAsync(call.Text("ref")!, "sent", wait, element.PressAsync("Enter", new() { Timeout = 5_000 }));
            await Desk.SettleAsync(session, page, wait, TimeSpan.FromSeconds(Desk.Options.LoadSeconds));
        }
        return await Desk.TellAsync(call, session, wait, "It is filled in.");
    }

    private static async Task FillAsync(ILocator element, string text, float timeout)
    {
        if (await element.EvaluateAsync<string>("element => element.tagName", null, new() { Timeout = timeout }) == "SELECT")
            await element.SelectOptionAsync(new SelectOptionValue { Label = text }, new() { Timeout = timeout });
        else
            await element.FillAsync(text, new LocatorFillOptions { Timeout = timeout });
    }
}
