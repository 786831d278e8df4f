using Alumia.Lab.Sessions;

namespace Alumia.Lab.Tests.Sessions;

public sealed class TranscriptTests
{
    private readonly Script _script = new();

    [Fact]
    public void Stored_text_takes_the_place_of_what_was_streamed()
    {
        _script.Ask("m1", "Hello").Step(1).Stream("Think", reasoning: true).Stream("Hel").Stream("lo");
        var transcript = _script.Replay();
        var step = Assert.Single(Assert.Single(transcript.Turns).Steps);
        Assert.Equal(["Think", "Hello"], step.Parts.Cast<ProsePart>().Select(part => part.Text));

        _script.Close();
        transcript.Apply(_script.Frames);
        Assert.Equal(["Think", "Hello"], step.Parts.Cast<ProsePart>().Select(part => part.Text));
        Assert.All(step.Parts.Cast<ProsePart>(), part => Assert.False(part.IsOpen));
    }

    [Fact]
    public void A_cut_takes_back_what_was_not_stored()
    {
        _script.Ask("m1", "Hello").Step(1).Stream("abc", reasoning: true).Stream("defgh");
        var transcript = _script.Replay();
        transcript.Apply([new CutFrame(new Cursor(transcript.End.Sequence, 4))]);
        Assert.Equal(["abc", "d"], transcript.Turns[0].Steps[0].Parts.Cast<ProsePart>().Select(part => part.Text));
        Assert.Equal(4, transcript.End.Offset);
        transcript.Apply([new CutFrame(new Cursor(transcript.End.Sequence, 2))]);
        Assert.Equal(["ab"], transcript.Turns[0].Steps[0].Parts.Cast<ProsePart>().Select(part => part.Text));
    }

    [Fact]
    public void The_same_call_id_in_two_turns_is_two_calls()
    {
        _script.Ask("m1", "One").Step(1).Tool("call_1", "first").Finish();
        _script.Ask("m2", "Two").Step(1).Tool("call_1", "second").Finish();
        var results = _script.Replay().Turns.SelectMany(turn => turn.Steps).SelectMany(step => step.Parts).Cast<ToolPart>().Select(call => call.Result);
        Assert.Equal(["first", "second"], results);
    }

    [Fact]
    public void A_rejected_call_keeps_what_was_received_and_expected()
    {
        _script.Ask("m1", "One").Step(1).Store(new ToolRequested(1, "c", "wait", "{}"))
            .Store(new ToolRejected("c", "wait", """{"seconds":"x"}""", "/seconds", "number", "/seconds: not a number", 1));
        var call = Assert.IsType<ToolPart>(Assert.Single(_script.Replay().Turns[0].Steps[0].Parts));
        Assert.Equal((ToolState.Rejected, "/seconds", "number"), (call.State, call.Rejection!.Path, call.Rejection.Expected));
    }

    [Fact]
    public void A_new_revision_hides_the_old_one_and_all_after_it()
    {
        _script.Ask("m1", "One").Finish().Ask("m2", "Two").Finish().Ask("m3", "Three").Finish().Ask("m2", "Two, better", revision: 2).Finish();
        Assert.Equal(["One", "Two, better"], _script.Replay().Turns.Select(turn => turn.Text));
    }

    [Fact]
    public void A_new_revision_of_a_message_on_an_earlier_page_hides_all_here_before_it()
    {
        _script.Ask("m1", "One").Finish().Ask("m2", "Two").Finish();
        var split = _script.Events.Count;
        _script.Ask("m3", "Three").Finish().Ask("m2", "Two, better", revision: 2).Finish();
        var transcript = new Transcript();
        transcript.Prepend(new EventPage([.. _script.Events.Skip(split)], HasEarlier: true, new Cursor(_script.Events[^1].Sequence, 0)));
        Assert.Equal(["Two, better"], transcript.Turns.Select(turn => turn.Text));
        transcript.Prepend(new EventPage([.. _script.Events.Take(split)], HasEarlier: false, new Cursor(split, 0)));
        Assert.Equal(["One", "Two, better"], transcript.Turns.Select(turn => turn.Text));
        Assert.False(transcript.HasEarlier);
    }

    [Fact]
    public void Only_the_turn_that_changed_gets_a_new_version()
    {
        _script.Ask("m1", "One").Step(1).Stream("a").Close().Finish().Ask("m2", "Two").Step(1);
        var transcript = _script.Replay();
        var before = transcript.Turns.Select(turn => turn.Version).ToList();
        _script.Stream("b");
        transcript.Apply(_script.Frames);
        Assert.Equal(before[0], transcript.Turns[0].Version);
        Assert.True(transcript.Turns[1].Version > before[1]);
    }

    [Fact]
    public void A_trouble_raised_in_one_turn_may_be_healed_in_a_later_one()
    {
        _script.Ask("m1", "One").Store(new TroubleRaised("t", "slow")).Finish().Ask("m2", "Two").Store(new TroubleHealed("t", "It answered"));
        Assert.Equal("It answered", Assert.Single(_script.Replay().Turns[0].Troubles).HealedBy);
    }
}
