using Alumia.Lab.Sandbox;
using Alumia.Lab.Sessions;

namespace Alumia.Lab.Canvas;

/// <summary>What an agent's node tells of its session: made from the last turn, and from nothing else.</summary>
/// <remarks><c>Doing</c> is the tool that runs now, or waits, <c>LastLine</c> the end of the last text on one line, <c>LastBlock</c> the block that the turn
/// wrote last, <c>Calls</c> its tool calls, the oldest first, <c>Spent</c> what the whole session has cost (microcents).</remarks>
public sealed record Glance(SessionStatus Status, ToolPart? Doing, string LastLine, string? LastBlock, IReadOnlyList<ToolPart> Calls, long Spent = 0)
{
    private const int MostCharacters = 60;

    public static Glance Of(SessionStatus status, Transcript transcript, long spentBefore = 0)
    {
        if (transcript.Turns.Count == 0)
            return new Glance(status, null, "", null, [], spentBefore);
        var turn = transcript.Turns[^1];
        var calls = turn.Steps.SelectMany(step => step.Parts).OfType<ToolPart>().ToList();
        return new Glance(
            transcript.Status?.To ?? status,
            calls.FindLast(call => call.State is ToolState.Running or ToolState.Waiting),
            LastLineOf(turn),
            calls.FindLast(call => call.BlockId is not null)?.BlockId,
            calls,
            spentBefore + transcript.Spent);
    }

    /// <summary>The last line that the running tool wrote; null where none runs, or it wrote nothing yet.</summary>
    public string? Printed => Doing is { Output: { Length: > 0 } output }
        ? End(AnsiText.Plain(output.Length > 2_000 ? output[^2_000..] : output))
        : null;

    /// <summary>Whether the two look the same on a node.</summary>
    public bool LooksLike(Glance other) =>
        Status == other.Status && Doing?.CallId == other.Doing?.CallId && LastLine == other.LastLine && LastBlock == other.LastBlock &&
        Calls.Count == other.Calls.Count && Spent == other.Spent;

    private static string LastLineOf(TurnView turn)
    {
        for (var i = turn.Steps.Count - 1; i >= 0; i--)
        {
            if (turn.Steps[i].Parts.OfType<ProsePart>().LastOrDefault(part => !part.IsReasoning && part.Length > 0) is { } prose)
                return End(prose.Text);
        }
        return turn.Failure?.Message is { } failure ? End(failure) : End(turn.Text);
    }

    /// <summary>The last words of a text that fit on a node's line.</summary>
    private static string End(string text)
    {
        var end = text.AsSpan().TrimEnd();
        var line = end[(end.LastIndexOf('\n') + 1)..].Trim();
        if (line.Length <= MostCharacters)
            return line.ToString();
        var cut = line[^MostCharacters..];
        var word = cut.IndexOf(' ');
        return $"…{cut[(word + 1)..]}";
    }
}
