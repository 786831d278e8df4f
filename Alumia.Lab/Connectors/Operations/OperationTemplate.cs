using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Alumia.Lab.Connectors;

/// <summary>Puts a call's arguments into the texts and the body of an operation's request. What uses an argument that was left out is left out.</summary>
internal static partial class OperationTemplate
{
    /// <summary>The names of all arguments that a request uses.</summary>
    public static IEnumerable<string> Arguments(OperationRequest request) =>
        ArgumentsOf(request.Path).Concat(request.Query.Values.SelectMany(ArgumentsOf)).Concat(request.Body is { } body ? InBody(body) : []).Distinct();

    /// <summary>The names of the arguments in a text.</summary>
    public static IEnumerable<string> ArgumentsOf(string text) => Argument().Matches(text).Select(match => match.Groups["name"].Value);

    /// <summary>The path, each argument escaped so that it stays what it is: one segment, or with <c>{+name}</c> several.</summary>
    /// <exception cref="Refusal">An argument would lead elsewhere.</exception>
    public static string Path(string template, JsonElement arguments) => Argument().Replace(template, match =>
    {
        var name = match.Groups["name"].Value;
        var text = Text(arguments, name) ?? throw Refusal.Invalid(name, $"{name} is missing.");
        var segments = match.Groups["plus"].Success ? text.Split('/') : [text];
        // A server, or the way there, reads a dot segment as a step up, however it is escaped.
        if (Array.Exists(segments, segment => segment is "." or ".." or ""))
            throw Refusal.Invalid(name, $"\"{text}\" cannot stand in an address as {name}.");
        return string.Join('/', segments.Select(Uri.EscapeDataString));
    });

    /// <summary>The query with its question mark; empty for none. A list makes its parameter come once for each of its members.</summary>
    public static string Query(IReadOnlyDictionary<string, string> templates, JsonElement arguments)
    {
        var query = new StringBuilder();
        foreach (var (name, template) in templates)
        {
            foreach (var value in Values(template, arguments))
                query.Append(query.Length == 0 ? '?' : '&').Append(Uri.EscapeDataString(name)).Append('=').Append(Uri.EscapeDataString(value));
        }
        return query.ToString();
    }

    /// <summary>The body. An argument that is a whole text keeps its type; objects and lists inside of which nothing is left are left out.</summary>
    public static JsonNode Body(JsonElement template, JsonElement arguments) =>
        (template.ValueKind == JsonValueKind.Object ? Members(template, arguments).Members : Part(template, arguments)) ?? new JsonObject();

    private static JsonNode? Part(JsonElement template, JsonElement arguments) => template.ValueKind switch
    {
        // Constants alone say nothing where the arguments that they go with were left out.
        JsonValueKind.Object => Members(template, arguments) is (var members, true) ? members : null,
        JsonValueKind.Array => Items(template, arguments),
        JsonValueKind.String => Value(template.GetString()!, arguments),
        _ => JsonNode.Parse(template.GetRawText()),
    };

    private static (JsonObject Members, bool IsFilled) Members(JsonElement template, JsonElement arguments)
    {
        var members = new JsonObject();
        var isFilled = !InBody(template).Any();
        foreach (var member in template.EnumerateObject())
        {
            if (Part(member.Value, arguments) is not { } value)
                continue;
            members[member.Name] = value;
            isFilled |= InBody(member.Value).Any();
        }
        return (members, isFilled);
    }

    private static JsonArray? Items(JsonElement template, JsonElement arguments)
    {
        var items = new JsonArray([.. template.EnumerateArray().Select(item => Part(item, arguments)).OfType<JsonNode>()]);
        return items.Count == 0 && template.GetArrayLength() > 0 ? null : items;
    }

    private static JsonNode? Value(string template, JsonElement arguments)
    {
        if (Argument().Match(template) is { Success: true } match && match.Length == template.Length)
            return Find(arguments, match.Groups["name"].Value) is { } whole ? JsonNode.Parse(whole.GetRawText()) : null;
        return Filled(template, arguments) is { } text ? JsonValue.Create(text) : null;
    }

    private static IEnumerable<string> Values(string template, JsonElement arguments)
    {
        if (Argument().Match(template) is { Success: true } match && match.Length == template.Length && Find(arguments, match.Groups["name"].Value) is { ValueKind: JsonValueKind.Array } list)
            return list.EnumerateArray().Select(Text);
        return Filled(template, arguments) is { } text ? [text] : [];
    }

    /// <summary>Null where one of its arguments was left out.</summary>
    private static string? Filled(string template, JsonElement arguments) =>
        ArgumentsOf(template).All(name => Find(arguments, name) is not null) ? Argument().Replace(template, match => Text(arguments, match.Groups["name"].Value)!) : null;

    private static IEnumerable<string> InBody(JsonElement template) => template.ValueKind switch
    {
        JsonValueKind.Object => template.EnumerateObject().SelectMany(member => InBody(member.Value)),
        JsonValueKind.Array => template.EnumerateArray().SelectMany(InBody),
        JsonValueKind.String => ArgumentsOf(template.GetString()!),
        _ => [],
    };

    private static JsonElement? Find(JsonElement arguments, string name) =>
        arguments.ValueKind == JsonValueKind.Object && arguments.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    private static string? Text(JsonElement arguments, string name) => Find(arguments, name) is { } value ? Text(value) : null;

    private static string Text(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        // 1e2 and 100.0 are the integer 100 to a schema, and no server reads them so.
        JsonValueKind.Number when value.TryGetDecimal(out var number) => number == decimal.Truncate(number) ? decimal.Truncate(number).ToString(CultureInfo.InvariantCulture) : number.ToString(CultureInfo.InvariantCulture),
        _ => value.GetRawText(),
    };

    [GeneratedRegex(@"\{(?<plus>\+)?(?<name>[A-Za-z_][A-Za-z0-9_]*)\}")]
    private static partial Regex Argument();
}
