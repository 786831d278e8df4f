using Alumia.Lab.Tools;

namespace Alumia.Lab.Browser;

/// <summary>Reads the page again.</summary>
internal sealed class BrowserRead(BrowserDesk desk) : BrowserTool(desk, "browser_read",
    "Gives what the page that is open in this session's browser shows now, with a reference for each element. Long pages come in pieces: use from to go on.",
    """
    {"type":"object","properties":{"from":{"type":"integer","minimum":0,"description":"The character to begin at; left out for the beginning."}},"additionalProperties":false}
    """, ToolRisk.Reads)
{
    protected override Task<ToolOutput> ActAsync(ToolCall call, BrowserSession session, PageWait wait, CancellationToken cancellation) =>
        session.HasPage
            ? Desk.TellAsync(call, session, wait, "", (int)Math.Min(call.Number("from") ?? 0, int.MaxValue))
            : Task.FromResult<ToolOutput>(new ToolOutput.Error("No page is open. Open one with browser_open."));
}
