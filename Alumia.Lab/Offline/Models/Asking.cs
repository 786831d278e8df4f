using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Alumia.Lab.Offline.Models;

/// <summary>"Ask Atlas to ...": the peer is messaged, or begun where it is not at work, and its answer is waited for.</summary>
internal static partial class Asking
{
    private const string Message = "message_agent";
    private const string Spawn = "spawn_agent";
    private const string Check = "check_messages";
    private static readonly JsonSerializerOptions _plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The calls of such a request; null for any other. Whether the peer must be begun is seen from what messaging it came to.</summary>
    public static List<PlannedCall>? Calls(string request, Conversation conversation)
    {
        if (Asked().Match(request.Trim()) is not { Success: true } asked || !Array.TrueForAll([Message, Spawn, Check], name => conversation.Tools.Any(tool => tool.Name == name)))
            return null;
        var (name, errand) = (asked.Groups["name"].Value, asked.Groups["errand"].Value.Trim());
        var calls = new List<PlannedCall> { new(Message, JsonSerializer.Serialize(new { to = name, text = errand }, _plain)) };
        if (conversation.Since.SelectMany(said => said.Calls).FirstOrDefault(call => call.Name == Message) is { } sent && NeedsSpawn(ResultOf(sent, conversation)))
            calls.Add(new(Spawn, JsonSerializer.Serialize(new { agent = name, task = errand }, _plain)));
        calls.Add(new(Check, "{}"));
        return calls;
    }

    /// <summary>Whether a call failed for a reason that a later one has mended, so that nothing need be said of it.</summary>
    public static bool IsMended(PastCall call, string result, Conversation conversation) =>
        call.Name == Message && NeedsSpawn(result) && conversation.Since.SelectMany(said => said.Calls).Any(other => other.Name == Spawn);

    public static string Sent(PastCall call)
    {
        using var arguments = JsonDocument.Parse(call.Arguments);
        var name = arguments.RootElement.TryGetProperty(call.Name == Message ? "to" : "agent", out var to) ? to.GetString() : "another session of mine";
        return call.Name == Message ? $"I asked {name}." : $"I began {name} for it.";
    }

    public static string Answered(string result) => Envelope().Match(result) is { Success: true } answer
        ? $"{answer.Groups[1].Value} answered:\n\n{result[(answer.Index + answer.Length)..]}"
        : result;

    private static string ResultOf(PastCall call, Conversation conversation) =>
        conversation.Since.FirstOrDefault(said => said.CallId == call.Id)?.Text ?? "";

    private static bool NeedsSpawn(string result) => result.StartsWith("Error", StringComparison.Ordinal) && result.Contains(Spawn, StringComparison.Ordinal);

    [GeneratedRegex(@"^(?:[Pp]lease\s+)?(?:[Aa]sk|[Tt]ell|[Hh]ave|[Ll]et)\s+(?:the\s+)?(?:agent\s+)?(?<name>[A-Z][\w-]*)\s+(?:to\s+|for\s+|that\s+|about\s+)?(?<errand>.+)$", RegexOptions.Singleline)]
    private static partial Regex Asked();

    [GeneratedRegex(@"^From (.+?)(?: \(written by a person in its place\))?, in answer to you:\n")]
    private static partial Regex Envelope();
}
