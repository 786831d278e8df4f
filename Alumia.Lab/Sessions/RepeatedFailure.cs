using System.Text.Json;
using System.Text.RegularExpressions;
using Alumia.Lab.Agents;
using Alumia.Lab.Storage;
using Alumia.Lab.Troubles;

namespace Alumia.Lab.Sessions;

/// <summary>A failure that a session has met before.</summary>
/// <param name="Requested">The call.</param>
/// <param name="Finished">How it ended.</param>
/// <param name="AtMs">When, in UTC ms.</param>
internal sealed record EarlierFailure(ToolRequested Requested, ToolFinished Finished, long AtMs);

/// <summary>"If the same tool fails the same way twice, the underlying tool is broken": the same tool, the same error but for names and numbers, and
/// arguments of the same shape, with no success between.</summary>
internal static partial class RepeatedFailure
{
    public const string TroubleKind = "repeated_failure";

    /// <summary>What the model is told beside the second error.</summary>
    public const string Advice = "(This call failed the same way before. Do not call the tool again in the same way: change what you ask of it, or go on without it.)";

    private const int MostShown = 600;
    private const int MostTried = 8_000;
    private const int MostCompared = 400;

    /// <summary>The last failure of this kind in the session's events; null where there is none, or where this is no failure.</summary>
    public static EarlierFailure? Find(IEnumerable<SessionEvent> session, ToolRequested requested, ToolFinished finished)
    {
        if (!IsFailure(finished))
            return null;
        var calls = new Dictionary<(string Turn, string Call), ToolRequested>();
        EarlierFailure? found = null;
        foreach (var each in session)
        {
            switch (each.Data)
            {
                case ToolRequested asked when asked.Tool == requested.Tool:
                    calls[(each.TurnId, asked.CallId)] = asked;
                    break;
                case ToolFinished { Ending: ToolEnding.Ok } ended when ended.Tool == requested.Tool:
                    found = null;
                    break;
                case ToolFinished ended when ended.Tool == requested.Tool && IsFailure(ended) && calls.TryGetValue((each.TurnId, ended.CallId), out var call) && IsSame(call, ended, requested, finished):
                    found = new EarlierFailure(call, ended, each.AtMs);
                    break;
            }
        }
        return found;
    }

    public static TroubleRaised Raise(Tx tx, TurnIdentity who, ToolRequested requested, ToolFinished finished, EarlierFailure earlier)
    {
        List<Evidence> evidence =
        [
            new("First time", "", earlier.AtMs),
            new("What it said", Cut(Plain(earlier.Finished.Result)), Again: Cut(Plain(finished.Result))),
            new("Arguments", Cut(earlier.Requested.Arguments), Again: Cut(requested.Arguments)),
        ];
        var tool = Arguments(who, requested);
        var id = TroubleLog.Raise(tx, who.OrgId, TroubleKind, AgentDirectory.ToolTrouble(who.AgentId, requested.Tool), $"{requested.Tool} failed the same way twice",
            "The same error came for the same kind of arguments, so the tool itself may be broken. Disable it on the agent until it is mended.", evidence,
            [new(ToolFixes.Disable, "Disable tool", tool), new(ToolFixes.Try, "Try it now", tool)], who.ProjectId, who.SessionId);
        return new TroubleRaised(id, TroubleKind);
    }

    /// <summary>The fixes of a trouble whose tool was disabled.</summary>
    public static Fix[] WhenDisabled(Fix disable, string rightBefore) =>
    [
        new(ToolFixes.Try, "Try it now", disable.Arguments),
        new(ToolFixes.SwitchOn, "Switch on again", new(disable.Arguments!) { ["right"] = rightBefore }),
    ];

    /// <summary>The tool went well: what is open about it on this agent is over.</summary>
    public static IEnumerable<SessionEventData> Heal(Tx tx, TurnIdentity who, string tool, IEnumerable<SessionEvent> session)
    {
        if (!session.Any(each => each.Data is TroubleRaised { TroubleKind: TroubleKind }))
            return [];
        var healedBy = $"{tool} worked again";
        return TroubleLog.Heal(tx, who.OrgId, AgentDirectory.ToolTrouble(who.AgentId, tool), healedBy, TroubleKind).Select(id => new TroubleHealed(id, healedBy));
    }

    /// <summary>An error without its names and numbers.</summary>
    internal static string Normal(string error)
    {
        var plain = Plain(error);
        var text = Named().Replace(plain.Length > MostCompared ? plain[..MostCompared] : plain, "…");
        return Space().Replace(Number().Replace(text, "#"), " ").Trim().ToLowerInvariant();
    }

    /// <summary>The names and kinds of arguments, without their values.</summary>
    internal static string Shape(string arguments)
    {
        using var parsed = JsonDocument.Parse(arguments);
        return Shape(parsed.RootElement);
    }

    private static string Shape(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => $"{{{string.Join(',', value.EnumerateObject().OrderBy(each => each.Name, StringComparer.Ordinal).Select(each => $"{each.Name}:{Shape(each.Value)}"))}}}",
        JsonValueKind.Array => $"[{string.Join('|', value.EnumerateArray().Select(Shape).Distinct().Order(StringComparer.Ordinal))}]",
        JsonValueKind.True or JsonValueKind.False => "boolean",
        var kind => kind.ToString().ToLowerInvariant(),
    };

    private static bool IsSame(ToolRequested call, ToolFinished ended, ToolRequested requested, ToolFinished finished) =>
        call.CallId != requested.CallId && ended.Ending == finished.Ending && Normal(ended.Result) == Normal(finished.Result) && Shape(call.Arguments) == Shape(requested.Arguments);

    private static bool IsFailure(ToolFinished finished) => finished.Ending is ToolEnding.Error or ToolEnding.TimedOut;

    private static string Plain(string error) => error.Replace("\n" + Advice, "", StringComparison.Ordinal);

    private static Dictionary<string, string> Arguments(TurnIdentity who, ToolRequested requested)
    {
        var arguments = new Dictionary<string, string> { ["session"] = who.SessionId, ["call"] = requested.CallId, ["agent"] = who.AgentId, ["tool"] = requested.Tool };
        if (requested.Arguments.Length <= MostTried)
            arguments["arguments"] = requested.Arguments;
        return arguments;
    }

    private static string Cut(string text) => text.Length > MostShown ? text[..MostShown] + "…" : text;

    [GeneratedRegex("""("[^"]{0,200}"|'[^']{0,200}'|“[^”]{0,200}”|`[^`]{0,200}`|(?<=\s|^)[./~][\w./~-]+|\b[a-z]{3}_[0-9A-Za-z]{10,}\b)""")]
    private static partial Regex Named();

    [GeneratedRegex(@"\d+([.,:]\d+)*")]
    private static partial Regex Number();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Space();
}
