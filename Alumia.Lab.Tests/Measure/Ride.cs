using Alumia.Lab.Tests.Harness;
using Microsoft.Playwright;

namespace Alumia.Lab.Tests.Measure;

/// <summary>How much is done for a figure: repetitions, how long text alone is watched, how long the page is watched after a gesture, and after what quiet it rests.</summary>
internal sealed record Thoroughness(int Times, int StreamMs, int AfterMs, int QuietMs)
{
    public static Thoroughness Whole { get; } = new(4, 5000, 1000, 1500);

    /// <summary>For a test of the measuring itself.</summary>
    public static Thoroughness Brief { get; } = new(1, 500, 100, 300);
}

/// <summary>One person's visit to a canvas: opens it, moves it by hand with all of it in view and again near by, and takes down what is seen.</summary>
internal sealed class Ride
{
    private const int Steps = 60;
    private const double Far = 160, NearZoom = 0.6, Turn = 20;
    private readonly IPage _page;
    private readonly Watch _watch;
    private readonly Hand _hand;
    private readonly SlowLine _line;
    private readonly Thoroughness _how;
    private int _sent, _received;
    private long _unpacked;

    private Ride(IPage page, Watch watch, Hand hand, SlowLine line, Thoroughness how)
    {
        (_page, _watch, _hand, _line, _how) = (page, watch, hand, line, how);
        page.WebSocket += (_, socket) =>
        {
            socket.FrameSent += (_, _) => Interlocked.Increment(ref _sent);
            socket.FrameReceived += (_, frame) =>
            {
                Interlocked.Increment(ref _received);
                Interlocked.Add(ref _unpacked, frame.Binary?.Length ?? frame.Text?.Length ?? 0);
            };
        };
    }

    /// <summary>All figures of one page over one line; each thing is done so many times.</summary>
    public static async Task<PageFigure> MeasureAsync(Browsers browsers, ISubject subject, SampleGraph graph, int roundTripMs, Thoroughness how)
    {
        await using var line = new SlowLine(subject.Address, TimeSpan.FromMilliseconds(roundTripMs));
        await using var context = await browsers.NewContextAsync(new() { BaseURL = line.Address.ToString(), ViewportSize = new() { Width = 1440, Height = 900 } });
        context.SetDefaultTimeout(60_000);
        var page = await context.NewPageAsync();
        await subject.EnterAsync(page);
        await subject.StartStreamingAsync();
        var ride = new Ride(page, await Watch.OnAsync(page, subject.Anatomy), await Hand.OnAsync(page), line, how);
        var loads = await ride.LoadAsync(subject.Path);
        var size = await ride._watch.SizeAsync();
        var fitted = await ride.LookAsync("whole");
        await ride.ComeNearAsync();
        var near = await ride.LookAsync("near");
        return new(subject.Name, graph.Nodes.Count, graph.Nodes.Count(node => node.IsDocument), roundTripMs, size, loads, [fitted, near]);
    }

    // The first opening fills the browser's cache and warms the server; it is not counted.
    private async Task<List<(Rest Seen, Wire Wire)>> LoadAsync(string path)
    {
        var loads = new List<(Rest, Wire)>();
        for (var i = 0; i <= _how.Times; i++)
        {
            var before = Now();
            await _page.GotoAsync(path, new() { WaitUntil = WaitUntilState.Commit });
            var rest = await _watch.RestAsync(_how.QuietMs);
            if (i > 0)
                loads.Add((rest, Now() - before));
        }
        return loads;
    }

    private async Task<ViewFigure> LookAsync(string name)
    {
        TestContext.Current.TestOutputHelper?.WriteLine($"{await _watch.NowAsync():0} ms after the opening: {name}");
        var shown = await _watch.ShowsAsync();
        var stream = await StreamAsync();
        var drag = await _watch.HandleAsync() is null ? null : await RepeatAsync(DragAsync);
        return new(name, shown, drag, await RepeatAsync(PanAsync), await RepeatAsync(ZoomAsync), stream);
    }

