using System.Text.Json;
using System.Text.Json.Nodes;

namespace Alumia.Lab.Tests.Api;

/// <summary>Values for a fuzzer: right ones by a schema of the document, from what was seen in answers where it can be, and wrong ones of all kinds.</summary>
internal sealed class FuzzValues(JsonElement document, Random random)
{
    private static readonly string[] _texts =
        ["", " ", "x", "Notes", "Grüße, 世界", "\u202Eمرحبا", "👩‍👩‍👧‍👦🏳️‍🌈", "e\u0301\u0301\u0301", "'; DROP TABLE project; --", "\" OR 1=1", "../../etc/passwd", "<script>alert(1)</script>", "{{7*7}}", "%s%n%x",
        "\uFEFF", "\uFFFF", "a\tb\r\nc", "null", "undefined", "-1", "1e400", "true", "ala", "C:\\con", "%00", "\\u0000", "\u0001\u001f\u007f"];

    private static readonly string[] _rawJson =
        ["0", "-1", "1", "2147483648", "-9223372036854775808", "9223372036854775808", "1e309", "1.5", "true", "false", "null", "[]", "{}", "[null]", "[[[[[]]]]]", "{\"a\":{\"b\":[1]}}", "\"\"",
        "\"a\\u0000b\"", "\"\\ud800\"", "\"\\udc00\\ud800\"", "NaN", "'x'", "", "{", "\"", "[1,]", "\u0001"];

    private readonly Dictionary<string, List<string>> _ids = [];
    private readonly Dictionary<string, List<JsonNode>> _seen = [];
    private readonly List<string> _foreign = [];

    /// <summary>Ids of another org.</summary>
    public void AddForeign(IEnumerable<string> ids) => _foreign.AddRange(ids);

    /// <summary>A right value for parameters of this name, which no answer tells.</summary>
    public void Know(string name, string value) => Keep(_seen, name, JsonValue.Create(value)!);

    public string Foreign() => Pick(_foreign);

    public string Text() => Pick(_texts);

    public string HugeText() => string.Concat(Enumerable.Repeat(Pick(["x", "世", "👩", "\"", "\\", " "]), Pick([300, 6_000, 30_000, 70_000])));

    public string RawJson() => random.Next(12) == 0 ? string.Concat(Enumerable.Repeat(Pick(["[", "{\"a\":"]), Pick([63, 64, 65, 5_000]))) : Pick(_rawJson);

    /// <summary>Keeps what an answer tells, to ask for it later: ids by their resource, values by their names.</summary>
    public void Learn(string resource, JsonElement data)
    {
        var items = data.ValueKind == JsonValueKind.Object && data.TryGetProperty("items", out var list) ? list.EnumerateArray().ToList() : [data];
        if (data.ValueKind == JsonValueKind.Object && data.TryGetProperty("nextCursor", out var next) && next.ValueKind == JsonValueKind.String)
            Keep(_seen, "cursor", JsonValue.Create(next.GetString())!);
        foreach (var item in items.Where(item => item.ValueKind == JsonValueKind.Object))
        {
            foreach (var property in item.EnumerateObject())
            {
                if (property.Name == "id")
                    Keep(_ids, resource, property.Value.GetString()!);
                else if (property.Value.ValueKind is JsonValueKind.String or JsonValueKind.Number && property.Value.GetRawText().Length < 2_000)
                    Keep(_seen, property.Name, JsonNode.Parse(property.Value.GetRawText())!);
            }
        }
    }

    /// <summary>An id that was answered to be deleted is asked for less often.</summary>
    public void Forget(string resource, string id) => _ids.GetValueOrDefault(resource)?.Remove(id);

    /// <summary>Something of this resource that is there, or was.</summary>
    public string IdOf(string resource) => _ids.TryGetValue(resource, out var ids) && ids.Count > 0 ? Pick(ids) : "none";

    /// <summary>A right value for a property or parameter of this name.</summary>
    public JsonNode? Right(string name, JsonElement schema)
    {
        schema = Resolve(schema);
        if (schema.TryGetProperty("enum", out var choices))
            return JsonNode.Parse(Pick([.. choices.EnumerateArray()]).GetRawText());
        if (name.EndsWith("Id", StringComparison.Ordinal) && _ids.ContainsKey(name[..^2] + "s"))
            return IdOf(name[..^2] + "s");
        if (_seen.TryGetValue(name, out var seen) && (name is "model" or "cursor" or "colour" or "version" || random.Next(2) == 0))
            return Pick(seen).DeepClone();
        switch (TypeOf(schema))
        {
            case "boolean":
                return random.Next(2) == 0;
            case "integer":
                return random.Next(schema.TryGetProperty("minimum", out var least) ? least.GetInt32() : 1, schema.TryGetProperty("maximum", out var most) ? most.GetInt32() : 4);
            case "array":
                return new JsonArray([.. Enumerable.Range(0, random.Next(3)).Select(_ => Right("", schema.GetProperty("items")))]);
            case "object":
                return Object(schema);
            default:
                return schema.TryGetProperty("pattern", out _) ? null : name == "type" ? "text" : Pick(["Notes", "Grüße, 世界", "One two three", "x", "👩‍👩‍👧‍👦"]);
        }
    }

    /// <summary>A right object: what it must have, and half of what it may have.</summary>
    public JsonObject Object(JsonElement schema)
    {
        schema = Resolve(schema);
        var made = new JsonObject();
        if (!schema.TryGetProperty("properties", out var properties))
            return made;
        var required = schema.TryGetProperty("required", out var names) ? names.EnumerateArray().Select(name => name.GetString()).ToHashSet() : [];
        foreach (var property in properties.EnumerateObject())
        {
            // Names, and what they belong to, are nearly always needed, though the document cannot say so of one body for two calls.
            var isLikely = required.Contains(property.Name) || property.Name is "name" or "title" or "content" or "kind" or "projectId" or "baseVersion" or "messages" or "parts" or "role" or "type" or "text";
            if (random.Next(20) < (isLikely ? 19 : 8))
                made[property.Name] = Right(property.Name, property.Value);
        }
        return made;
    }

    public JsonElement Resolve(JsonElement schema)
    {
        while (schema.TryGetProperty("$ref", out var reference))
            schema = document.GetProperty("components").GetProperty("schemas").GetProperty(reference.GetString()!.Split('/')[^1]);
        return schema.TryGetProperty("oneOf", out var choices) ? Resolve(Pick([.. choices.EnumerateArray()])) : schema;
    }

    public T Pick<T>(IReadOnlyList<T> from) => from[random.Next(from.Count)];

    private static string TypeOf(JsonElement schema) => !schema.TryGetProperty("type", out var type) ? "string"
        : type.ValueKind == JsonValueKind.String ? type.GetString()!
        : type.EnumerateArray().Select(one => one.GetString()!).First(one => one != "null");

    private void Keep<T>(Dictionary<string, List<T>> where, string name, T value)
    {
        if (!where.TryGetValue(name, out var kept))
            where[name] = kept = [];
        if (kept.Count < 50)
            kept.Add(value);
        else
            kept[random.Next(50)] = value;
    }
}
