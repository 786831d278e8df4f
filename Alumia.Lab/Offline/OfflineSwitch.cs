using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Alumia.Lab.Offline;

public enum OfflineSwitchKind
{
    Bool,
    Number,
    Choice,
}

/// <summary>Something of the outside world that can be made to go wrong.</summary>
public sealed record OfflineSwitch(string Name, string Description, OfflineSwitchKind Kind, string Default, IReadOnlyList<string>? Choices = null)
{
    /// <summary>What this text means as a value of this switch; null where it is none.</summary>
    public string? Normalize(string text) => Kind switch
    {
        OfflineSwitchKind.Bool => bool.TryParse(text, out var flag) ? (flag ? "true" : "false") : null,
        OfflineSwitchKind.Number => int.TryParse(text, out var number) && Math.Abs((long)number) <= 10_000_000 ? number.ToString() : null,
        _ => Choices?.FirstOrDefault(choice => choice.Equals(text, StringComparison.OrdinalIgnoreCase)),
    };
}

/// <summary>All switches of the desk: the page and the endpoints come from this list.</summary>
public static class OfflineSwitches
{
    public const string ProviderSlow = "provider-slow";
    public const string ProviderFails = "provider-fails";
    public const string MalformedCalls = "malformed-calls";
    public const string Clock = "clock";
    public const string StripeWebhooks = "stripe-webhooks";
    public const string StripeReadingFails = "stripe-reading-fails";
    public const string StripeDeclines = "stripe-declines";
    public const string StripeBankSeconds = "stripe-bank-seconds";
    public const string WebhookWorkFails = "webhook-work-fails";
    public const string OAuthFails = "oauth-fails";
    public const string OAuthFailsAt = "oauth-fails-at";
    public const string OAuthFailsLeft = "oauth-fails-left";
    public const string OAuthSlow = "oauth-slow";
    public const string OAuthTokenSeconds = "oauth-token-seconds";

    public static IReadOnlyList<OfflineSwitch> All { get; } =
    [
        new(ProviderSlow, "Every model waits this many milliseconds before each token.", OfflineSwitchKind.Number, "0"),
        new(ProviderFails, "Every model fails this way.", OfflineSwitchKind.Choice, "none", ["none", "429", "500", "cut", "timeout"]),
        new(MalformedCalls, "The arguments of the next tool calls, this many, are broken JSON.", OfflineSwitchKind.Number, "0"),
        new(StripeWebhooks, "How Stripe's webhooks come: late is ten minutes later, out-of-order lets each be overtaken by the next.", OfflineSwitchKind.Choice, "normal",
            ["normal", "late", "lost", "doubled", "out-of-order", "wrongly-signed"]),
        new(StripeReadingFails, "Reading a payment from Stripe fails, this many times.", OfflineSwitchKind.Number, "0"),
        new(StripeDeclines, "Stripe declines every charge of a saved payment method.", OfflineSwitchKind.Bool, "false"),
        new(StripeBankSeconds, "A payment from a bank account is confirmed after this many seconds.", OfflineSwitchKind.Number, "20"),
        new(WebhookWorkFails, "The lab's own work of the next webhooks, this many, fails.", OfflineSwitchKind.Number, "0"),
        new(OAuthFails, "The stand-in provider and its mail, calendar and repository fail this way; nothing of what was asked is done.", OfflineSwitchKind.Choice, OAuth.ProviderFaults.None,
            [OAuth.ProviderFaults.None, .. OAuth.ProviderFaults.All]),
        new(OAuthFailsAt, "Where oauth-fails acts: token is the provider's token endpoint, api the services.", OfflineSwitchKind.Choice, OAuth.ProviderFaults.Everywhere,
            [OAuth.ProviderFaults.Everywhere, OAuth.ProviderFaults.Token, OAuth.ProviderFaults.Api]),
        new(OAuthFailsLeft, "After this many answers oauth-fails goes back to none; 0: it stays.", OfflineSwitchKind.Number, "0"),
        new(OAuthSlow, "The stand-in provider and its services wait this many milliseconds before each answer.", OfflineSwitchKind.Number, "0"),
        new(OAuthTokenSeconds, "New access tokens of the stand-in provider last this many seconds.", OfflineSwitchKind.Number, "300"),
        new(Clock, "The lab's clock is this many minutes ahead.", OfflineSwitchKind.Number, "0"),
    ];

    public static OfflineSwitch? Find(string name) => All.FirstOrDefault(one => one.Name == name);
}

/// <summary>A switch that is not at its default.</summary>
public sealed class OfflineSwitchState
{
    public required string Name { get; init; }

    public required string Value { get; set; }

    private sealed class Configuration : IEntityTypeConfiguration<OfflineSwitchState>
    {
        public void Configure(EntityTypeBuilder<OfflineSwitchState> builder) => builder.ToTable("offline_switch_state").HasKey(state => state.Name);
    }
}
