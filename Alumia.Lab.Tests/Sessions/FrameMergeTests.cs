using Alumia.Lab.Sessions;
using CsCheck;

namespace Alumia.Lab.Tests.Sessions;

public sealed class FrameMergeTests
{
    private static readonly List<Frame> _frames = new Script().Ask("m1", "Go").Step(1).Stream("think", reasoning: true).Stream("ing", reasoning: true)
        .Stream("Hello").Stream(", ").Stream("world").Tool("a", "ok").Step(2).Stream("Bye").Close().Finish().Frames;

    [Fact]
    public void Whoever_has_a_part_in_whatever_pieces_gets_the_rest_and_nothing_twice() =>
        Gen.Select(Gen.Int[0, 30], Gen.Int[1, 5].Array[1, 30]).Sample((start, sizes) =>
        {
            var copy = new Copy();
            foreach (var frame in _frames.Take(start))
                copy.Take(frame);
            // The frames come again from the start, in stretches: what the copy has is passed over.
            var cursor = copy.Cursor;
            for (var (at, i) = (0, 0); at < _frames.Count; i++)
            {
                var stretch = _frames.GetRange(at, Math.Min(sizes[i % sizes.Length], _frames.Count - at));
                foreach (var frame in FrameMerge.After(stretch, ref cursor))
                    copy.Take(frame);
                at += stretch.Count;
            }
            return copy.Events.Count == _frames.OfType<EventFrame>().Count() && copy.Cursor == _frames[^1].After && copy.Cuts == 0;
        });

    [Fact]
    public void Neighbouring_deltas_of_one_kind_come_as_one()
    {
        var cursor = Cursor.Start;

        var deltas = FrameMerge.After(_frames, ref cursor).OfType<DeltaFrame>().ToList();

        Assert.Equal(["thinking", "Hello, world", "Bye"], deltas.Select(delta => delta.Text));
        Assert.Equal([8, 20, 3], deltas.Select(delta => delta.After.Offset));
    }

    [Fact]
    public void Whoever_has_more_of_a_step_than_was_stored_is_told_how_far_to_cut()
    {
        List<SessionEvent> stored = [new(4, "trn", 1, new ReasoningWritten(1, "thin")), new(5, "trn", 1, new TextWritten(1, "He")), new(6, "trn", 1, new TurnFailed("interrupted", ""))];

        Assert.Equal(new Cursor(3, 6), FrameMerge.Cut(stored, new Cursor(3, 20))?.After);
        Assert.Null(FrameMerge.Cut(stored, new Cursor(3, 6)));
        Assert.Null(FrameMerge.Cut(stored, new Cursor(3, 0)));
        Assert.Equal(new Cursor(3, 0), FrameMerge.Cut([new(4, "trn", 1, new TurnFailed("interrupted", ""))], new Cursor(3, 20))?.After);
    }
}
