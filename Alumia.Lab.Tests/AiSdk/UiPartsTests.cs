using Alumia.Lab.AiSdk;
using Alumia.Lab.Sessions;
using Alumia.Lab.Tests.Sessions;
using CsCheck;

namespace Alumia.Lab.Tests.AiSdk;

/// <summary>The state machine from frames to parts, by canned frames.</summary>
public sealed class UiPartsTests
{
    private static readonly Gen<Script> _scripts = Gen.Int[0, 13].Array[1, 40].Select(Write);

    private enum Road
    {
        Live,
        Merged,
        Stored,
    }

    [Fact]
    public void A_turn_with_reasoning_text_and_a_tool_gives_these_parts()
    {
        var script = new Script().Ask("m1", "Hi").Step(1).Stream("Hm", reasoning: true).Stream("Loo").Stream("king").Tool("c1", "done").Step(2).Stream("Here").Close().Finish();
        Assert.Equal(
            [
                "1.0 start trn_1", "3.0 start-step", "3.0.1 reasoning-start 1-1", "3.2 reasoning-delta 1-1 Hm", "3.2.1 reasoning-end 1-1", "3.2.2 text-start 1-2", "3.5 text-delta 1-2 Loo",
                "3.9 text-delta 1-2 king", "6.0 text-end 1-2", "6.0.1 tool-input-start c1", """6.0.2 tool-input-delta c1 {"seconds":2}""", """7.0 tool-input-available c1 {"seconds":2}""",
            ],
            Of(script, Road.Live).Take(12).Select(Line));
        Assert.Equal(["tool-partial c1 1 of 2 s\n", "tool-output c1 done", "finish-step", "start-step", "text-start 2-1", "text-delta 2-1 Here", "text-end 2-1", "finish-step", "finish stop"],
            Of(script, Road.Live).Skip(12).Select(Line).Select(line => line[(line.IndexOf(' ', StringComparison.Ordinal) + 1)..]));
    }

    [Fact]
    public void Live_merged_and_stored_give_the_same_parts_with_the_same_places() =>
        _scripts.Sample(script => Dump(Of(script, Road.Live)) == Dump(Of(script, Road.Merged)) && Dump(Of(script, Road.Live)) == Dump(Of(script, Road.Stored)), iter: 1_000);

    [Fact]
    public void A_client_that_comes_back_after_any_part_gets_the_rest_and_nothing_twice() =>
        Gen.Select(_scripts, Gen.Enum<Road>(), Gen.Enum<Road>(), Gen.Double[0, 1]).Sample((script, first, second, cut) =>
        {
            var whole = Of(script, first);
            var seen = whole.Take((int)(cut * whole.Count)).ToList();
            var place = seen.FindLast(part => part.After is not null).After ?? default;
            return Dump([.. seen, .. Of(script, second, place)]) == Dump(whole);
        }, iter: 3_000);

    [Fact]
    public void A_client_that_was_cut_off_again_and_again_gets_the_whole() =>
        Gen.Select(_scripts, Gen.Enum<Road>().Array[1, 20], Gen.Int[1, 6]).Sample((script, roads, size) =>
        {
            var got = new List<UiPart>();
            for (var i = 0; ; i++)
            {
                var rest = Of(script, roads[i % roads.Length], got.Count == 0 ? default : got[^1].After!.Value);
                if (rest.Count == 0)
                    break;
                got.AddRange(rest.Take(size));
            }
            return Dump(got) == Dump(Of(script, Road.Live));
        }, iter: 1_000);

    [Fact]
    public void A_crash_that_left_less_than_was_streamed_cuts_the_clients_copy()
    {
        var script = new Script().Ask("m1", "Hi").Step(1).Stream("Hello").Close().Fail("interrupted", "The lab stopped.", SessionStatus.Interrupted);
        var rest = Of(script, Road.Stored, new Place(3, 9));
        Assert.Equal([UiPartKind.Cut, UiPartKind.FinishStep, UiPartKind.Error, UiPartKind.Finish], rest.Select(part => part.Kind));
        Assert.Equal(("1", 5), (rest[0].Name, rest[0].Number));
    }

