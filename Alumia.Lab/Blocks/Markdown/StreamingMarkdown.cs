namespace Alumia.Lab.Blocks.Markdown;

/// <summary>
/// A text that grows, as HTML: what stands before a blank line outside of code, with no list going on, is rendered once,
/// and only the end anew each time. The whole is rendered in one piece when it is complete.
/// </summary>
public sealed class StreamingMarkdown(MarkdownRenderer renderer)
{
    private readonly List<string> _finished = [];
    private string _text = "";
    private int _finishedLength;

    /// <summary>HTML of the blocks that will not change any more.</summary>
    public IReadOnlyList<string> Finished => _finished;

    /// <summary>HTML of the end, which may.</summary>
    public string Open { get; private set; } = "";

    public void Update(string text)
    {
        if (text.Length < _finishedLength || !text.AsSpan(0, _finishedLength).SequenceEqual(_text.AsSpan(0, _finishedLength)))
        {
            _finished.Clear();
            _finishedLength = 0;
        }
        _text = text;
        foreach (var end in Boundaries(text, _finishedLength))
        {
            _finished.Add(renderer.ToHtmlWhileStreaming(text[_finishedLength..end]));
            _finishedLength = end;
        }
        Open = renderer.ToHtmlWhileStreaming(text[_finishedLength..]);
    }

    /// <summary>Where a new block begins that has nothing to do with those before it.</summary>
    private static List<int> Boundaries(string text, int start)
    {
        var boundaries = new List<int>();
        var fence = new Fence();
        var (at, afterBlank) = (start, false);
        while (at < text.Length)
        {
            var newline = text.IndexOf('\n', at);
            if (newline < 0)
                newline = text.Length;
            var line = text.AsSpan(at, newline - at);
            var isBlank = line.Trim().IsEmpty;
            // An unfinished line may still become anything, so it begins nothing.
            if (afterBlank && !isBlank && !fence.IsOpen && newline < text.Length && BeginsAnew(line) && at > start)
                boundaries.Add(at);
            if (!fence.Take(line) || !fence.IsOpen)
                afterBlank = isBlank;
            at = newline + 1;
        }
        return boundaries;
    }

    private static bool BeginsAnew(ReadOnlySpan<char> line) =>
        line[0] is not (' ' or '\t' or '-' or '*' or '+' or '>' or ':') && !char.IsAsciiDigit(line[0]);
}
