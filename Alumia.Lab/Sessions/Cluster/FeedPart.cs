using System.Text.Json;

namespace Alumia.Lab.Sessions.Cluster;

/// <summary>A piece of a live turn's feed, on its way to another copy.</summary>
/// <param name="Start">The last stored event before the feed's first frame.</param>
/// <param name="Frames">What came since the last piece.</param>
[GenerateSerializer, Immutable, Alias("Alumia.Lab.FeedPart")]
internal sealed record FeedPart([property: Id(0)] long Start, [property: Id(1)] FeedFrame[] Frames);

/// <summary>A frame: an event as the database has it, or a delta.</summary>
[GenerateSerializer, Immutable, Alias("Alumia.Lab.FeedFrame")]
internal sealed record FeedFrame(
    [property: Id(0)] long Sequence, [property: Id(1)] int Offset, [property: Id(2)] string TurnId, [property: Id(3)] long AtMs,
    [property: Id(4)] int Step, [property: Id(5)] bool IsReasoning, [property: Id(6)] string Text, [property: Id(7)] bool IsEvent)
{
    public static FeedFrame Of(Frame frame) => frame switch
    {
        EventFrame { Event: var stored } => new(stored.Sequence, 0, stored.TurnId, stored.AtMs, 0, false, JsonSerializer.Serialize(stored.Data, SessionJson.Default.SessionEventData), true),
        DeltaFrame delta => new(delta.After.Sequence, delta.After.Offset, delta.TurnId, 0, delta.Step, delta.IsReasoning, delta.Text, false),
        _ => throw new InvalidOperationException($"A feed has no {frame.GetType().Name}."),
    };

    public Frame ToFrame() => IsEvent
        ? new EventFrame(new SessionEvent(Sequence, TurnId, AtMs, JsonSerializer.Deserialize(Text, SessionJson.Default.SessionEventData)!))
        : new DeltaFrame(new Cursor(Sequence, Offset), TurnId, Step, IsReasoning, Text);
}
