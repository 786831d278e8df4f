using System.Globalization;
using System.Text;
using Alumia.Lab.Sessions;
using CsCheck;

namespace Alumia.Lab.Tests.Sessions;

public sealed class TranscriptPropertyTests
{
    private static readonly Gen<Script> _scripts = Gen.Int[0, 11].Array[5, 60].Select(Write);

    [Fact]
    public void Any_split_into_batches_gives_the_same_transcript() =>
        Gen.Select(_scripts, Gen.Int[1, 7].Array[1, 40]).Sample((script, sizes) =>
        {
            var transcript = new Transcript();
            var at = 0;
            for (var i = 0; at < script.Frames.Count; i++)
            {
                var size = Math.Min(sizes[i % sizes.Length], script.Frames.Count - at);
                transcript.Apply(script.Frames.GetRange(at, size));
                at += size;
            }
            return Dump(transcript) == Dump(script.Replay());
        }, iter: 500);

    [Fact]
    public void A_watcher_that_comes_back_anywhere_with_its_cursor_gets_the_same_transcript() =>
        Gen.Select(_scripts, Gen.Double[0, 1], Gen.Double[0, 1]).Sample((script, first, overlap) =>
        {
            var transcript = new Transcript();
            var seen = (int)(first * script.Frames.Count);
            transcript.Apply(script.Frames.Take(seen));
            // A server may also begin a little before the cursor: nothing may double.
            transcript.Apply(script.Frames.Skip((int)(overlap * seen)).Take(seen));
            transcript.Apply(script.After(transcript.End));
            return Dump(transcript) == Dump(script.Replay());
        }, iter: 500);

    [Fact]
    public void A_page_and_the_watch_from_its_end_give_the_same_transcript() =>
        Gen.Select(_scripts, Gen.Double[0, 1]).Sample((script, first) =>
        {
            var stored = script.Events.Take((int)(first * script.Events.Count)).ToList();
            var transcript = new Transcript();
            transcript.Prepend(new EventPage(stored, false, new Cursor(stored.Count, 0)));
            transcript.Apply(script.After(transcript.End));
            return Dump(transcript) == Dump(script.Replay());
        }, iter: 500);

    private static Script Write(int[] deeds)
    {
        var script = new Script().Ask("m0", "Begin").Step(1);
        var (asked, step, isStreaming) = (0, 1, true);
        foreach (var deed in deeds)
        {
            switch (deed)
            {
                case 0 or 1 or 2 when isStreaming:
                    script.Stream(new string((char)('a' + deed), deed + 1));
                    break;
                case 3 when isStreaming:
                    script.Stream("hm", reasoning: true);
                    break;
                case 4 when isStreaming:
                    script.Tool("call", $"r{step}");
                    isStreaming = false;
                    break;
                case 10 or 11 when isStreaming:
                    script.Close(new ToolRequested(step, $"asks{step}", "wait", "{}")).Asked($"asks{step}", deed == 10 ? ApprovalAnswer.Approved : ApprovalAnswer.Denied);
                    isStreaming = false;
                    break;
                case 5 when isStreaming:
                    script.Close();
                    isStreaming = false;
                    break;
                case 6:
                    script.Store(new TroubleRaised($"t{asked}", "slow"));
                    break;
                case 7 when !isStreaming:
                    script.Step(++step);
                    isStreaming = true;
                    break;
                case 8 or 9:
                    if (isStreaming)
                        script.Close();
                    script.Finish();
                    var again = deed == 9 && asked > 0;
                    script.Ask(again ? $"m{asked}x" : $"m{++asked}x", "Next", again ? step + 1 : 1).Step(++step);
                    isStreaming = true;
                    break;
            }
        }
        return script;
    }

    private static string Dump(Transcript transcript)
    {
        var text = new StringBuilder().Append(CultureInfo.InvariantCulture, $"{transcript.End} {transcript.Status}\n");
        foreach (var turn in transcript.Turns)
        {
            text.Append(CultureInfo.InvariantCulture, $"{turn.Id} {turn.Text} {turn.FinishReason} {string.Join(',', turn.Troubles)}\n");
            foreach (var part in turn.Steps.SelectMany(step => step.Parts))
                text.Append(part is ProsePart prose ? $"  {prose.IsReasoning} {prose.IsOpen} {prose.Text}\n" : $"  {((ToolPart)part).State} {((ToolPart)part).Output} {((ToolPart)part).Result} {((ToolPart)part).Answer}\n");
        }
        return text.ToString();
    }
}
