using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Alumia.Lab.Mcp;

/// <summary>A tool as a server has just told it.</summary>
internal sealed record SeenTool(string Name, string Title, string Description, string Schema, bool ReadsOnly, bool IsTask, string Fault)
{
    /// <summary>Tools of one server.</summary>
    public const int Most = 200;

    private static readonly JsonSerializerOptions _readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private const int MostOfName = 200;
    private const int MostOfDescription = 8_000;

    /// <summary>Names what a person confirms.</summary>
    public string Hash { get; } = HashOf(Description, Schema, ReadsOnly);

    /// <summary>Reads an entry of <c>tools/list</c>; null for what is no tool.</summary>
    public static SeenTool? Of(JsonNode? node)
    {
        try
        {
            return Read(node);
        }
        catch (Exception exception) when (exception is InvalidOperationException or ArgumentException)
        {
            return null; // A text that is none, such as half a character, or a name twice.
        }
    }

    private static SeenTool? Read(JsonNode? node)
    {
        if (node is not JsonObject tool || Text(tool, "name") is not { Length: > 0 and <= MostOfName } name)
            return null;
        var annotations = tool["annotations"] as JsonObject;
        var schema = Foreign.Text(tool["inputSchema"]?.ToJsonString(_readable) ?? "", McpSchema.Most + 1);
        McpSchema.Read(schema, out var fault);
        var title = Text(tool, "title") ?? (annotations is null ? null : Text(annotations, "title")) ?? "";
        return new SeenTool(
            Cut(name, MostOfName), Cut(title, MostOfName), Cut(Text(tool, "description") ?? "", MostOfDescription), schema,
            annotations?["readOnlyHint"] is JsonValue hint && hint.GetValueKind() == JsonValueKind.True,
            tool["execution"] is JsonObject execution && Text(execution, "taskSupport") == "required", fault);
    }

    /// <summary>The order in which a server tells the names of a schema says nothing.</summary>
    internal static string HashOf(string description, string schema, bool readsOnly)
    {
        JsonNode? node = null;
        try
        {
            node = JsonNode.Parse(schema);
        }
        catch (JsonException)
        {
            // It is no schema at all, and taken to the letter.
        }
        var text = JsonSerializer.Serialize(new[] { description, node is null ? schema : Sorted(node)!.ToJsonString(), readsOnly ? "reads" : "" });
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
    }

    private static JsonNode? Sorted(JsonNode? node) => node switch
    {
        JsonObject named => new JsonObject(named.OrderBy(each => each.Key, StringComparer.Ordinal).Select(each => KeyValuePair.Create(each.Key, Sorted(each.Value)))),
        JsonArray many => new JsonArray([.. many.Select(Sorted)]),
        null => null,
        _ => node.DeepClone(),
    };

    private static string? Text(JsonObject of, string name) => of[name] is JsonValue value && value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : null;

    private static string Cut(string text, int most) => Foreign.Text(text.Trim(), most);
}
