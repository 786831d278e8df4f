using Alumia.Lab.Tests.Harness;

namespace Alumia.Lab.Tests.Measure;

public sealed class CanvasMeasureTests(Browsers browsers)
{
    [Fact]
    public async Task Rf()
    {
        var graph = SampleGraph.Of(int.Parse(Environment.GetEnvironmentVariable("N") ?? "300"));
        await using var flow = await PlainFlow.StartAsync(graph, new Point(1440, 852));
        foreach (var rt in new[] { 0, 200 })
        {
            var figure = await Ride.MeasureAsync(browsers, flow, graph, rt, 3);
            TestContext.Current.TestOutputHelper!.WriteLine(System.Text.Json.JsonSerializer.Serialize(figure, new System.Text.Json.JsonSerializerOptions { IncludeFields = true }));
            foreach (var view in figure.Views)
                foreach (var (n, g) in new[] { ("drag", view.Drag), ("pan", view.Pan), ("zoom", view.Zoom) })
                    TestContext.Current.TestOutputHelper!.WriteLine($"{rt} {view.Name} {n} {g?.During.P50:0.0} {g?.During.P95:0.0} {g?.During.Max:0.0} after {g?.After.Max:0.0} behind {g?.BehindPx:0} filled {g?.FilledMs:0} {g?.Held} {g?.Released}");
        }
    }
}
