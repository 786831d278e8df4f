using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Alumia.Lab.Offline.Models;

/// <summary>
/// What is shown when somebody asks in plain words for a table, a chart, code or a picture: what the request lists where it does,
/// else something to look at, which says of itself that it is made up.
/// </summary>
internal static partial class ShowArguments
{
    /// <summary>The arguments; null for any other tool.</summary>
    public static JsonObject? For(OfferedTool tool, string clause) => tool.Name switch
    {
        "show_table" when Has(tool, "rows") => Table(clause),
        "show_chart" when Has(tool, "series") => Chart(clause),
        "show_code" when Has(tool, "code") => Code(clause),
        "show_image" when Has(tool, "data") => Image(clause),
        _ => null,
    };

    private static bool Has(OfferedTool tool, string property) =>
        tool.Schema.TryGetProperty("properties", out var properties) && properties.TryGetProperty(property, out _);

    private static JsonObject Table(string clause)
    {
        var items = Items(clause);
        if (items.Count == 0)
        {
            var steps = new[] { "A first look", "A list of what is known", "A trial on a quiet day", "A review" };
            return new() { ["title"] = Title(clause), ["columns"] = Texts(["Step", "State", "Days (made up)"]), ["rows"] = Rows(steps.Select((step, i) => new JsonArray(step, i == 0 ? "begun" : "open", i + 1))) };
        }
        var isNumbers = items.Any(item => item.Number is not null);
        return new()
        {
            ["title"] = Title(clause),
            ["columns"] = Texts(["Name", isNumbers ? "Value" : "Letters"]),
            ["rows"] = Rows(items.Select(item => new JsonArray(item.Label, isNumbers ? Cell(item.Number) : item.Label.Count(char.IsLetter)))),
        };
    }

    private static JsonObject Chart(string clause)
    {
        var type = ChartTypes().Match(clause) is { Success: true } match ? match.Value.ToLowerInvariant() : "bar";
        var items = Items(clause).Where(item => item.Number is not null).ToList();
        var isMadeUp = items.Count == 0;
        if (isMadeUp)
            items = [.. CultureInfo.InvariantCulture.DateTimeFormat.MonthNames.Take(6).Select((month, i) => (month, (double?)(8 + ((Seed(clause) >> (i * 4)) & 15))))];
        var series = new JsonObject { ["name"] = Title(clause), ["values"] = new JsonArray([.. items.Select(item => (JsonNode)item.Number!.Value)]) };
        var chart = new JsonObject { ["title"] = Title(clause), ["type"] = type };
        if (type == "scatter")
            series["x"] = new JsonArray([.. items.Select((_, i) => (JsonNode)(i + 1))]);
        else
            chart["labels"] = Texts(items.Select(item => item.Label));
        chart["series"] = new JsonArray(series);
        if (isMadeUp)
            chart["y_label"] = "made-up numbers";
        return chart;
    }

    private static JsonObject Code(string clause)
    {
        var title = Title(clause);
        var (language, code) = Samples.Code(Languages().Match(clause).Value, title);
        return new() { ["title"] = title, ["language"] = language, ["code"] = Backticks().Match(clause) is { Success: true } given ? given.Groups[1].Value.Trim() : code };
    }

    private static JsonObject Image(string clause)
    {
        var title = Title(clause);
        return new() { ["title"] = title, ["alt"] = $"Circles in four colours over the words {title}", ["media_type"] = "image/svg+xml", ["data"] = Samples.Drawing(title, Seed(clause)) };
    }

    /// <summary>What it is of, without what is listed after a colon.</summary>
    private static string Title(string clause)
    {
        var words = Quoted().Match(clause) is { Success: true } quoted ? quoted.Groups[1].Value
            : Subject().Match(clause) is { Success: true } subject ? subject.Groups[1].Value
            : Requests.Topic(clause);
        words = Manner().Replace(words.Split(':')[0].Split('`')[0], "").Trim(' ', '.', ',', '!', '?');
        words = words.Length is 0 or > 120 ? "What you asked for" : words;
        return char.ToUpperInvariant(words[0]) + words[1..];
    }

    /// <summary>"tea 3, coffee 5" or "apples, pears and plums", after a colon or after "of"; empty where fewer than two are listed.</summary>
    private static List<(string Label, double? Number)> Items(string clause)
    {
        var list = clause.Split(':', 2) is [_, var after] ? after : Subject().Match(clause).Groups[1].Value;
        var items = Separators().Split(Manner().Replace(list, "").Trim(' ', '.', '!')).Where(part => part.Length > 0).Select((part, i) =>
        {
            var number = Number().Match(part);
            var label = number.Success ? part.Remove(number.Index, number.Length).Trim(' ', '=', ':', '(', ')', '%') : part;
            return (label.Length == 0 ? (i + 1).ToString(CultureInfo.InvariantCulture) : label, number.Success ? double.Parse(number.Value, CultureInfo.InvariantCulture) : (double?)null);
        }).ToList();
        return items.Count > 1 ? items : [];
    }

    /// <summary>A number that belongs to these words, the same each time.</summary>
    private static uint Seed(string words) => words.Aggregate(2166136261u, (seed, letter) => (seed ^ letter) * 16777619u);

    private static JsonValue Cell(double? number) => number is { } value ? JsonValue.Create(value) : JsonValue.Create("");

    private static JsonArray Texts(IEnumerable<string> texts) => new([.. texts.Select(text => (JsonNode)text)]);

    private static JsonArray Rows(IEnumerable<JsonArray> rows) => new([.. rows]);

    [GeneratedRegex(@"\b(?:of|about|on|for|with|that|to|showing)\s+(.+)$", RegexOptions.IgnoreCase | RegexOptions.Singleline)]
    private static partial Regex Subject();

    [GeneratedRegex(@"[""“]([^""”]+)[""”]")]
    private static partial Regex Quoted();

    [GeneratedRegex(@"`+(?:\w*\n)?([^`]+)`+")]
    private static partial Regex Backticks();

    [GeneratedRegex(@"\s*(?:,|;|\n|\band\b)\s*", RegexOptions.IgnoreCase)]
    private static partial Regex Separators();

    [GeneratedRegex(@"(?<![\w.])-?\d+(?:\.\d+)?")]
    private static partial Regex Number();

    [GeneratedRegex(@"\b(?:slowly|at length|please)\b|\bin (?:c#|(?:python|csharp|javascript|typescript|sql|bash|rust|go|java|html)\b)", RegexOptions.IgnoreCase)]
    private static partial Regex Manner();

    [GeneratedRegex(@"\b(?:line|bar|pie|scatter)\b", RegexOptions.IgnoreCase)]
    private static partial Regex ChartTypes();

    [GeneratedRegex(@"\b(?:python|csharp|javascript|typescript|sql|bash|rust|go|java|html)\b|\bc#", RegexOptions.IgnoreCase)]
    private static partial Regex Languages();
}
