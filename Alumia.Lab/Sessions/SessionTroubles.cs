using System.Globalization;
using Alumia.Lab.Ledger;
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

    public const string Unpaid = "payment_required";
    public const string Limit = "limit_reached";

    private const string Providers = "Providers and models";
    private const string Stuck = "Sessions that stopped";
    private const string MalformedCall = "malformed_call";

    /// <summary>The document's section on tools.</summary>
    public const string OnTool = "Agent stuck on a tool";

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
        new(MalformedCall, OnTool, SessionFixes.Resume, SessionFixes.AgentSettings, ToolFixes.CancelAndEdit),
        new(SlowTools.TroubleKind, OnTool, ToolFixes.CancelCall, SessionFixes.Cancel, ToolFixes.CancelAndEdit, ToolFixes.Disable),
        new(RepeatedFailure.TroubleKind, OnTool, ToolFixes.Disable, ToolFixes.Try, ToolFixes.SwitchOn),
        new("step_limit", Stuck, SessionFixes.Resume),
        new("time_limit", Stuck, SessionFixes.Resume),
        new("internal", Stuck, SessionFixes.Resume),
        new(Unpaid, "402 PAYMENT_REQUIRED", SessionFixes.AddFunds, SessionFixes.FreeModel, SessionFixes.AddKey, SessionFixes.AgentSettings, SessionFixes.Cancel) { IsMoney = true },
        new(Limit, "402 PAYMENT_REQUIRED", SessionFixes.AgentSettings, SessionFixes.FreeModel, SessionFixes.Cancel) { IsMoney = true },
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

    /// <summary>What was wrong with the malformed calls that the turn met last.</summary>
    public static IReadOnlyList<Evidence> Rejections(IEnumerable<SessionEvent> turn) =>
        [.. turn.Where(each => each.Data is ToolRejected).TakeLast(3).Select(each => Rejection((ToolRejected)each.Data, each.AtMs))];

    private static Evidence Rejection(ToolRejected rejected, long atMs) => new($"{rejected.Tool}, attempt {rejected.Attempt}", rejected.Message, atMs);

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
            MalformedCall => [resume, settings, new(ToolFixes.CancelAndEdit, "Edit prompt", new() { ["session"] = who.SessionId })],
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

    /// <summary>A step that cannot be paid: the yellow card of the document, word for word.</summary>
    public static TroubleRaised RaiseUnpaid(Tx tx, TurnIdentity who, Model model, HoldResult shortage)
    {
        var isOwed = shortage.Owed > 0;
        var price = ModelPrice.Of(model);
        List<Evidence> evidence =
        [
            new("Balance", Dollars.Text(shortage.Wallet + shortage.OthersHeld + shortage.Held)),
            new("Model", model.Id),
            new("Price", $"{Dollars.Text(price.Input)} input, {Dollars.Text(price.Output)} output, for a million tokens"),
        ];
        if (isOwed)
            evidence.Add(new Evidence("Owed", Dollars.Text(shortage.Owed)));
        return new TroubleRaised(TroubleLog.Raise(tx, who.OrgId, Unpaid, About(who.SessionId),
            isOwed ? "Your organization owes money" : Funds.EmptyTitle,
            isOwed ? $"A refund or a dispute took {Dollars.Text(shortage.Owed)} more than the balance had. The next deposit pays it first; until then paid models wait." : Funds.EmptyMessage,
            evidence,
            [
                new(SessionFixes.AddFunds, "Add funds", new() { ["session"] = who.SessionId, ["project"] = who.ProjectId }),
                new(SessionFixes.FreeModel, "Run this turn on a free model", new() { ["session"] = who.SessionId }),
                new(SessionFixes.AddKey, "Add a key for this provider", new() { ["provider"] = model.Provider, ["session"] = who.SessionId, ["project"] = who.ProjectId }),
                new(SessionFixes.AgentSettings, "Pick a free model in the agent's settings", new() { ["agent"] = who.AgentId }),
                new(SessionFixes.Cancel, "Cancel session", new() { ["session"] = who.SessionId }),
            ], who.ProjectId, who.SessionId), Unpaid);
    }

    /// <summary>A spend limit of the agent is reached.</summary>
    public static TroubleRaised RaiseLimit(Tx tx, TurnIdentity who, Model model, SpendLimit limit)
    {
        List<Evidence> evidence = [new("Limit", $"{Dollars.Text(limit.Limit)} {(limit.IsDaily ? "a day" : "a session")}"), new("Spent", Dollars.Text(limit.Spent)), new("Model", model.Id)];
        if (limit.ResetsAtMs is { } at)
            evidence.Add(new Evidence("Goes on by itself", "", at));
        return new TroubleRaised(TroubleLog.Raise(tx, who.OrgId, Limit, About(who.SessionId),
            limit.IsDaily ? "This agent's spend limit for today is reached" : "This session's spend limit is reached",
            $"{SpendLimits.Words(limit)} {(limit.IsDaily ? "It goes on tomorrow (UTC), or as soon as the limit is raised." : "It goes on as soon as the limit is raised.")}",
            evidence,
            [
                new(SessionFixes.AgentSettings, "Raise the limit", new() { ["agent"] = who.AgentId }),
                new(SessionFixes.FreeModel, "Run this turn on a free model", new() { ["session"] = who.SessionId }),
                new(SessionFixes.Cancel, "Cancel session", new() { ["session"] = who.SessionId }),
            ], who.ProjectId, who.SessionId), Limit);
    }

    /// <summary>The step is paid again; troubles of other kinds stay.</summary>
    public static IEnumerable<TroubleHealed> HealFunds(Tx tx, TurnIdentity who, string healedBy) =>
        new[] { Unpaid, Limit }.SelectMany(kind => TroubleLog.Heal(tx, who.OrgId, About(who.SessionId), healedBy, kind)).Select(id => new TroubleHealed(id, healedBy));

    /// <summary>What let a step run that had waited for money.</summary>
    public static string PaidBy(StepSource source) => source switch
    {
        StepSource.Byok => "A key of your own pays this provider, went on by itself",
        StepSource.Free => "A free model answers, went on by itself",
        _ => "Funds arrived, went on by itself",
    };

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
            MalformedCall => "The model sends malformed tool calls",
            "step_limit" => "The turn reached its limit of steps",
            "time_limit" => "The turn reached its time limit",
            _ => "The turn failed inside the lab",
        };
        return new TroubleRaised(TroubleLog.Raise(tx, who.OrgId, kind, About(who.SessionId), title, cause, evidence, fixes, who.ProjectId, who.SessionId), kind);
    }
}
