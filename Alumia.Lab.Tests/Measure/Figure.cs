namespace Alumia.Lab.Tests.Measure;

/// <summary>Times between frames, ms.</summary>
internal sealed record FrameTimes(IReadOnlyList<double> All)
{
    public double P50 => At(0.5);

    public double P95 => At(0.95);

    public double Max => At(1);

    private double At(double share) => All.Count == 0 ? 0 : All.Order().ElementAt((int)Math.Ceiling(share * All.Count) - 1);
}

/// <summary>What went over the line: WebSocket messages, how long they were when unpacked, and all bytes as they travelled.</summary>
internal sealed record Wire(int SentFrames, int ReceivedFrames, long ReceivedUnpacked, long SentBytes, long ReceivedBytes)
{
    public static Wire None { get; } = new(0, 0, 0, 0, 0);

    public static Wire operator -(Wire after, Wire before) => Each(after, before, (one, other) => one - other);

    public static Wire operator +(Wire one, Wire other) => Each(one, other, (a, b) => a + b);

    private static Wire Each(Wire one, Wire other, Func<long, long, long> join) => new(
        (int)join(one.SentFrames, other.SentFrames), (int)join(one.ReceivedFrames, other.ReceivedFrames), join(one.ReceivedUnpacked, other.ReceivedUnpacked),
        join(one.SentBytes, other.SentBytes), join(one.ReceivedBytes, other.ReceivedBytes));
}

/// <summary>Some repetitions of one gesture.</summary>
/// <param name="Times">How often it was done.</param>
/// <param name="During">Frames while the hand moves.</param>
/// <param name="After">Frames in the second after the hand let go.</param>
/// <param name="Held">On the line from the press to just before the release.</param>
/// <param name="Released">On the line in the second after it.</param>
/// <param name="BehindPx">How far what was moved stood from the hand just before the release; the worst.</param>
/// <param name="FilledMs">From the release until the last part that came into view was there; the worst.</param>
internal sealed record GestureFigure(int Times, FrameTimes During, FrameTimes After, Wire Held, Wire Released, double BehindPx, double FilledMs);

/// <summary>Seconds in which nothing but the agents' text moved.</summary>
internal sealed record StreamFigure(double Seconds, Changes Changes, FrameTimes Frames, Wire Wire);

/// <summary>A view of the canvas and what was measured in it; a gesture that it does not offer is null.</summary>
internal sealed record ViewFigure(string Name, Shown Shown, GestureFigure? Drag, GestureFigure Pan, GestureFigure Zoom, StreamFigure Stream);

/// <summary>
/// One page with one number of nodes over one line. <c>Size</c> is the canvas's, in CSS pixels; <c>Loads</c> has each opening: when something
/// was there, when all was, and what it took on the line.
/// </summary>
internal sealed record PageFigure(string Page, int Nodes, int Links, int RoundTripMs, Point Size, IReadOnlyList<(Rest Seen, Wire Wire)> Loads, IReadOnlyList<ViewFigure> Views);
