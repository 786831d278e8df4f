using Alumia.Lab.Storage;
using Stripe;
using CheckoutSession = Stripe.Checkout.Session;

namespace Alumia.Lab.Billing;

/// <summary>The events of Checkout sessions: paid, confirmed or refused by the bank later, expired.</summary>
internal sealed class CheckoutEvents(DepositFinder finder) : IStripeEventHandler
{
    public bool Takes(string type) => type is EventTypes.CheckoutSessionCompleted or EventTypes.CheckoutSessionAsyncPaymentSucceeded
        or EventTypes.CheckoutSessionAsyncPaymentFailed or EventTypes.CheckoutSessionExpired;

    public async Task<StripeEventWork?> PrepareAsync(Event told, CancellationToken cancellation)
    {
        if (told.Data?.Object is not CheckoutSession session || await finder.BySessionAsync(session.Id, cancellation) is not { } deposit)
            return null;
        var facts = PaymentFacts.Of(session);
        if (told.Type == EventTypes.CheckoutSessionAsyncPaymentFailed)
            facts = facts.ButFailed();
        return new StripeEventWork(deposit.OrgId, deposit.Id, (tx, held) => Settlement.Apply(tx, held, facts));
    }
}

/// <summary>The events of auto top-up's own charges.</summary>
internal sealed class TopUpEvents(DepositFinder finder) : IStripeEventHandler
{
    public bool Takes(string type) => type is EventTypes.PaymentIntentSucceeded or EventTypes.PaymentIntentPaymentFailed or EventTypes.PaymentIntentProcessing;

    public async Task<StripeEventWork?> PrepareAsync(Event told, CancellationToken cancellation)
    {
        // The payment of a checkout is told of by its session's own events.
        if (told.Data?.Object is not PaymentIntent intent || await finder.TopUpAsync(intent, cancellation) is not { Kind: DepositKind.TopUp } deposit)
            return null;
        var facts = PaymentFacts.Of(intent);
        return new StripeEventWork(deposit.OrgId, deposit.Id, (tx, held) => Settlement.Apply(tx, held, facts));
    }
}

/// <summary>What takes money back: refunds and disputes. Where they come before the payment itself is known, the payment is read first.</summary>
internal sealed class ChargeEvents(DepositFinder finder) : IStripeEventHandler
{
    public bool Takes(string type) => type is EventTypes.ChargeRefunded or EventTypes.ChargeDisputeCreated or EventTypes.ChargeDisputeClosed
        or EventTypes.ChargeDisputeFundsWithdrawn or EventTypes.ChargeDisputeFundsReinstated;

    public async Task<StripeEventWork?> PrepareAsync(Event told, CancellationToken cancellation)
    {
        var (intentId, apply) = told.Data?.Object switch
        {
            Charge charge => (charge.PaymentIntentId, Refund(charge)),
            Dispute dispute => (dispute.PaymentIntentId, Disputing(told.Type, dispute)),
            _ => (null, null),
        };
        if (intentId is null || apply is null || await finder.ByPaymentAsync(intentId, cancellation) is not var (deposit, facts))
            return null;
        return new StripeEventWork(deposit.OrgId, deposit.Id, (tx, held) =>
        {
            if (facts is not null)
                Settlement.Apply(tx, held, facts);
            if (held.CreditedAtMs is not null) // What was never credited cannot be taken back.
                apply(tx, held);
        });
    }

    private static Action<Tx, Deposit> Refund(Charge charge) => (tx, deposit) => TakingBack.Refunded(tx, deposit, charge.AmountRefunded);

    private static Action<Tx, Deposit> Disputing(string type, Dispute dispute) => (tx, deposit) => TakingBack.Disputed(tx, deposit, dispute.Id, dispute.Amount, row =>
    {
        row.IsWithdrawn |= type == EventTypes.ChargeDisputeFundsWithdrawn;
        row.IsReinstated |= type == EventTypes.ChargeDisputeFundsReinstated;
        if (type == EventTypes.ChargeDisputeClosed)
            row.Outcome = dispute.Status;
    });
}
