using System.Globalization;
using Alumia.Lab.Tests.Harness;

namespace Alumia.Lab.Tests.Measure;

/// <summary>
/// Measures the canvas beside a plain React Flow page: <c>measure/canvas.sh</c> runs it whole and writes docs/performance.md. The suite measures
/// the lab alone with a few nodes, so that the command always works. No figure decides anything.
/// </summary>
public sealed class CanvasMeasureTests(Browsers browsers)
{
    private static readonly string? _wanted = Environment.GetEnvironmentVariable("MEASURE");

    [Fact]
    public async Task The_canvas_can_be_measured()
    {
        int[] sizes = _wanted is null ? [12] : [.. _wanted.Split(' ').Select(size => int.Parse(size, CultureInfo.InvariantCulture))];
        var load = PerformanceReport.LoadAverage();
        var figures = new List<PageFigure>();
        foreach (var nodes in sizes)
            figures.AddRange(await MeasureAsync(SampleGraph.Of(nodes)));

        var report = PerformanceReport.Of(figures, load);
        TestContext.Current.TestOutputHelper!.WriteLine(report);
        if (_wanted is not null)
            PerformanceReport.Save(report, PerformanceReport.Begin);
        Assert.All(figures.SelectMany(figure => figure.Loads), load => Assert.True(load.Seen.FirstMs > 0 && load.Wire.ReceivedBytes > 0));
        Assert.All(figures.SelectMany(figure => figure.Views), view =>
        {
            Assert.NotEmpty(view.Pan.During.All);
            Assert.InRange(view.Pan.BehindPx, 0, 20);
            Assert.NotEmpty(view.Zoom.During.All);
            // Of a painted node only its colour tells what it does.
            Assert.True(view.Shown.IsPainted || view.Stream.Changes.Updates > 0);
        });
        Assert.All(figures.Select(figure => figure.Views[^1]), near => Assert.NotEmpty(near.Drag!.During.All));
    }

    private async Task<List<PageFigure>> MeasureAsync(SampleGraph graph)
    {
        var figures = new List<PageFigure>();
        await using var lab = await LabCanvas.StartAsync(graph);
        if (_wanted is null)
            return [await Ride.MeasureAsync(browsers, lab, graph, 0, Thoroughness.Brief)];
        foreach (var roundTripMs in new[] { 0, 200 })
        {
            var ours = await Ride.MeasureAsync(browsers, lab, graph, roundTripMs, Thoroughness.Whole);
            await lab.StopStreamingAsync();
            await using var plain = await PlainFlow.StartAsync(graph, ours.Size);
            figures.AddRange([ours, await Ride.MeasureAsync(browsers, plain, graph, roundTripMs, Thoroughness.Whole)]);
        }
        return figures;
    }
}
