using System.Text;

namespace Alumia.Lab.Outbound;

/// <summary>The first line and the fields of an HTTP/1.1 message.</summary>
internal sealed record HttpHead(string FirstLine, IReadOnlyList<(string Name, string Value)> Fields)
{
    private const int Most = 64 * 1024;

    // What belongs to one connection and not to the message.
    private static readonly string[] _hopByHop = ["Connection", "Keep-Alive", "Proxy-Connection", "Proxy-Authorization", "Proxy-Authenticate", "TE", "Trailer", "Upgrade"];

    /// <summary>Reads a head and what came behind it already; null where the stream ended before one.</summary>
    /// <exception cref="InvalidDataException">It is none, or too long.</exception>
    public static async Task<(HttpHead Head, ReadOnlyMemory<byte> Behind)?> ReadAsync(Stream stream, ReadOnlyMemory<byte> begun, CancellationToken cancellation)
    {
        var buffer = new byte[Most];
        begun.CopyTo(buffer);
        var length = begun.Length;
        while (true)
        {
            var end = buffer.AsSpan(0, length).IndexOf("\r\n\r\n"u8);
            if (end >= 0)
                return (Parse(Encoding.Latin1.GetString(buffer, 0, end)), buffer.AsMemory(end + 4, length - end - 4));
            if (length == buffer.Length)
                throw new InvalidDataException("The head of the message is too long.");
            var read = await stream.ReadAsync(buffer.AsMemory(length), cancellation);
            if (read == 0)
                return null;
            length += read;
        }
    }

    public string? Field(string name) => Fields.Where(field => field.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Select(field => field.Value).FirstOrDefault();

    /// <summary>The fields that travel on, and the word that nothing follows on this connection.</summary>
    public byte[] ToBytes(string firstLine)
    {
        var dropped = _hopByHop.Concat((Field("Connection") ?? "").Split(',', StringSplitOptions.TrimEntries)).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var text = new StringBuilder(firstLine).Append("\r\n");
        foreach (var (name, value) in Fields.Where(field => !dropped.Contains(field.Name)))
            text.Append(name).Append(": ").Append(value).Append("\r\n");
        return Encoding.Latin1.GetBytes(text.Append("Connection: close\r\n\r\n").ToString());
    }

    private static HttpHead Parse(string text)
    {
        var lines = text.Split("\r\n");
        var fields = new List<(string, string)>();
        foreach (var line in lines.Skip(1))
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            // A folded line, or a bare CR or LF, could be read otherwise by who comes next.
            if (colon <= 0 || char.IsWhiteSpace(line[0]) || char.IsWhiteSpace(line[colon - 1]) || line.AsSpan().IndexOfAny('\r', '\n') >= 0)
                throw new InvalidDataException("A field of the message's head is malformed.");
            fields.Add((line[..colon], line[(colon + 1)..].Trim()));
        }
        return new HttpHead(lines[0], fields);
    }
}
