using System.Text.RegularExpressions;

namespace Alumia.Lab.Offline.Models;

/// <summary>Puts what the tools answered into words.</summary>
internal static partial class Results
{
    /// <summary>One sentence a call of the turn under way; empty where there was none.</summary>
    public static string Describe(Conversation conversation)
    {
        var results = conversation.Since.Where(said => said.Speaker == Speaker.Tool && said.CallId is not null)
            .GroupBy(said => said.CallId!).ToDictionary(group => group.Key, group => group.Last().Text);
        return string.Join("\n\n", conversation.Since.SelectMany(said => said.Calls)
            .Select(call => (Call: call, Result: results.GetValueOrDefault(call.Id, "nothing")))
            .Where(done => !Asking.IsMended(done.Call, done.Result, conversation))
            .Select(done => Sentence(done.Call, done.Result)));
    }

    private static string Sentence(PastCall call, string result) => call.Name switch
    {
        _ when IsError(result) => $"`{call.Name}` did not work: {Short(result)}",
        "current_time" => $"The clock says: {Short(result)}",
        "wait" => $"I waited. {Short(result)}",
        "show_document" => $"I wrote the document {Title(call)} and put it here for you.",
        "show_table" => $"I made the table {Title(call)} and put it here for you.",
        "show_chart" => $"I drew the chart {Title(call)} and put it here for you.",
        "show_code" => $"I wrote the code {Title(call)} and put it here for you.",
        "show_image" => $"I drew the picture {Title(call)} and put it here for you.",
        "web_fetch" => $"I read the page. {Short(Inside(result))}",
        "browser_open" or "browser_click" or "browser_type" or "browser_read" => $"I used the browser. {Short(Inside(result))}",
        "message_agent" or "spawn_agent" => Asking.Sent(call),
        "check_messages" => Asking.Answered(result),
        "write_file" => $"I wrote the file {Argument(call, "path")}.",
        "run_command" => $"I ran `{Short(Argument(call, "command"))}`. {Short(result.Split("\n\n")[0])}",
        _ => $"I used `{call.Name}`. It answered: {Short(result)}",
    };

    private static bool IsError(string result) =>
        result.StartsWith("error", StringComparison.OrdinalIgnoreCase) || result.StartsWith("{\"error\"", StringComparison.Ordinal);

    private static string Title(PastCall call) => Argument(call, "title") is { Length: > 0 } title ? $"“{title}”" : "you asked for";

    private static string Argument(PastCall call, string name)
    {
        try
        {
            using var json = System.Text.Json.JsonDocument.Parse(call.Arguments);
            return json.RootElement.TryGetProperty(name, out var value) ? value.ToString() : "";
        }
        catch (System.Text.Json.JsonException)
        {
            return "";
        }
    }

    /// <summary>What stood between the marks of what comes from outside.</summary>
    private static string Inside(string result) => Marks().Match(result) is { Success: true } match ? match.Groups[1].Value : result;

    [GeneratedRegex("<untrusted id=\"[0-9a-f]+\" source=\"[^\"]*\">\n(.*)\n</untrusted ", RegexOptions.Singleline)]
    private static partial Regex Marks();

    private static string Short(string text) => text.Length > 600 ? text[..600] + "…" : text;
}
