using System.Text.Json;
using Alumia.Lab.Sessions;

namespace Alumia.Lab.Offline.Models;

internal enum Speaker
{
    User,
    Assistant,
    Tool,
}

/// <summary>A call that the assistant made earlier, its arguments as they were sent.</summary>
internal sealed record PastCall(string Id, string Name, string Arguments);

/// <summary>One message of a request, in neither protocol's shape.</summary>
internal sealed record Said(Speaker Speaker, string Text, IReadOnlyList<PastCall> Calls, string? CallId = null)
{
    public static Said By(Speaker speaker, string text) => new(speaker, text, []);
}

/// <summary>A tool that the request offers.</summary>
internal sealed record OfferedTool(string Name, string Description, JsonElement Schema);

/// <summary>What a provider is asked.</summary>
internal sealed record Conversation(string Model, string System, IReadOnlyList<Said> Messages, IReadOnlyList<OfferedTool> Tools, bool Reasons = false)
{
    /// <summary>What was said, as if no answer had been broken off: the pieces of one that went on stand as one message.</summary>
    public IReadOnlyList<Said> Messages { get; } = Joined(Messages);

    /// <summary>Where the last message of the user stands; -1 where there is none.</summary>
    public int LastUser => LastIndex(Messages);

    /// <summary>What is asked for now; of a peer's message what stands below its first line.</summary>
    public string Request => LastUser < 0 ? "" : PeerName is null ? Messages[LastUser].Text : Messages[LastUser].Text[(Messages[LastUser].Text.IndexOf("\n\n", StringComparison.Ordinal) + 2)..];

    /// <summary>The agent whose message it is; null where it is a person's.</summary>
    public string? PeerName => LastUser >= 0 && Messages[LastUser].Text is var text && text.StartsWith(History.FromAgent, StringComparison.Ordinal) && text.Contains("\n\n", StringComparison.Ordinal)
        ? text[History.FromAgent.Length..text.IndexOf(',', History.FromAgent.Length)]
        : null;

    /// <summary>It is a peer's answer, which asks for nothing.</summary>
    public bool IsPeersAnswer => PeerName is not null && Messages[LastUser].Text.IndexOf(History.InAnswer, StringComparison.Ordinal) is > 0 and var place && place < Messages[LastUser].Text.IndexOf("\n\n", StringComparison.Ordinal);

    /// <summary>What was said since: the turn under way.</summary>
    public IEnumerable<Said> Since => Messages.Skip(LastUser + 1);

    public IReadOnlyList<string> UserTexts => [.. Messages.Where(said => said.Speaker == Speaker.User).Select(said => said.Text)];

    private static List<Said> Joined(IReadOnlyList<Said> messages)
    {
        var joined = new List<Said>();
        var goesOn = false;
        foreach (var said in messages)
        {
            var asksToGoOn = said is { Speaker: Speaker.User, Text: History.GoOn };
            if (goesOn && said.Speaker == Speaker.Assistant && joined[^1] is { Speaker: Speaker.Assistant, Calls.Count: 0 } begun)
                joined[^1] = said with { Text = begun.Text + said.Text };
            else if (!asksToGoOn)
                joined.Add(said);
            goesOn = asksToGoOn;
        }
        return joined;
    }

    private static int LastIndex(IReadOnlyList<Said> messages)
    {
        for (var i = messages.Count - 1; i >= 0; i--)
        {
            if (messages[i].Speaker == Speaker.User)
                return i;
        }
        return -1;
    }
}

/// <summary>A call to make now; the arguments are text because they may be broken.</summary>
internal sealed record PlannedCall(string Name, string Arguments);

/// <summary>What the stand-in answers.</summary>
internal sealed record Plan(string Text, IReadOnlyList<PlannedCall> Calls, string Reasoning, int PaceMs);
