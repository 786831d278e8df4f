using System.Text.Encodings.Web;
using System.Text.Json;

namespace Alumia.Lab.Mcp;

/// <summary>Servers' texts for people.</summary>
internal static class McpText
{
    private static readonly JsonSerializerOptions _indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>A schema with its lines set off; as it is where it is no JSON.</summary>
    public static string Pretty(string schema)
    {
        try
        {
            using var parsed = JsonDocument.Parse(schema);
            return JsonSerializer.Serialize(parsed.RootElement, _indented);
        }
        catch (JsonException)
        {
            return schema;
        }
    }
}
