using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Alumia.Lab.Chat;

/// <summary>JSON on many lines, and which stretch of it a JSON pointer names; what is no JSON, as it came, is marked from where it stops being one.</summary>
public sealed record MarkedJson(string Before, string Marked, string After)
{
    private static readonly JsonWriterOptions _options = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static MarkedJson Of(string json, string pointer)
    {
        try
        {
            using var parsed = JsonDocument.Parse(json);
            var buffer = new ArrayBufferWriter<byte>();
            using var writer = new Utf8JsonWriter(buffer, _options);
            var path = pointer.Split('/').Skip(1).Select(step => step.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal)).ToArray();
            (long Start, long End) mark = default;
            Write(writer, parsed.RootElement, path, 0, ref mark);
            writer.Flush();
            var all = buffer.WrittenSpan;
            // A pointer to what is not there marks the whole.
            var (start, end) = mark.End > 0 ? ((int)mark.Start, (int)mark.End) : (0, all.Length);
            while (start < end && all[start] is (byte)',' or (byte)' ' or (byte)'\r' or (byte)'\n')
                start++;
            return new MarkedJson(Encoding.UTF8.GetString(all[..start]), Encoding.UTF8.GetString(all[start..end]), Encoding.UTF8.GetString(all[end..]));
        }
        catch (JsonException exception)
        {
            var at = Offset(json, exception);
            return new MarkedJson(json[..at], json[at..], "");
        }
    }

    private static void Write(Utf8JsonWriter writer, JsonElement value, string[] path, int depth, ref (long Start, long End) mark)
    {
        if (depth < 0 || depth > path.Length || value.ValueKind is not (JsonValueKind.Object or JsonValueKind.Array))
        {
            value.WriteTo(writer);
            return;
        }
        var isObject = value.ValueKind == JsonValueKind.Object;
        if (isObject)
            writer.WriteStartObject();
        else
            writer.WriteStartArray();
        var index = 0;
        foreach (var (name, child) in isObject ? value.EnumerateObject().Select(each => ((string?)each.Name, each.Value)) : value.EnumerateArray().Select(each => ((string?)null, each)))
        {
            var isOnPath = depth < path.Length && path[depth] == (name ?? index.ToString(System.Globalization.CultureInfo.InvariantCulture));
            var start = At(writer);
            if (name is not null)
                writer.WritePropertyName(name);
            Write(writer, child, path, isOnPath ? depth + 1 : -1, ref mark);
            if (isOnPath && depth == path.Length - 1)
                mark = (start, At(writer));
            index++;
        }
        if (isObject)
            writer.WriteEndObject();
        else
            writer.WriteEndArray();
    }

    private static long At(Utf8JsonWriter writer) => writer.BytesCommitted + writer.BytesPending;

    /// <summary>Where the reader stopped, in characters.</summary>
    private static int Offset(string json, JsonException exception)
    {
        var start = 0;
        for (var line = exception.LineNumber ?? 0; line > 0 && json.IndexOf('\n', start) is var end and >= 0; line--)
            start = end + 1;
        var bytes = Encoding.UTF8.GetBytes(json[start..]);
        var most = (int)Math.Min(exception.BytePositionInLine ?? 0, bytes.Length);
        return Math.Min(start + Encoding.UTF8.GetCharCount(bytes, 0, most), json.Length);
    }
}
