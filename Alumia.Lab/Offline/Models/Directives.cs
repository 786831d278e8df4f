using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Alumia.Lab.Offline.Models;

/// <summary>How a request is to fail, and how often (for ever where that is null).</summary>
internal sealed record Failure(string Kind, int Number, int? Times)
{
    /// <summary>For a failing status: seconds of its <c>Retry-After</c>.</summary>
    public int? RetryAfter { get; init; }
}

/// <summary>
/// What stands in double square brackets in a message: <c>[[long 2000]]</c>, <c>[[pace 20]]</c>, <c>[[status 429 3 x1]]</c>,
/// <c>[[tool name {json}]]</c> and so on. They make a demonstration or a test say exactly what it means.
/// </summary>
internal sealed partial class Directives
{
    public string Rest { get; private set; } = "";

    public int? Words { get; private set; }

    public int? PaceMs { get; private set; }

    public bool Reasoning { get; private set; }

    /// <summary>All calls are asked for in one step, instead of one after another.</summary>
    public bool Together { get; private set; }

    public string? Say { get; private set; }

    public Failure? Failure { get; private set; }

    /// <summary>How the first calls are spoiled (<c>broken-json</c>, <c>wrong-arguments</c>, <c>unknown-tool</c>), and how many.</summary>
    public (string Kind, int Count)? Spoil { get; private set; }

    public List<PlannedCall> Calls { get; } = [];

    public static Directives Read(string text)
    {
        var directives = new Directives();
        var rest = new StringBuilder();
        var place = 0;
        while (text.IndexOf("[[", place, StringComparison.Ordinal) is var open and >= 0)
        {
            var end = directives.Take(text, open + 2);
            if (end < 0)
                break;
            rest.Append(text, place, open - place);
            place = end;
        }
        rest.Append(text, place, text.Length - place);
        directives.Rest = rest.ToString().Trim();
        return directives;
    }

    /// <summary>Takes one directive; returns where it ends, or -1 where it has no end.</summary>
    private int Take(string text, int start)
    {
        var tool = ToolStart().Match(text, start);
        if (tool.Success && tool.Index == start)
        {
            var (json, end) = JsonAt(text, tool.Index + tool.Length);
            var close = text.IndexOf("]]", end, StringComparison.Ordinal);
            if (close < 0)
                return -1;
            Calls.Add(new(tool.Groups[1].Value, json));
            return close + 2;
        }
        var last = text.IndexOf("]]", start, StringComparison.Ordinal);
        if (last < 0)
            return -1;
        Apply(text[start..last].Trim());
        return last + 2;
    }

    private void Apply(string directive)
    {
        var parts = directive.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length == 0)
            return;
        var times = parts.Skip(1).Where(part => part.Length > 1 && part[0] == 'x' && int.TryParse(part[1..], out _)).Select(part => (int?)Number(part[1..])).FirstOrDefault();
        var numbers = parts.Skip(1).Where(part => char.IsAsciiDigit(part[0])).Select(Number).ToList();
        switch (parts[0])
        {
            case "long":
                Words = numbers.FirstOrDefault(400);
                break;
            case "pace":
                PaceMs = numbers.FirstOrDefault();
                break;
            case "reasoning":
                Reasoning = true;
                break;
            case "together":
                Together = true;
                break;
            case "say":
                Say = directive.Length > 4 ? directive[4..] : "";
                break;
            case "broken-json" or "wrong-arguments" or "unknown-tool":
                Spoil = (parts[0], parts.Contains("always") ? int.MaxValue : times ?? 1);
                break;
            case "status":
                Failure = new("status", numbers.FirstOrDefault(500), times) { RetryAfter = numbers.Count > 1 ? numbers[1] : null };
                break;
            case "cut":
                Failure = new("cut", numbers.FirstOrDefault(20), times);
                break;
            case "timeout":
                Failure = new("timeout", 0, times);
                break;
        }
    }

    private static (string Json, int End) JsonAt(string text, int start)
    {
        if (start >= text.Length || text[start] != '{')
            return ("{}", start);
        var bytes = Encoding.UTF8.GetBytes(text[start..]);
        try
        {
            var reader = new Utf8JsonReader(bytes);
            reader.Read();
            reader.Skip();
            var json = Encoding.UTF8.GetString(bytes.AsSpan(0, (int)reader.BytesConsumed));
            return (json, start + json.Length);
        }
        catch (JsonException)
        {
            var close = text.IndexOf("]]", start, StringComparison.Ordinal);
            return close < 0 ? (text[start..], text.Length) : (text[start..close], close); // Broken on purpose.
        }
    }

    private static int Number(string text) => int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var number) ? number : 0;

    [GeneratedRegex(@"tool\s+([\w.-]+)\s*")]
    private static partial Regex ToolStart();
}
