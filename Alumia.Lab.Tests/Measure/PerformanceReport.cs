using System.Globalization;
using Alumia.Lab.Tests.Harness;

namespace Alumia.Lab.Tests.Measure;

/// <summary>The canvas's part of docs/performance.md, between two marks; and the file itself.</summary>
internal static class PerformanceReport
{
    public const string Begin = "<!-- Written by measure/canvas.sh from here -->", End = "<!-- to here -->";

    public static string Of(IReadOnlyList<PageFigure> figures, string loadAverage) => $"""
        {Begin}
        ## Canvas

        Measured on {DateTime.UtcNow:yyyy-MM-dd} by `measure/canvas.sh` in one run: {Machine()},
        headless Chromium without a GPU on the same machine, load average {loadAverage} before it began. Both pages show the same graph on a canvas of
        {figures[0].Size.X} x {figures[0].Size.Y} px: a third of the nodes are documents, each linked to the agent that made it; ten agents' text streams ten times a second, all
        the time. The line is a TCP proxy that delays each way by half of what it says (a new connection costs one round trip more); over
        "0 ms" it only counts bytes. Both pages were opened once before, so their scripts are in the browser's cache. Every figure of a gesture is of
        {figures[0].Views[0].Pan.Times} repetitions of a second each, moved sixty times a second by real mouse events.

        ### First view
        *First*: from the navigation until something of the graph is on the screen. *All*: until everything that is in view is there. Medians, ms.
        *Received*: on the wire for one opening, compressed as it is sent.

        | nodes | line | page | first | all | received | on the screen then |
        | ---: | ---: | --- | ---: | ---: | ---: | --- |
        {Rows(figures, LoadRow)}

        ### Frame times
        Milliseconds from frame to frame while the hand moves, `p50 / p95 / max`: one node dragged along a bow, the ground dragged, the wheel turned in
        and out again. *Text only*: nothing moves but what streams. *Whole* has everything in view, *near* the middle at zoom 0.6. Where the lab
        paints a whole view of very many nodes as one picture, no node can be dragged in it.

        | nodes | line | view | page | drag | pan | zoom | text only |
        | ---: | ---: | --- | --- | --- | --- | --- | --- |
        {Rows(figures, FrameRow)}

        ### After the hand lets go
        *Behind*: how far what is held stood from the hand just before, the worst, px. *Longest*: the longest frame of the second after, ms. *Filled*: until
        the last part that came into view was there, the worst, ms; a page that renders all nodes always has nothing to fill.

        | nodes | line | view | page | on the screen | behind: drag / pan | longest: drag / pan / zoom | filled: pan / zoom |
        | ---: | ---: | --- | --- | --- | --- | --- | --- |
        {Rows(figures, AfterRow)}

        ### On the wire
        WebSocket messages and bytes that one gesture sends while the button is held, and in the second after it: for the lab, acknowledgements of what
        streams are among them. *Streaming*: updates of a node that are seen a second, and what one
        takes, unpacked and as it travels: both lines compress, and offline agents repeat themselves.

        | nodes | line | view | page | drag: held, after | pan: held, after | zoom: during, after | streaming |
        | ---: | ---: | --- | --- | --- | --- | --- | --- |
        {Rows(figures, WireRow)}
        {End}
        """;

    /// <summary>Replaces the part of the file that begins with this mark, or adds it.</summary>
    public static void Save(string report, string beginMark)
    {
        var path = Path.Combine(Repository.Root, "docs", "performance.md");
        var old = File.Exists(path) ? File.ReadAllText(path) : "# Performance\n";
        var begin = old.IndexOf(beginMark, StringComparison.Ordinal);
        File.WriteAllText(path, begin < 0 ? $"{old}\n{report}\n" : old[..begin] + report + old[(old.IndexOf(End, begin, StringComparison.Ordinal) + End.Length)..]);
    }

    /// <summary>What it was measured on.</summary>
    public static string Machine() => $"{Environment.ProcessorCount} cores ({Processor()}), {GC.GetGCMemoryInfo().TotalAvailableMemoryBytes >> 30} GB of memory";

