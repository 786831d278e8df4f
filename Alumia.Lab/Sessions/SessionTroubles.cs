using System.Globalization;
using Alumia.Lab.Models;
using Alumia.Lab.Storage;
using Alumia.Lab.Troubles;

namespace Alumia.Lab.Sessions;

/// <summary>The troubles that a session itself can have, and their words.</summary>
internal static class SessionTroubles
{
    public const string RateLimited = "provider_rate_limited";
    public const string Failing = "provider_failing";
    public const string Refused = "provider_refused";
    public const string NotConfigured = "model_not_configured";
    public const string OwnKeyRefused = "byok_refused";
    public const string Cut = "provider_cut";
    public const string Interrupted = "interrupted";

    private const string Providers = "Providers and models";
    private const string Stuck = "Sessions that stopped";

    /// <summary>Every kind, with the fixes it can offer.</summary>
    public static readonly TroubleKind[] Kinds =
    [
        new(RateLimited, Providers, SessionFixes.WakeNow, SessionFixes.Cancel, SessionFixes.AgentSettings),
        new(Failing, Providers, SessionFixes.WakeNow, SessionFixes.Resume, SessionFixes.Cancel, SessionFixes.AgentSettings),
        new(Refused, Providers, SessionFixes.Resume, SessionFixes.AgentSettings),
        new(NotConfigured, Providers, OpenProviderKeysFix.Open, SessionFixes.AgentSettings, SessionFixes.Resume),
        new(OwnKeyRefused, Providers, OpenProviderKeysFix.Open, SessionFixes.AgentSettings, RemoveProviderKeyFix.Remove, SessionFixes.WakeNow, SessionFixes.Cancel, ByokHelpFix.Help),
        new(Cut, Providers, SessionFixes.Resume, SessionFixes.AgentSettings),
        new(Interrupted, Stuck, SessionFixes.Resume),
        new("malformed_call", Stuck, SessionFixes.Resume, SessionFixes.AgentSettings),
        new("step_limit", Stuck, SessionFixes.Resume),
        new("time_limit", Stuck, SessionFixes.Resume),
        new("internal", Stuck, SessionFixes.Resume),
        new(ChatLimit.TroubleKind, "429 TOO_MANY_REQUESTS"),
    ];

    public static string About(string sessionId) => $"session:{sessionId}";

    public static string KindOf(ProviderFailure failure) => failure switch
    {
        ProviderFailure.RateLimited => RateLimited,
        ProviderFailure.Overloaded or ProviderFailure.Network or ProviderFailure.Cut => Failing,
        ProviderFailure.NotConfigured => NotConfigured,
        ProviderFailure.OwnKeyRefused => OwnKeyRefused,
        _ => Refused,
    };

    public static IReadOnlyList<Evidence> Evidence(string modelId, ProviderException exception)
    {
        var evidence = new List<Evidence> { new("Model", modelId), new("What the provider said", exception.Message) };
        if (exception.Status is { } status)
            evidence.Add(new Evidence("HTTP status", status.ToString(CultureInfo.InvariantCulture)));
        if (exception.RetryAfter is { } after)
            evidence.Add(new Evidence("Retry-After", string.Create(CultureInfo.InvariantCulture, $"{after.TotalSeconds:0.#} s")));
        return evidence;
    }

    /// <summary>A trouble that ended the turn.</summary>
    public static TroubleRaised Raise(Tx tx, TurnIdentity who, string kind, string cause, IReadOnlyList<Evidence> evidence)
    {
        Fix resume = new(SessionFixes.Resume, kind == Interrupted ? "Resume" : "Retry", new() { ["session"] = who.SessionId });
        Fix settings = new(SessionFixes.AgentSettings, "Choose another model", new() { ["agent"] = who.AgentId });
        Fix[] fixes = kind switch
        {
            NotConfigured => [new(OpenProviderKeysFix.Open, "Add a key"), settings, resume],
            Refused => [settings, resume],
            Interrupted or "step_limit" or "time_limit" or "internal" => [resume],
            _ => [resume, settings],
        };
        return Open(tx, who, kind, cause, evidence, fixes);
    }

    /// <summary>A trouble that the turn waits out.</summary>
    public static TroubleRaised RaisePassing(Tx tx, TurnIdentity who, ProviderException exception, long dueAtMs, IReadOnlyList<Evidence> evidence) =>
        Open(tx, who, KindOf(exception.Failure), exception.Message, [.. evidence, new Evidence("Tries again", "", dueAtMs)],
        [
            new(SessionFixes.WakeNow, "Try now", new() { ["session"] = who.SessionId }),
            new(SessionFixes.Cancel, "Cancel session", new() { ["session"] = who.SessionId }),
            new(SessionFixes.AgentSettings, "Choose another model", new() { ["agent"] = who.AgentId }),
        ]);

    /// <summary>The provider refused the org's own key: the turn waits for another one.</summary>
    public static TroubleRaised RaiseKeyRefused(Tx tx, TurnIdentity who, RefusedKey key, ProviderException exception)
    {
        List<Evidence> evidence = [new("Model", who.ModelId), new("Key", $"{key.ProviderName}, {key.Prefix}"), new("What the provider said", key.Said)];
        if (exception.Status is { } status)
            evidence.Add(new Evidence("HTTP status", status.ToString(CultureInfo.InvariantCulture)));
        Fix[] fixes =
        [
            new(OpenProviderKeysFix.Open, "Replace key"),
            new(SessionFixes.AgentSettings, "Choose another model", new() { ["agent"] = who.AgentId }),
            new(RemoveProviderKeyFix.Remove, "Remove key", new() { ["key"] = key.Id }),
            new(SessionFixes.WakeNow, "Try now", new() { ["session"] = who.SessionId }),
            new(SessionFixes.Cancel, "Cancel session", new() { ["session"] = who.SessionId }),
            new(ByokHelpFix.Help, "What BYOK is"),
        ];
        var cause = $"{key.Said} The turn waits, and nothing is drawn from the balance. Replace the key, and it goes on by itself.";
        return new TroubleRaised(TroubleLog.Raise(tx, who.OrgId, OwnKeyRefused, About(who.SessionId), $"Your {key.ProviderName} key was refused", cause, evidence, fixes, who.ProjectId, who.SessionId), OwnKeyRefused);
    }

    /// <summary>Closes whatever is open about this session.</summary>
    public static IEnumerable<TroubleHealed> Heal(Tx tx, TurnIdentity who, string healedBy) =>
        TroubleLog.Heal(tx, who.OrgId, About(who.SessionId), healedBy).Select(id => new TroubleHealed(id, healedBy));

    private static TroubleRaised Open(Tx tx, TurnIdentity who, string kind, string cause, IEnumerable<Evidence> evidence, Fix[] fixes)
    {
        var title = kind switch
        {
            RateLimited => "The provider limits requests",
            Failing => "The provider does not answer",
            Refused => "The provider refused the request",
            NotConfigured => "This model is not configured",
            Cut => "The provider broke off its answer",
            Interrupted => "The lab stopped during this answer",
            "malformed_call" => "The model sends malformed tool calls",
            "step_limit" => "The turn reached its limit of steps",
            "time_limit" => "The turn reached its time limit",
            _ => "The turn failed inside the lab",
        };
        return new TroubleRaised(TroubleLog.Raise(tx, who.OrgId, kind, About(who.SessionId), title, cause, evidence, fixes, who.ProjectId, who.SessionId), kind);
    }
}
