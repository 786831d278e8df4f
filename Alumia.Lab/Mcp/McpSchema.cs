using System.Text.Json;
using System.Text.Json.Nodes;
using Json.Schema;

namespace Alumia.Lab.Mcp;

/// <summary>
/// A server's schema as the lab can check arguments by it: an object's, without references that lead out of it, and without regular
/// expressions, which a server could write so that they take for ever; it checks those itself.
/// </summary>
internal static class McpSchema
{
    /// <summary>Characters of a schema.</summary>
    public const int Most = 60_000;

    private const int Deepest = 30;
    private static readonly string[] _one = ["items", "additionalProperties", "not", "if", "then", "else", "contains", "propertyNames", "unevaluatedItems", "unevaluatedProperties", "additionalItems", "contentSchema"];
    private static readonly string[] _named = ["properties", "$defs", "definitions", "dependentSchemas"];
    private static readonly string[] _many = ["allOf", "anyOf", "oneOf", "prefixItems", "items"];
    private static readonly string[] _dropped = ["pattern", "patternProperties", "$schema", "$id", "$anchor", "$dynamicAnchor", "$vocabulary", "format"];

    /// <summary>The schema to check by; null and what is wrong with it where there is none.</summary>
    public static JsonElement? Read(string schema, out string fault)
    {
        fault = "";
        if (schema.Length > Most)
            return Wrong($"its schema has more than {Most:N0} characters", out fault);
        try
        {
            if (JsonNode.Parse(schema) is not JsonObject root || !IsOfObject(root))
                return Wrong("its schema is not that of an object", out fault);
            if (Clean(root, root, 0) is { } wrong)
                return Wrong(wrong, out fault);
            var element = JsonSerializer.SerializeToElement(root);
            // What the library makes of it shows now, and not in the middle of a turn.
            var parsed = JsonSchema.FromText(element.GetRawText());
            using var nothing = JsonDocument.Parse("{}");
            parsed.Evaluate(nothing.RootElement);
            return element;
        }
#pragma warning disable CA1031 // Whatever the parser throws at a foreign schema, that schema is no good.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            return Wrong($"its schema cannot be read: {McpFault.Told(exception.Message, null)}", out fault);
        }
    }

    private static bool IsOfObject(JsonObject root) => root["type"] is JsonValue type && type.GetValueKind() == JsonValueKind.String && type.GetValue<string>() == "object";

    /// <summary>Cleans a schema and all in it; tells what is wrong.</summary>
    private static string? Clean(JsonNode? node, JsonObject root, int depth)
    {
        if (node is not JsonObject schema)
            return null;
        if (depth > Deepest)
            return "its schema is nested too deep";
        foreach (var keyword in _dropped)
            schema.Remove(keyword);
        if (schema.ContainsKey("$dynamicRef") || schema.ContainsKey("$recursiveRef"))
            return "its schema has references that are not supported";
        if (schema["$ref"] is { } reference && Target(reference, root) is null)
            return "its schema refers to something that is not in it";
        var inner = _one.Select(keyword => schema[keyword])
            .Concat(_named.SelectMany(keyword => schema[keyword] is JsonObject named ? named.Select(each => each.Value) : []))
            .Concat(_many.SelectMany(keyword => schema[keyword] is JsonArray many ? many : []));
        return inner.ToList().Select(each => Clean(each, root, depth + 1)).FirstOrDefault(wrong => wrong is not null);
    }

    private static JsonNode? Target(JsonNode reference, JsonObject root)
    {
        if (reference is not JsonValue value || value.GetValueKind() != JsonValueKind.String)
            return null;
        var path = value.GetValue<string>();
        if (path == "#")
            return root;
        if (!path.StartsWith("#/", StringComparison.Ordinal))
            return null;
        JsonNode? at = root;
        foreach (var part in path[2..].Split('/'))
        {
            var name = Uri.UnescapeDataString(part).Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
            at = at is JsonObject named ? named[name] : at is JsonArray many && int.TryParse(name, out var place) && place < many.Count && place >= 0 ? many[place] : null;
        }
        return at;
    }

    private static JsonElement? Wrong(string what, out string fault)
    {
        fault = what;
        return null;
    }
}
