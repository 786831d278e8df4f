using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Alumia.Lab.Sandbox.Terminal;

/// <summary>A stretch of a line that looks the same.</summary>
public sealed record AnsiSpan(string Text, AnsiStyle Style);

/// <summary>
/// A terminal's output as lines of styled text. It knows colours and the return to a line's begin; everything else that a terminal would obey
/// (cursor moves, titles, links, queries) is dropped. What it gives is text and numbers, never markup.
/// </summary>
public sealed partial class AnsiScreen(int mostLines = 2_000)
{
    /// <summary>A sequence that is longer than this is none.</summary>
    private const int LongestSequence = 512;

    private readonly LinkedList<List<AnsiSpan>> _lines = new([[]]);
    private readonly StringBuilder _run = new();
    private AnsiStyle _style;
    private string _pending = "";
    private bool _isReturned;

    /// <summary>The last lines, the oldest first.</summary>
    public IEnumerable<IReadOnlyList<AnsiSpan>> Lines => _lines;

    /// <summary>Lines that were dropped, since only so many are kept.</summary>
    public int Dropped { get; private set; }

    /// <summary>Adds a piece of output; a sequence may be cut anywhere between two pieces.</summary>
    public void Feed(string piece)
    {
        var text = _pending + piece;
        _pending = "";
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '\x1B')
            {
                Take(text[i]);
                continue;
            }
            var sequence = Sequence().Match(text, i);
            if (!sequence.Success)
            {
                if (text.Length - i < LongestSequence)
                {
                    _pending = text[i..];
                    break;
                }
                continue; // No end in sight: the escape alone is dropped.
            }
            if (sequence.Groups["codes"] is { Success: true } codes)
                Restyle(codes.Value);
            i += sequence.Length - 1;
        }
        EndRun();
    }

    private void Take(char letter)
    {
        switch (letter)
        {
            case '\n':
                EndRun();
                _isReturned = false;
                _lines.AddLast([]);
                if (_lines.Count > mostLines)
                {
                    _lines.RemoveFirst();
                    Dropped++;
                }
                break;
            case '\r':
                _isReturned = true;
                break;
            case '\t':
            case >= ' ' and not ('\x7F' or (>= '\x80' and <= '\x9F')):
                if (_isReturned)
                {
                    // The line is written anew, as progress bars do.
                    _run.Clear();
                    _lines.Last!.Value.Clear();
                    _isReturned = false;
                }
                _run.Append(letter);
                break;
        }
    }

    private void Restyle(string codes)
    {
        EndRun();
        _style = _style.After([.. codes.Split(';', ':').Select(code => int.TryParse(code, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0)]);
    }

    private void EndRun()
    {
        if (_run.Length == 0)
            return;
        var line = _lines.Last!.Value;
        if (line.Count > 0 && line[^1].Style == _style)
            line[^1] = line[^1] with { Text = line[^1].Text + _run };
        else
            line.Add(new AnsiSpan(_run.ToString(), _style));
        _run.Clear();
    }

    /// <summary>A whole sequence: CSI (with the codes of a colour), OSC and its like with their ends, or two letters.</summary>
    [GeneratedRegex(@"\G\x1B(?:\[(?<codes>[0-9;:]*)m|\[[0-?]*[ -/]*[@-~]|\][^\x07\x1B]*(?:\x07|\x1B\\)|[PX^_][^\x1B]*\x1B\\|(?![\[\]PX^_])[ -/]*[0-~])")]
    private static partial Regex Sequence();
}
