using System.Globalization;
using System.Text;

namespace Alumia.Lab.Sandbox;

/// <summary>
/// What is kept of a command's output: its beginning, up to a limit, is passed on as it comes; of what follows the end is kept, and how much was between.
/// </summary>
internal sealed class KeptOutput(int mostShown)
{
    private const int Tail = 16_000;
    private readonly StringBuilder _head = new();
    private readonly StringBuilder _tail = new();
    private long _after;

    /// <summary>Adds a piece; gives what of it is to be shown at once.</summary>
    public string Add(string piece)
    {
        var shown = Whole(piece, Math.Min(piece.Length, mostShown - _head.Length));
        _head.Append(shown);
        if (shown.Length == piece.Length)
            return shown;
        var rest = piece.AsSpan(shown.Length);
        _after += rest.Length;
        _tail.Append(rest.Length > Tail ? rest[^Tail..] : rest);
        if (_tail.Length > Tail * 2)
            _tail.Remove(0, _tail.Length - Tail);
        // From the first character on that was left out, all is: a later, shorter piece must not slip in before it.
        mostShown = _head.Length;
        return shown;
    }

    /// <summary>What is to be shown at the end, where not all was shown as it came: a line that says how much was left out, and the end.</summary>
    public string Rest()
    {
        if (_after == 0)
            return "";
        var end = _tail.Length > Tail ? _tail.ToString(_tail.Length - Tail, Tail) : _tail.ToString();
        if (char.IsLowSurrogate(end[0]))
            end = end[1..];
        var left = _after - end.Length;
        return left > 0 ? string.Create(CultureInfo.InvariantCulture, $"\n… {left:N0} characters were left out here …\n{end}") : end;
    }

    /// <summary>All that is kept, for the model: at most so many characters, of a longer text the beginning and the end.</summary>
    public string Text(int most)
    {
        var text = AnsiText.Plain(_head.ToString() + Rest());
        if (text.Length <= most)
            return text;
        var (start, end) = (Whole(text, most / 2), text[^(most / 2)..]);
        if (char.IsLowSurrogate(end[0]))
            end = end[1..];
        return string.Create(CultureInfo.InvariantCulture, $"{start}\n… {text.Length - start.Length - end.Length:N0} characters were left out here …\n{end}");
    }

    /// <summary>The beginning of a text, not cut inside of a character.</summary>
    private static string Whole(string text, int length) => length <= 0 ? "" : text[..(length < text.Length && char.IsHighSurrogate(text[length - 1]) ? length - 1 : length)];
}
