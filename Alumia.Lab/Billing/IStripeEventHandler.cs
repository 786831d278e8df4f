using Alumia.Lab.Storage;
using Stripe;

namespace Alumia.Lab.Billing;

/// <summary>Does the work of some kinds of Stripe's events.</summary>
internal interface IStripeEventHandler
{
    bool Takes(string type);

    /// <summary>
    /// Finds the deposit that an event is about, and reads what the work needs; null where it is none of ours. What it throws makes the delivery
    /// fail, so that Stripe sends it again.
    /// </summary>
    Task<StripeEventWork?> PrepareAsync(Event told, CancellationToken cancellation);
}

/// <summary>The work of an event: it runs in the transaction that remembers the event as done, with the deposit held.</summary>
internal sealed record StripeEventWork(string OrgId, string DepositId, Action<Tx, Deposit> Do);

/// <summary>Can make the work of webhooks fail, for tests and demonstrations. Nothing registers one in Production.</summary>
internal interface IWebhookFault
{
    /// <summary>Throws where the work is to fail.</summary>
    Task PassAsync(string stripeEventId, CancellationToken cancellation);
}
