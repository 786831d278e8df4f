using System.Text.RegularExpressions;

namespace Alumia.Lab.Offline.Services.GitHub;

/// <summary>GitHub's search of issues, the qualifiers of it that people use: <c>repo:</c>, <c>user:</c>, <c>author:</c>, <c>label:</c>, <c>is:</c>, <c>state:</c>, <c>type:</c>, a minus, quotes and words.</summary>
internal static partial class IssueQuery
{
    /// <summary>Whether the query finds an issue of this owner's repository; <paramref name="me"/> is who <c>@me</c> is.</summary>
    public static bool Matches(string query, Issue issue, string owner, string me) =>
        Term().Matches(query).All(term => Matches(term, issue, owner, me) != term.Groups["not"].Success);

    private static bool Matches(Match term, Issue issue, string owner, string me)
    {
        var value = term.Groups["quoted"].Success ? term.Groups["quoted"].Value : term.Groups["word"].Value;
        return term.Groups["key"].Value.ToLowerInvariant() switch
        {
            "repo" => Same(value, $"{owner}/{GitHubShapes.Repository}"),
            "user" or "org" => Same(value, owner),
            "author" => Same(value == "@me" ? me : value, issue.Author),
            "label" => issue.Labels.Contains(value, StringComparer.OrdinalIgnoreCase),
            "state" => Same(value, issue.State),
            "is" or "type" => value.ToLowerInvariant() switch { "issue" => true, "pr" or "pull-request" => false, "public" => true, var state => state == issue.State },
            _ => issue.Title.Contains(value, StringComparison.OrdinalIgnoreCase) || issue.Body.Contains(value, StringComparison.OrdinalIgnoreCase),
        };
    }

    private static bool Same(string left, string right) => left.Equals(right, StringComparison.OrdinalIgnoreCase);

    [GeneratedRegex("""(?<not>-)?(?:(?<key>\w+):)?(?:"(?<quoted>[^"]*)"|(?<word>[^\s"]+))""")]
    private static partial Regex Term();
}
