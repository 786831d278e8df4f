using System.Text;

namespace Alumia.Lab.Models.OpenAi;

/// <summary>
/// Splits reasoning from text where a model writes it into its answer as <c>&lt;think&gt;...&lt;/think&gt;</c> (MiniMax, many models on Ollama).
/// Only at the very start: a later tag is the model's subject, not its thought.
/// </summary>
internal sealed class ThinkTag
{
    private const string Open = "<think>";
    private const string Close = "</think>";
    private readonly StringBuilder _held = new();
    private bool _inside;
    private bool _passed;

    /// <summary>What of this piece, and of what was held back before, is text and what is reasoning.</summary>
    public (string Text, string Reasoning) Split(string piece)
    {
        if (_passed)
            return (piece, "");
        _held.Append(piece);
        var all = _held.ToString();
        if (!_inside)
        {
            var start = all.TrimStart();
            if (start.Length < Open.Length && Open.StartsWith(start, StringComparison.Ordinal))
                return ("", "");
            if (!start.StartsWith(Open, StringComparison.Ordinal))
                return Pass(all, "");
            _inside = true;
            all = start[Open.Length..];
        }
        var end = all.IndexOf(Close, StringComparison.Ordinal);
        if (end >= 0)
            return Pass(all[(end + Close.Length)..].TrimStart('\n'), all[..end]);
        var keep = LengthOfPossibleClose(all);
        _held.Clear().Append(all.AsSpan(all.Length - keep));
        return ("", all[..^keep]);
    }

    /// <summary>What is still held back when the stream ends.</summary>
    public (string Text, string Reasoning) End() => _inside && !_passed ? ("", _held.ToString()) : (_held.ToString(), "");

    private (string, string) Pass(string text, string reasoning)
    {
        _passed = true;
        _held.Clear();
        return (text, reasoning);
    }

    private static int LengthOfPossibleClose(string text)
    {
        for (var length = Math.Min(Close.Length - 1, text.Length); length > 0; length--)
        {
            if (text.AsSpan(text.Length - length).SequenceEqual(Close.AsSpan(0, length)))
                return length;
        }
        return 0;
    }
}
