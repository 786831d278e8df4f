namespace Alumia.Lab.Offline.Models;

/// <summary>Puts what the tools answered into words.</summary>
internal static class Results
{
    /// <summary>One sentence a call of the turn under way; empty where there was none.</summary>
    public static string Describe(Conversation conversation)
    {
        var results = conversation.Since.Where(said => said.Speaker == Speaker.Tool && said.CallId is not null)
            .GroupBy(said => said.CallId!).ToDictionary(group => group.Key, group => group.Last().Text);
        return string.Join("\n\n", conversation.Since.SelectMany(said => said.Calls)
            .Select(call => Sentence(call, results.GetValueOrDefault(call.Id, "nothing"))));
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

    private static string Short(string text) => text.Length > 600 ? text[..600] + "…" : text;
}