    [Fact]
    public void A_failure_that_was_resumed_is_no_end_for_who_comes_later()
    {
        var script = new Script().Ask("m1", "Hi").Step(1).Stream("Hel").Close().Fail("provider", "It broke.", SessionStatus.Failed)
            .Store(new TurnResumed("groq/small")).Store(new StatusChanged(SessionStatus.Failed, SessionStatus.Active)).Step(2).Stream("lo").Close().Finish();
        var parts = Of(script, Road.Stored);
        Assert.DoesNotContain(parts, part => part.Kind == UiPartKind.Error);
        Assert.Equal(UiPartKind.Finish, Assert.Single(parts, part => part.Kind == UiPartKind.Finish).Kind);
        // Who was there saw the end, and comes back with its place.
        var failed = Of(new Script().Ask("m1", "Hi").Step(1).Stream("Hel").Close().Fail("provider", "It broke.", SessionStatus.Failed), Road.Live);
        Assert.Equal((UiPartKind.Error, UiPartKind.Finish, "error"), (failed[^2].Kind, failed[^1].Kind, failed[^1].Text));
        Assert.Equal(UiPartKind.StartStep, Of(script, Road.Stored, failed[^1].After!.Value)[0].Kind);
    }

    [Theory]
    [InlineData(SessionStatus.AwaitingProvider, false)]
    [InlineData(SessionStatus.AwaitingFunds, false)]
    [InlineData(SessionStatus.AwaitingPeer, false)]
    [InlineData(SessionStatus.PaymentRequired, true)]
    [InlineData(SessionStatus.AwaitingApproval, true)]
    [InlineData(SessionStatus.AwaitingConnector, true)]
    [InlineData(SessionStatus.LimitReached, true)]
    public void A_park_that_needs_a_person_ends_the_stream_and_any_other_keeps_it(SessionStatus status, bool ends)
    {
        var script = new Script().Ask("m1", "Hi").Step(1).Store(new StatusChanged(SessionStatus.Active, status, "Why"));
        var machine = new UiParts("ses_1", "trn_1", null, default);
        var parts = machine.Take([.. script.Frames, new CaughtUpFrame(default)]).ToList();
        Assert.Equal(ends, machine.IsOver);
        var told = parts.Single(part => part.Kind == UiPartKind.Status);
        Assert.Equal((status.Word(), "Why"), (told.Id, told.Text));
        // When it wakes, a client that saw this end goes on after the status.
        script.Store(new StatusChanged(status, SessionStatus.Active)).Stream("Hello").Close().Finish();
        var place = parts.FindLast(part => part.After is not null).After!.Value;
        Assert.Equal([UiPartKind.Status, UiPartKind.TextStart, UiPartKind.TextDelta, UiPartKind.TextEnd, UiPartKind.FinishStep, UiPartKind.Finish], Of(script, Road.Live, place).Select(part => part.Kind));
    }

    [Fact]
    public void A_refused_key_of_the_org_needs_a_person_and_a_busy_provider_after_it_does_not()
    {
        var script = new Script().Ask("m1", "Hi").Step(1).Store(new TroubleRaised("trb_1", SessionTroubles.OwnKeyRefused)).Store(new StatusChanged(SessionStatus.Active, SessionStatus.AwaitingProvider, "Refused"));
        Assert.Equal("other", Of(script, Road.Live)[^1].Text);
        script.Store(new StatusChanged(SessionStatus.AwaitingProvider, SessionStatus.Active))
            .Store(new TroubleRaised("trb_2", SessionTroubles.RateLimited)).Store(new StatusChanged(SessionStatus.Active, SessionStatus.AwaitingProvider, "Busy"));
        var machine = new UiParts("ses_1", "trn_1", null, default);
        machine.Take([.. script.Frames, new CaughtUpFrame(default)]);
        Assert.False(machine.IsOver);
    }

