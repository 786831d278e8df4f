namespace Alumia.Lab.Tests.Measure;

/// <summary>Times between frames, ms.</summary>
internal sealed record FrameTimes(IReadOnlyList<double> All)
{
    public double P50 => At(0.5);

    public double P95 => At(0.95);

    public double Max => At(1);

    private double At(double share) => All.Count == 0 ? 0 : All.Order().ElementAt((int)Math.Ceiling(share * All.Count) - 1);
}

/// <summary>What went over the line, in WebSocket messages and in bytes.</summary>
internal sealed record Wire(int SentFrames, int ReceivedFrames, long SentBytes, long ReceivedBytes)
{
    public static Wire None { get; } = new(0, 0, 0, 0);

    public static Wire operator -(Wire after, Wire before) => new(
        after.SentFrames - before.SentFrames, after.ReceivedFrames - before.ReceivedFrames,
        after.SentBytes - before.SentBytes, after.ReceivedBytes - before.ReceivedBytes);

    public static Wire operator +(Wire one, Wire other) => new(
        one.SentFrames + other.SentFrames, one.ReceivedFrames + other.ReceivedFrames,
        one.SentBytes + other.SentBytes, one.ReceivedBytes + other.ReceivedBytes);
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
