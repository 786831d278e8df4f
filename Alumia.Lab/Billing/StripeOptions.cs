namespace Alumia.Lab.Billing;

/// <summary>The section <c>Stripe</c> of the configuration. Empty: the stand-in in Development, no deposits elsewhere.</summary>
public sealed class StripeOptions
{
    /// <summary><c>sk_live_...</c> or <c>sk_test_...</c>, or a restricted key (<c>rk_...</c>) that may use customers, Checkout and payments.</summary>
    public string SecretKey { get; set; } = "";

    /// <summary><c>whsec_...</c> of the webhook endpoint at <c>/webhooks/stripe</c>.</summary>
    public string WebhookSecret { get; set; } = "";

    /// <summary>Where Stripe's API is; empty for Stripe's own address.</summary>
    public string BaseAddress { get; set; } = "";
}

/// <summary>How Stripe is reached, and what its webhooks are signed with.</summary>
public sealed record StripeConnection(MoneySource Source, string SecretKey, string WebhookSecret, Uri Address)
{
    /// <summary>Without its secrets: a record would print them.</summary>
    public override string ToString() => $"{Source} at {Address}";
}

/// <summary>Knows Stripe's stand-in. Absent outside Development.</summary>
public interface IStripeStandIn
{
    /// <summary>Null while the lab does not listen yet.</summary>
    StripeConnection? Connection { get; }
}
