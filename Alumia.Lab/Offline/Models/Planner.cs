using System.Text.RegularExpressions;

namespace Alumia.Lab.Offline.Models;

/// <summary>
/// The mind of the stand-in: no language model, but rules. It keeps nothing: what is to be done next follows from the request
/// and from what was done since, so the same conversation always gets the same answer.
/// </summary>
internal sealed partial class Planner
{
    public const string WhoIAm = "I am the lab's offline stand-in, not a language model: a small program that follows plain requests and uses the tools it is given. "
        + "Add a provider key, and a real model answers in my place.";

    private const int SlowMs = 150;

    public Plan Next(Conversation conversation)
    {
        var directives = Directives.Read(conversation.Request);
        var request = directives.Rest;
        var pace = directives.PaceMs ?? (Slowly().IsMatch(request) ? SlowMs : 0);
        if (conversation.IsPeersAnswer)
            return new(Remaining($"{conversation.PeerName} answered:\n\n{conversation.Request}", conversation), [], Thought(conversation, directives, "answer"), pace);
        var intended = directives.Calls.Count > 0 ? Named(directives.Calls, conversation.Tools) : Asking.Calls(request, conversation) ?? Requests.Calls(request, conversation.Tools, Printed.Read(conversation));
        var done = conversation.Since.SelectMany(said => said.Calls).Count();
        var spoiled = directives.Spoil?.Count ?? 0;

        if (done < spoiled)
            return new("", [Spoiled(directives.Spoil!.Value.Kind, intended.FirstOrDefault(), conversation.Tools)], Thought(conversation, directives, "call a tool"), pace);
        if (done - spoiled < intended.Count)
        {
            if (directives.Together)
                return new(Remaining("", conversation), [.. intended.Skip(done - spoiled)], Thought(conversation, directives, "use all tools at once"), pace);
            var call = intended[done - spoiled];
            return new(Remaining(done == 0 ? "" : "Next. ", conversation), [call], Thought(conversation, directives, $"use {call.Name}"), pace);
        }
        return new(Remaining(Answer(conversation, directives, request), conversation), [], Thought(conversation, directives, "answer"), pace);
    }

    private static string Answer(Conversation conversation, Directives directives, string request)
    {
        if (directives.Say is { } text)
            return text;
        if (directives.Words is { } words)
            return Prose.AtLength(Requests.Topic(request), words);
        var results = Results.Describe(conversation);
        if (results.Length > 0)
            return results;
        return AtLength().IsMatch(request) ? Prose.AtLength(Requests.Topic(request), 400) : Replies.To(conversation, request);
    }

    /// <summary>A turn that goes on after it was interrupted holds the answer's beginning already.</summary>
    private static string Remaining(string answer, Conversation conversation) =>
        conversation.Messages is [.., { Speaker: Speaker.Assistant, Calls.Count: 0, Text: { Length: > 0 } said }] && answer.StartsWith(said, StringComparison.Ordinal)
            ? answer[said.Length..]
            : answer;

    private static string Thought(Conversation conversation, Directives directives, string deed) => directives.Reasoning || conversation.Reasons
        ? $"The request has {Requests.WordsOf(directives.Rest).Count} words and {conversation.Tools.Count} tools are offered. I will {deed}."
        : "";

    /// <summary>On the wire a tool may be called other than in the directive: <c>gmail.send</c> is <c>gmail--send</c> there.</summary>
    private static List<PlannedCall> Named(List<PlannedCall> calls, IReadOnlyList<OfferedTool> tools) =>
        [.. calls.Select(call => call with { Name = tools.FirstOrDefault(tool => Plain(tool.Name) == Plain(call.Name))?.Name ?? call.Name })];

    private static string Plain(string name) => string.Concat(name.Where(char.IsLetterOrDigit));

    private static PlannedCall Spoiled(string kind, PlannedCall? intended, IReadOnlyList<OfferedTool> tools)
    {
        var call = intended ?? new(tools.Count > 0 ? tools[0].Name : "show_document", "{}");
        return kind switch
        {
            "broken-json" => call with { Arguments = Break(call.Arguments) },
            "unknown-tool" => call with { Name = "no_such_tool" },
            _ => call with { Arguments = """{"no_such_argument":["wrong"]}""" },
        };
    }

    /// <summary>What an answer that ran out of tokens leaves: JSON without its end.</summary>
    public static string Break(string json) => json.Length > 2 ? json[..^1] + ", \"tit" : "{\"title\": \"unfini";

    [GeneratedRegex(@"\bslowly\b", RegexOptions.IgnoreCase)]
    private static partial Regex Slowly();

    [GeneratedRegex(@"\bat length\b|\blong answer\b", RegexOptions.IgnoreCase)]
    private static partial Regex AtLength();
}
