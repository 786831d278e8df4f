using System.Text;

namespace Alumia.Lab.Mcp;

/// <summary>Text from outside as the lab can store and show it.</summary>
internal static class Foreign
{
    /// <summary>At most so many characters, never half of one, and without NUL, which databases refuse.</summary>
    public static string Text(string text, int most = int.MaxValue)
    {
        if (text.Length > most)
            text = string.Concat(text.AsSpan(0, char.IsHighSurrogate(text[most - 1]) ? most - 1 : most), "…");
        // Halves of characters, which a server may send as escapes, become the sign for what cannot be read.
        return Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)).Replace('\0', '\uFFFD');
    }
}
