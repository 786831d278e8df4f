using System.Collections.Concurrent;
using System.Globalization;
using Alumia.Lab.Tools;
using Microsoft.Playwright;
using IRequest = Microsoft.Playwright.IRequest;

namespace Alumia.Lab.Browser;

/// <summary>What a session's pages have asked for and not got yet: why a page is slow.</summary>
internal sealed class PageTraffic
{
    private readonly ConcurrentDictionary<IRequest, long> _open = new();
    private readonly TimeProvider _clock;

    public PageTraffic(IBrowserContext context, TimeProvider clock)
    {
        _clock = clock;
        context.Request += (_, request) => _open[request] = clock.GetTimestamp();
        context.RequestFinished += (sender, request) => _open.TryRemove(request, out _);
        context.RequestFailed += (sender, request) => _open.TryRemove(request, out _);
    }

    /// <summary>How many answers are missing, and which for longest.</summary>
    public ToolFact Look()
    {
        var open = _open.ToArray();
        if (open.Length == 0)
            return new ToolFact("Waits for", "No answer of a server is missing");
        var (oldest, since) = open.MinBy(pair => pair.Value);
        return new ToolFact("Waits for", string.Create(CultureInfo.InvariantCulture,
            $"{PageReport.Clean(oldest.Url, 300)}, asked {_clock.GetElapsedTime(since).TotalSeconds:0} s ago{(open.Length > 1 ? $", and {open.Length - 1} more" : "")}"));
    }
}