    [Fact]
    public void A_malformed_call_is_an_input_error_with_what_was_received()
    {
        var script = new Script().Ask("m1", "Hi").Step(1).Close(new ToolRequested(1, "c1", "wait", "{}"), new ToolRejected("c1", "wait", """{"sec""", "", "an object", "It is no JSON.", 1)).Finish();
        var error = Of(script, Road.Live).Single(part => part.Kind == UiPartKind.ToolInputError);
        Assert.Equal(("c1", """{"sec""", "It is no JSON."), (error.Id, error.Text, error.Fault));
        Assert.DoesNotContain(Of(script, Road.Live), part => part.Kind == UiPartKind.ToolInputAvailable);
    }

    [Fact]
    public void A_call_that_asks_is_a_request_and_where_it_was_denied_that_is_its_end()
    {
        var script = new Script().Ask("m1", "Hi").Step(1).Close(new ToolRequested(1, "c1", "wait", "{}"), new ToolRequested(1, "c2", "wait", "{}")).Asked("c1", ApprovalAnswer.Approved).Asked("c2", ApprovalAnswer.Denied).Finish();
        Assert.Equal(
            ["ToolApprovalRequest c1", "ToolPartial c1", "ToolOutput c1", "ToolApprovalRequest c2", "ToolOutputDenied c2", "FinishStep ", "Finish "],
            Of(script, Road.Live).Skip(8).Select(part => $"{part.Kind} {part.Id}"));
    }

    [Fact]
    public void A_cancelled_turn_ends_with_abort_and_another_turns_frames_are_not_its_own()
    {
        var script = new Script().Ask("m1", "Hi").Step(1).Stream("Hel").Close().Fail("cancelled", "Cancelled.", SessionStatus.Cancelled).Ask("m2", "Next").Step(1).Stream("Other").Close().Finish();
        var parts = Of(script, Road.Live);
        Assert.Equal(UiPartKind.Abort, parts[^1].Kind);
        Assert.Equal("Hel", string.Concat(parts.Where(part => part.Kind == UiPartKind.TextDelta).Select(part => part.Text)));
        var second = new UiParts("ses_1", null, "m2", default);
        Assert.Equal("Other", string.Concat(second.Take([.. script.Frames, new CaughtUpFrame(default)]).Where(part => part.Kind == UiPartKind.TextDelta).Select(part => part.Text)));
    }

