using System.Globalization;
using System.Text.RegularExpressions;

namespace Alumia.Lab.Offline.Models;

/// <summary>Answers that need no tool: who it is, and what was said.</summary>
internal static partial class Replies
{
    public static string To(Conversation conversation, string request)
    {
        var earlier = conversation.UserTexts.SkipLast(1).Select(text => Directives.Read(text).Rest).ToList();
        if (Who().IsMatch(request))
            return Planner.WhoIAm;
        if (First().IsMatch(request))
            return earlier.Count > 0 ? $"The first thing you said was: “{earlier[0]}”." : "This is the first thing you say here.";
        if (Before().IsMatch(request))
            return earlier.Count > 0 ? $"Before this you said: “{earlier[^1]}”." : "You said nothing before this.";
        if (HowMany().IsMatch(request))
            return $"You have sent {Count(earlier.Count + 1, "message")} here, this one included.";
        if (MyName().IsMatch(request))
            return earlier.Select(text => Named().Match(text)).LastOrDefault(match => match.Success) is { } name
                ? $"Your name is {name.Groups[1].Value}: you told me."
                : "You have not told me your name yet.";
        if (Named().Match(request) is { Success: true } mine)
            return $"Nice to meet you, {mine.Groups[1].Value}. I will know it for as long as this conversation is shown to me.";
        if (Hello().IsMatch(request))
            return $"Hello. {Planner.WhoIAm}{Offer(conversation)}";
        var memory = earlier.Count > 0 ? $" Earlier you said “{Short(earlier[^1])}”." : "";
        return $"You wrote “{Short(request)}” ({Count(Requests.WordsOf(request).Count, "word")}).{memory} I am a stand-in and not a language model, so I have no view of my own on it.{Offer(conversation)}";
    }

    private static string Offer(Conversation conversation) => conversation.Tools.Count == 0
        ? ""
        : $" I can use {string.Join(", ", conversation.Tools.Take(8).Select(tool => $"`{tool.Name}`"))}: ask me, for example, what time it is, to write a document about something, or to draw a chart of it.";

    private static string Short(string text) => text.Length > 160 ? text[..160] + "…" : text;

    private static string Count(int count, string noun) => string.Create(CultureInfo.InvariantCulture, $"{count} {noun}{(count == 1 ? "" : "s")}");

    [GeneratedRegex(@"\bwho (are|r) you\b|\bwhat are you\b|\bwhich model\b|\bwhat model\b|\bare you (a |an )?(real|ai|language model|llm|human|bot)", RegexOptions.IgnoreCase)]
    private static partial Regex Who();

    [GeneratedRegex(@"\bwhat (did|have) i (say|said|ask|asked|write|written)\b.*\bfirst\b|\bmy first (message|question)\b", RegexOptions.IgnoreCase)]
    private static partial Regex First();

    [GeneratedRegex(@"\bwhat did i (just )?(say|ask|write)\b|\bmy (last|previous) (message|question)\b", RegexOptions.IgnoreCase)]
    private static partial Regex Before();

    [GeneratedRegex(@"\bhow many messages\b", RegexOptions.IgnoreCase)]
    private static partial Regex HowMany();

    [GeneratedRegex(@"\bwhat('s| is) my name\b|\bwho am i\b", RegexOptions.IgnoreCase)]
    private static partial Regex MyName();

    [GeneratedRegex(@"\b[Mm]y name is (\p{Lu}[\p{L}-]*)")]
    private static partial Regex Named();

    [GeneratedRegex(@"^\s*(hello|hi|hey|good (morning|day|evening))\b", RegexOptions.IgnoreCase)]
    private static partial Regex Hello();
}