    private async Task ComeNearAsync()
    {
        var centre = await _watch.CentreAsync();
        while (await _watch.ZoomAsync() < NearZoom)
            await _hand.WheelAsync(centre.X, centre.Y, [-Turn]);
        await _watch.RestAsync(_how.QuietMs, await _watch.NowAsync());
    }

    private async Task<StreamFigure> StreamAsync()
    {
        var before = Now();
        await _watch.StartChangesAsync();
        await _watch.StartFramesAsync();
        await _watch.PassAsync(_how.StreamMs);
        var frames = new FrameTimes(await _watch.StopFramesAsync());
        return new(_how.StreamMs / 1000.0, await _watch.StopChangesAsync(), frames, Now() - before);
    }

    /// <summary>A gesture that has begun: the button is pressed already. <c>Goal</c> is how far what is held has to go.</summary>
    private sealed record Stroke(Func<Task> Move, Func<Task> Release, Point? Goal);

    private async Task<GestureFigure> RepeatAsync(Func<int, Task<Stroke>> begin)
    {
        List<double> during = [], after = [], filled = [];
        var (held, released, behind) = (Wire.None, Wire.None, 0d);
        for (var i = 0; i < _how.Times; i++)
        {
            var start = Now();
            var stroke = await begin(i % 2 == 0 ? 1 : -1);
            await _watch.StartFramesAsync();
            await stroke.Move();
            during.AddRange(await _watch.StopFramesAsync());
            if (stroke.Goal is { } goal && await _watch.GoneAsync() is { } gone)
                behind = Math.Max(behind, Math.Sqrt(Math.Pow(gone.X - goal.X, 2) + Math.Pow(gone.Y - goal.Y, 2)));
            var before = Now();
            var let = await _watch.NowAsync();
            await _watch.StartFramesAsync();
            await stroke.Release();
            await _watch.PassAsync(_how.AfterMs);
            after.AddRange(await _watch.StopFramesAsync());
            var second = Now();
            (held, released) = (held + (before - start), released + (second - before));
            filled.Add(Math.Max(0, (await _watch.RestAsync(_how.QuietMs, let)).LastMs - let));
        }
        return new(_how.Times, new(during), new(after), held, released, behind, filled.Max());
    }

    private async Task<Stroke> DragAsync(int way) =>
        await PullAsync(await _watch.HandleAsync() ?? throw new InvalidOperationException("No agent can be taken any more."), way);

    private async Task<Stroke> PanAsync(int way)
    {
        await _watch.HandleAsync();
        return await PullAsync(await _watch.GroundAsync(), way);
    }

    // Along a bow to a point beside.
    private async Task<Stroke> PullAsync(Point from, int way)
    {
        var path = Enumerable.Range(1, Steps).Select(i => (double)i / Steps)
            .Select(share => (X: from.X + way * Far * share, Y: from.Y + Far / 2 * Math.Sin(Math.PI * share))).ToList();
        await _hand.HoverAsync(from.X, from.Y);
        await _hand.PressAsync(from.X, from.Y);
        return new(() => _hand.DragAsync(path), () => _hand.ReleaseAsync(path[^1].X, path[^1].Y), new(way * Far, 0));
    }

    private async Task<Stroke> ZoomAsync(int way)
    {
        var centre = await _watch.CentreAsync();
        var turns = Enumerable.Repeat(-Turn, Steps / 2).Concat(Enumerable.Repeat(Turn, Steps / 2)).ToList();
        return new(() => _hand.WheelAsync(centre.X, centre.Y, turns), () => Task.CompletedTask, null);
    }

    private Wire Now() => new(Volatile.Read(ref _sent), Volatile.Read(ref _received), Volatile.Read(ref _unpacked), _line.Bytes.Up, _line.Bytes.Down);
}
