using Alumia.Lab.Tools;

namespace Alumia.Lab.Browser;

/// <summary>Shows people a picture of the page.</summary>
internal sealed class BrowserScreenshot(BrowserDesk desk) : BrowserTool(desk, "browser_screenshot",
    "Puts a new picture of the page that is open in this session's browser on the canvas, for people to see.",
    """
    {"type":"object","properties":{"full_page":{"type":"boolean","description":"The whole page from top to bottom instead of what is in view."}},"additionalProperties":false}
    """, ToolRisk.Reads)
{
    protected override async Task<ToolOutput> ActAsync(ToolCall call, BrowserSession session, PageWait wait, CancellationToken cancellation)
    {
        if (!session.HasPage)
            return new ToolOutput.Error("No page is open. Open one with browser_open.");
        var isWhole = call.Arguments.TryGetProperty("full_page", out var whole) && whole.GetBoolean();
        return await Desk.TellAsync(call, session, wait, "The picture is on the canvas.", isWhole: isWhole);
    }
}