    /// <summary>How busy the machine is with what else it does: processes that run or wait to, over a minute.</summary>
    public static string LoadAverage() => File.Exists("/proc/loadavg") ? File.ReadAllText("/proc/loadavg").Split(' ')[0] : "unknown";

    private static string Rows(IReadOnlyList<PageFigure> figures, Func<PageFigure, IEnumerable<(string Key, string Row)>> rows) => string.Join('\n', figures
        .GroupBy(figure => (figure.Nodes, figure.RoundTripMs))
        .SelectMany(group => group.SelectMany(rows).GroupBy(row => row.Key).SelectMany(same => same.Select(row => $"| {group.Key.Nodes} | {group.Key.RoundTripMs} ms | {row.Row} |"))));

    private static IEnumerable<(string, string)> LoadRow(PageFigure page) =>
    [
        ("", string.Create(CultureInfo.InvariantCulture,
            $"{page.Page} | {Median(page, load => load.Seen.FirstMs):0} | {Median(page, load => load.Seen.LastMs):0} | {Median(page, load => load.Wire.ReceivedBytes) / 1000:0} kB | {Screen(page, page.Views[0])}")),
    ];

    private static IEnumerable<(string, string)> FrameRow(PageFigure page) => page.Views.Select(view => (view.Name,
        $"{view.Name} | {page.Page} | {Times(view.Drag?.During)} | {Times(view.Pan.During)} | {Times(view.Zoom.During)} | {Times(view.Stream.Frames)}"));

    private static IEnumerable<(string, string)> AfterRow(PageFigure page) => page.Views.Select(view => (view.Name, string.Create(CultureInfo.InvariantCulture,
        $"{view.Name} | {page.Page} | {Screen(page, view)} | {view.Drag?.BehindPx ?? 0:0} / {view.Pan.BehindPx:0} | {view.Drag?.After.Max ?? 0:0} / {view.Pan.After.Max:0} / {view.Zoom.After.Max:0} | {view.Pan.FilledMs:0} / {view.Zoom.FilledMs:0}")));

    private static IEnumerable<(string, string)> WireRow(PageFigure page) => page.Views.Select(view => (view.Name, string.Create(CultureInfo.InvariantCulture,
        $"{view.Name} | {page.Page} | {Sent(view.Drag)} | {Sent(view.Pan)} | {Sent(view.Zoom)} | {view.Stream.Changes.Updates / view.Stream.Seconds:0}/s, {PerUpdate(view, view.Stream.Wire.ReceivedUnpacked):0} B, {PerUpdate(view, view.Stream.Wire.ReceivedBytes):0} B")));

    private static double PerUpdate(ViewFigure view, double bytes) => bytes / Math.Max(1, view.Stream.Changes.Updates);

    private static string Screen(PageFigure page, ViewFigure view) => view.Shown.IsPainted
        ? "all painted as one picture"
        : string.Create(CultureInfo.InvariantCulture, $"{view.Shown.InView} of {page.Nodes} nodes, {view.Shown.Rendered} rendered, zoom {view.Shown.Zoom:0.00}");

    private static string Times(FrameTimes? times) => times is null ? "–" : string.Create(CultureInfo.InvariantCulture, $"{times.P50:0.0} / {times.P95:0.0} / {times.Max:0.0}");

    private static string Sent(GestureFigure? gesture) => gesture is null ? "–" : $"{Sent(gesture.Held, gesture.Times)}, {Sent(gesture.Released, gesture.Times)}";

    private static string Sent(Wire wire, int times) => string.Create(CultureInfo.InvariantCulture, $"{wire.SentFrames / (double)times:0.#} ({wire.SentBytes / times} B)");

    private static double Median(PageFigure page, Func<(Rest Seen, Wire Wire), double> what) => page.Loads.Select(what).Order().ElementAt(page.Loads.Count / 2);

    private static string Processor() => File.Exists("/proc/cpuinfo")
        ? File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim() ?? "unknown"
        : "unknown";
}
