using System.Text;
using Alumia.Lab.Tools;

namespace Alumia.Lab.Browser;

/// <summary>A page in words.</summary>
internal static class PageReport
{
    /// <summary>Address, title, what happened, and the snapshot with its references, all of it the outside's words.</summary>
    public static string Text(string address, string title, string? snapshot, IReadOnlyList<string> notes, int from, int most)
    {
        var said = new StringBuilder($"Address: {Clean(address, 2_000)}\nTitle: {(title.Length == 0 ? "(none)" : Clean(title, 300))}\n");
        foreach (var note in notes)
            said.Append("Note: ").Append(Clean(note, 600)).Append('\n');
        var whole = snapshot ?? "";
        from = Math.Min(from, whole.Length);
        var piece = Clean(whole[from..], most, keepLines: true);
        said.Append('\n').Append(snapshot is null ? "(The page does not answer; it may be busy with itself.)" : piece.Length == 0 ? "(The page shows nothing.)" : piece);
        var left = whole.Length - from - piece.Length;
        return Untrusted.Wrap(address, said.ToString())
            + (left > 0 ? $"\n{left} more characters follow: call browser_read with from {from + piece.Length}." : "")
            + (snapshot?.Contains("[ref=", StringComparison.Ordinal) == true ? "\nElements go by their references, such as e3 for [ref=e3], in browser_click and browser_type. They hold until the page is read again." : "");
    }

    /// <summary>The host and port of an address.</summary>
    public static string Place(string address) => Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.Authority.Length > 0 ? uri.Authority : "Page";

    /// <summary>What can be stored, not longer than this, never cut in the middle of a character.</summary>
    public static string Clean(string text, int most, bool keepLines = false)
    {
        var clean = new StringBuilder(Math.Min(text.Length, most));
        for (var i = 0; i < text.Length && clean.Length < most; i++)
        {
            if (char.IsSurrogate(text[i]))
            {
                var isPair = i + 1 < text.Length && char.IsSurrogatePair(text[i], text[i + 1]);
                if (isPair && clean.Length + 2 > most)
                    break;
                if (isPair)
                    clean.Append(text[i++]).Append(text[i]);
                else
                    clean.Append('\uFFFD');
                continue;
            }
            clean.Append(text[i] == '\n' && keepLines ? '\n' : char.IsControl(text[i]) ? ' ' : text[i]);
        }
        return clean.ToString();
    }
}
