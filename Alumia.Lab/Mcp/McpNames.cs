using System.Security.Cryptography;
using System.Text;

namespace Alumia.Lab.Mcp;

/// <summary>The names of servers' tools here: <c>slug.tool</c>, at most 64 characters on the wire, where two dashes stand for the dot.</summary>
internal static class McpNames
{
    /// <summary>Characters of a slug, so that enough is left for the tool.</summary>
    public const int MostOfSlug = 24;

    private const int Most = 64;
    private const int MarkLength = 9;

    /// <summary>
    /// A tool's name here. One that has to be altered gets a mark made of its whole name, so that two never become one, and none can take the
    /// place of another that an agent was given the right for.
    /// </summary>
    public static string Of(string slug, string tool)
    {
        var room = Most - slug.Length - 2;
        var plain = new StringBuilder();
        foreach (var letter in tool)
        {
            var fit = char.IsAsciiLetterOrDigit(letter) || letter is '_' or '-' ? letter : '_';
            if (fit != '-' || (plain.Length > 0 && plain[^1] != '-'))
                plain.Append(fit);
        }
        var name = plain.ToString();
        if (name == tool && name.Length <= room)
            return $"{slug}.{name}";
        var mark = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(tool)))[..(MarkLength - 1)];
        return $"{slug}.{name[..Math.Min(name.Length, room - MarkLength)].TrimEnd('-')}_{mark}";
    }
}
