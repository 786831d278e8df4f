using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Alumia.Lab.Offline.Models;

/// <summary>Fills a tool's arguments from a request by the tool's schema: every required one, and others that the request plainly gives.</summary>
internal static partial class ArgumentFiller
{
    public static string Fill(OfferedTool tool, string clause) =>
        (ShowArguments.For(tool, clause) ?? Object(tool.Schema, clause)).ToJsonString(new JsonSerializerOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    private static JsonObject Object(JsonElement schema, string clause)
    {
        var filled = new JsonObject();
        if (schema.ValueKind != JsonValueKind.Object || !schema.TryGetProperty("properties", out var properties))
            return filled;
        var required = schema.TryGetProperty("required", out var names) ? names.EnumerateArray().Select(name => name.GetString()).ToHashSet() : [];
        foreach (var property in properties.EnumerateObject())
        {
            if (Value(property.Name, property.Value, clause, required.Contains(property.Name)) is { } value)
                filled[property.Name] = value;
        }
        return filled;
    }

    private static JsonNode? Value(string name, JsonElement schema, string clause, bool isRequired)
    {
        if (schema.ValueKind == JsonValueKind.Object && schema.TryGetProperty("enum", out var choices))
        {
            var all = choices.EnumerateArray().Select(choice => choice.ToString()).ToList();
            return all.FirstOrDefault(choice => clause.Contains(choice, StringComparison.OrdinalIgnoreCase)) ?? (isRequired ? all.FirstOrDefault() : null);
        }
        return TypeOf(schema) switch
        {
            "integer" or "number" => Number(name, clause) is { } number ? Json(schema, number) : isRequired ? Json(schema, Least(schema)) : null,
            "boolean" => isRequired ? JsonValue.Create(true) : null,
            "array" => isRequired || List().IsMatch(clause) ? Array(schema, clause) : null,
            "object" => isRequired ? Object(schema, clause) : null,
            _ => Text(name.ToLowerInvariant(), clause, isRequired) is { } text ? JsonValue.Create(text) : null,
        };
    }

    private static string? Text(string name, string clause, bool isRequired) => name switch
    {
        "url" or "uri" or "address" or "href" or "link" => Found(Url(), clause) ?? Needed(isRequired, "https://example.com/"),
        "command" or "cmd" or "code" or "script" => Found(Backticks(), clause) ?? Needed(isRequired, "echo hello"),
        "title" or "heading" => Title(clause),
        "markdown" or "content" or "document" => Found(Backticks(), clause) ?? Needed(isRequired, Prose.Document(Title(clause), Requests.Topic(clause))),
        "agent" or "peer" or "to" or "recipient" or "slug" => Found(Mail(), clause) ?? Found(Addressee(), clause) ?? Needed(isRequired, "ala"),
        "message" or "task" or "prompt" or "instruction" or "instructions" or "text" or "body" =>
            Found(Quoted(), clause) ?? Found(Errand(), clause) ?? Needed(isRequired, clause),
        "query" or "q" or "search" or "term" => Found(Quoted(), clause) ?? Found(Sought(), clause) ?? Needed(isRequired, Requests.Topic(clause)),
        "path" or "file" or "filename" => Found(Path(), clause) ?? Needed(isRequired, "notes.md"),
        "timezone" or "time_zone" or "zone" => Found(Zone(), clause) ?? ZoneOfCity(clause) ?? Needed(isRequired, "UTC"),
        "block_id" => Found(BlockId(), clause) ?? Needed(isRequired, "unknown"),
        "name" or "label" => Found(Quoted(), clause) ?? Found(Called(), clause) ?? Needed(isRequired, Title(clause)),
        _ => Needed(isRequired, Found(Quoted(), clause) ?? Requests.Topic(clause)),
    };

    /// <summary>"What time is it in Tokyo": the zone that is named after a city of the request.</summary>
    private static string? ZoneOfCity(string clause) => TimeZoneInfo.GetSystemTimeZones().Select(zone => zone.Id).FirstOrDefault(id =>
        id.LastIndexOf('/') is > 0 and var slash && !id.StartsWith("Etc/", StringComparison.Ordinal)
        && Regex.IsMatch(clause, $@"\b{Regex.Escape(id[(slash + 1)..].Replace('_', ' '))}\b"));

    private static JsonArray Array(JsonElement schema, string clause)
    {
        var items = schema.TryGetProperty("items", out var inner) ? inner : default;
        var list = List().Match(clause) is { Success: true } match ? match.Groups[1].Value : "";
        var parts = list.Split([',', ' '], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        IEnumerable<JsonNode?> nodes = TypeOf(items) switch
        {
            "integer" or "number" => Numbers().Matches(clause).Select(number => Json(items, double.Parse(number.Value, CultureInfo.InvariantCulture))).DefaultIfEmpty(Json(items, 1)),
            "array" => Enumerable.Range(0, 2).Select(_ => (JsonNode)Array(items, clause)),
            "object" => [Object(items, clause)],
            _ => (parts.Length > 0 ? parts : ["Item", "Value"]).Where(part => part != "and").Select(part => (JsonNode?)JsonValue.Create(part)),
        };
        return [.. nodes];
    }

    private static double? Number(string name, string clause)
    {
        var duration = Duration().Match(clause);
        if (duration.Success && DurationName().IsMatch(name))
        {
            var seconds = double.Parse(duration.Groups[1].Value, CultureInfo.InvariantCulture) * duration.Groups[2].Value[0] switch { 'h' => 3600, 'm' when !duration.Groups[2].Value.StartsWith("milli", StringComparison.Ordinal) && duration.Groups[2].Value != "ms" => 60, 'm' => 0.001, _ => 1 };
            return name.Contains("ms", StringComparison.OrdinalIgnoreCase) || name.Contains("milli", StringComparison.OrdinalIgnoreCase) ? seconds * 1000 : seconds;
        }
        return Numbers().Match(clause) is { Success: true } first ? double.Parse(first.Value, CultureInfo.InvariantCulture) : null;
    }

    private static double Least(JsonElement schema) => schema.TryGetProperty("default", out var standard) && standard.ValueKind == JsonValueKind.Number ? standard.GetDouble()
        : schema.TryGetProperty("minimum", out var least) && least.ValueKind == JsonValueKind.Number ? Math.Max(1, least.GetDouble()) : 1;

    private static JsonValue Json(JsonElement schema, double number) => TypeOf(schema) == "integer" ? JsonValue.Create((long)Math.Ceiling(number)) : JsonValue.Create(number);

    private static string TypeOf(JsonElement schema) => schema.ValueKind != JsonValueKind.Object || !schema.TryGetProperty("type", out var type) ? "string"
        : type.ValueKind == JsonValueKind.Array ? type.EnumerateArray().Select(one => one.ToString()).FirstOrDefault(one => one != "null") ?? "string"
        : type.ToString();

    private static string Title(string clause)
    {
        var title = Found(Quoted(), clause) ?? Requests.Topic(clause);
        return char.ToUpperInvariant(title[0]) + title[1..];
    }

    private static string? Found(Regex regex, string clause) => regex.Match(clause) is { Success: true } match ? match.Groups[1].Value.Trim() : null;

    private static string? Needed(bool isRequired, string value) => isRequired ? value : null;

    [GeneratedRegex(@"(https?://[^\s`""”)]+[^\s`""”).,;!?])")]
    private static partial Regex Url();

    [GeneratedRegex(@"`+(?:\w*\n)?([^`]+)`+")]
    private static partial Regex Backticks();

    [GeneratedRegex(@"[""“]([^""”]+)[""”]")]
    private static partial Regex Quoted();

    [GeneratedRegex(@"([\w.+-]+@[\w-]+\.[\w.-]*\w)")]
    private static partial Regex Mail();

    [GeneratedRegex(@"\b(?:ask|tell|message|to)\s+(?:agent\s+)?([\w-]+)", RegexOptions.IgnoreCase)]
    private static partial Regex Addressee();

    [GeneratedRegex(@"\b(?:ask|tell|message)\s+(?:agent\s+)?[\w-]+\s+(?:to\s+|that\s+|about\s+)?(.+)$|\bto\s+(.+)$", RegexOptions.IgnoreCase)]
    private static partial Regex Errand();

    [GeneratedRegex(@"\b(?:for|about)\s+(.+?)[.?!]?$", RegexOptions.IgnoreCase)]
    private static partial Regex Sought();

    [GeneratedRegex(@"\b(blk_\w+)")]
    private static partial Regex BlockId();

    [GeneratedRegex(@"\b(?:called|named)\s+([\w-]+)", RegexOptions.IgnoreCase)]
    private static partial Regex Called();

    [GeneratedRegex(@"((?:[\w.-]+/)*[\w-]+\.[a-z]{1,5})\b")]
    private static partial Regex Path();

    [GeneratedRegex(@"\b([A-Z][a-z]+/[A-Z][A-Za-z_]+)\b")]
    private static partial Regex Zone();

    [GeneratedRegex(@"-?\d+(?:\.\d+)?")]
    private static partial Regex Numbers();

    [GeneratedRegex(@"(\d+(?:\.\d+)?)\s*(ms|milliseconds?|s|secs?|seconds?|m|mins?|minutes?|h|hours?)\b")]
    private static partial Regex Duration();

    [GeneratedRegex(@"second|duration|timeout|time|ms|delay|wait|for", RegexOptions.IgnoreCase)]
    private static partial Regex DurationName();

    [GeneratedRegex(@":\s*(.+)$|\bof\s+(.+)$")]
    private static partial Regex List();
}
