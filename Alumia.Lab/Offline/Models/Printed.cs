using System.Text.RegularExpressions;

namespace Alumia.Lab.Offline.Models;

/// <summary>What a command of the turn printed, where it is a list of names and numbers: "the result" of a request that goes on with it.</summary>
internal static partial class Printed
{
    private const int Most = 20;

    /// <summary>The list, as somebody would write it in a request: <c>tea 3, coffee 5</c>. Null where nothing of the kind was printed.</summary>
    public static string? Read(Conversation conversation)
    {
        var since = conversation.Since.ToList();
        var commands = since.SelectMany(said => said.Calls).Where(call => call.Name == "run_command").Select(call => call.Id).ToHashSet();
        if (since.LastOrDefault(said => said.Speaker == Speaker.Tool && said.CallId is { } id && commands.Contains(id))?.Text is not { } result)
            return null;
        var items = result.Split('\n').Select(line => Item().Match(line)).Where(match => match.Success).Take(Most)
            .Select(match => $"{match.Groups["name"].Value.Trim()} {match.Groups["number"].Value}").ToList();
        return items.Count > 1 ? string.Join(", ", items) : null;
    }

    /// <summary>A clause that speaks of the result, with what it was after a colon.</summary>
    public static string Named(string clause, string? printed) =>
        printed is not null && !clause.Contains(':', StringComparison.Ordinal) && Spoken().IsMatch(clause) ? $"{clause.TrimEnd('.', '!', ' ')}: {printed}" : clause;

    [GeneratedRegex(@"^(?<name>[\p{L}][^:=,\d]*?)\s*[:=,\s]\s*(?<number>-?\d+(?:\.\d+)?)\s*$")]
    private static partial Regex Item();

    [GeneratedRegex(@"\b(the|its) (results?|output|numbers)\b", RegexOptions.IgnoreCase)]
    private static partial Regex Spoken();
}
