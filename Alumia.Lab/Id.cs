using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text.RegularExpressions;

namespace Alumia.Lab;

/// <summary>Identifiers: a prefix that tells what it is (<c>ses</c>, <c>agt</c>) and 26 characters that sort by the time of making.</summary>
public static partial class Id
{
    private const string Alphabet = "0123456789abcdefghjkmnpqrstvwxyz"; // Crockford's base 32, lower case.

    /// <summary>A new identifier: 48 bits of UTC milliseconds, then 80 random bits, as in the ULID specification.</summary>
    public static string New(string prefix, long nowMs)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteInt64BigEndian(bytes, nowMs << 16);
        RandomNumberGenerator.Fill(bytes[6..]);
        var value = BinaryPrimitives.ReadUInt128BigEndian(bytes);
        return string.Create(prefix.Length + 27, (prefix, value), static (text, from) =>
        {
            from.prefix.CopyTo(text);
            text[from.prefix.Length] = '_';
            var rest = from.value;
            for (var i = text.Length - 1; i > from.prefix.Length; i--)
            {
                text[i] = Alphabet[(int)(rest & 31)];
                rest >>= 5;
            }
        });
    }

    /// <summary>As <see cref="New(string, long)"/>, at the clock's time.</summary>
    public static string New(string prefix, TimeProvider clock) => New(prefix, clock.NowMs());

    /// <summary>The text with each identifier that has a new one in its place.</summary>
    public static string Rename(string text, IReadOnlyDictionary<string, string> newIds) =>
        Form().Replace(text, found => newIds.GetValueOrDefault(found.Value, found.Value));

    // No boundary before it: in JSON inside JSON a letter of an escape may stand there.
    [GeneratedRegex("[a-z]{3}_[0-9a-hjkmnp-tv-z]{26}\\b")]
    private static partial Regex Form();
}