    [Theory]
    [InlineData("12", 12, 0, 0)]
    [InlineData("12.345", 12, 345, 0)]
    [InlineData("12.345.2", 12, 345, 2)]
    public void A_place_is_read_as_it_is_written(string text, long sequence, int offset, int parts)
    {
        Assert.True(Place.TryParse(text, out var place));
        Assert.Equal(new Place(sequence, offset, parts), place);
    }

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("1.")]
    [InlineData("-1.0")]
    [InlineData("1.2.3.4")]
    [InlineData("99999999999999999999.0")]
    public void What_is_no_place_is_not_read_as_one(string text) => Assert.False(Place.TryParse(text, out _));

    private static Script Write(int[] deeds)
    {
        var script = new Script().Ask("m1", "Begin").Step(1);
        var (step, call, isStreaming) = (1, 0, true);
        foreach (var deed in deeds)
        {
            switch (deed)
            {
                case 0 or 1 or 2 or 3 when isStreaming:
                    script.Stream(new string((char)('a' + deed), deed + 1));
                    break;
                case 4 when isStreaming:
                    script.Stream("hm", reasoning: true);
                    break;
                case 5 when isStreaming:
                    script.Tool($"c{++call}", "result");
                    isStreaming = false;
                    break;
                case 6 when isStreaming:
                    script.Close(new ToolRequested(step, $"c{++call}", "wait", "{}"), new ToolRejected($"c{call}", "wait", "x", "", "", "Wrong", 1), new ToolRequested(step, $"c{++call}", "wait", "{}"));
                    script.Store(new ToolStarted($"c{call}", "wait")).Store(new ToolOutputWritten($"c{call}", "a")).Store(new ToolOutputWritten($"c{call}", "b")).Store(new ToolFinished($"c{call}", "wait", ToolEnding.TimedOut, "Too slow", 9));
                    isStreaming = false;
                    break;
                case 12 or 13 when isStreaming:
                    script.Close(new ToolRequested(step, $"c{++call}", "wait", "{}")).Asked($"c{call}", deed == 12 ? ApprovalAnswer.Approved : ApprovalAnswer.Denied);
                    isStreaming = false;
                    break;
                case 7 when !isStreaming:
                    script.Store(new TroubleRaised("t1", "slow"));
                    break;
                case 8 when !isStreaming:
                    script.Store(new StatusChanged(SessionStatus.Active, SessionStatus.AwaitingProvider, "Busy")).Store(new StatusChanged(SessionStatus.AwaitingProvider, SessionStatus.Active));
                    break;
                case 9 when isStreaming:
                    script.Close().Fail("provider", "It broke.", SessionStatus.Failed).Store(new TurnResumed("groq/small")).Store(new StatusChanged(SessionStatus.Failed, SessionStatus.Active));
                    isStreaming = false;
                    break;
                case 10 or 11 when !isStreaming:
                    script.Step(++step);
                    if (deed == 11)
                        script.Store(new HistoryCut(step, 2));
                    isStreaming = true;
                    break;
            }
        }
        if (isStreaming)
            script.Close();
        return deeds[^1] switch { 0 => script.Fail("cancelled", "Cancelled.", SessionStatus.Cancelled), 1 => script.Fail("internal", "It broke.", SessionStatus.Failed), _ => script.Finish() };
    }

    private static List<UiPart> Of(Script script, Road road, Place from = default)
    {
        var machine = new UiParts("ses_1", "trn_1", null, from);
        var cursor = Cursor.Start;
        List<Frame> frames = road switch
        {
            Road.Live => script.Frames,
            Road.Merged => FrameMerge.After(script.Frames, ref cursor),
            _ => [.. script.Events.Select(each => new EventFrame(each))],
        };
        var parts = new List<UiPart>();
        foreach (var batch in road == Road.Live ? frames.Select(frame => new[] { frame }) : frames.Chunk(7))
            parts.AddRange(machine.Take(batch));
        parts.AddRange(machine.Take([new CaughtUpFrame(default)]));
        Assert.True(machine.IsOver);
        return parts;
    }

    /// <summary>With neighbouring deltas made one, and of a tool's output so far only the last, for these depend on what waits together.</summary>
    private static string Dump(IEnumerable<UiPart> parts)
    {
        var lines = new List<UiPart>();
        foreach (var part in parts)
        {
            if (lines.Count > 0 && lines[^1].Kind == part.Kind && lines[^1].Id == part.Id && part.Kind is UiPartKind.TextDelta or UiPartKind.ReasoningDelta)
                lines[^1] = part with { Text = lines[^1].Text + part.Text };
            else if (lines.Count > 0 && lines[^1].Kind == part.Kind && part.Kind == UiPartKind.ToolPartial)
                lines[^1] = part;
            else
                lines.Add(part);
        }
        return string.Join('\n', lines.Select(Line));
    }

    private static string Line(UiPart part) => string.Join(' ', new[] { part.After?.ToString() ?? "", Words(part.Kind), part.Id, part.Kind == UiPartKind.Start ? "" : part.Text }.Where(word => word.Length > 0));

    private static string Words(UiPartKind kind) => string.Concat(kind.ToString().Select((letter, i) => char.IsUpper(letter) ? (i > 0 ? "-" : "") + char.ToLowerInvariant(letter) : letter.ToString()));
}
