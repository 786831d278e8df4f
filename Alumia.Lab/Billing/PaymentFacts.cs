using Stripe;
using CheckoutSession = Stripe.Checkout.Session;

namespace Alumia.Lab.Billing;

/// <summary>How far a payment is by what Stripe says.</summary>
internal enum PaymentState
{
    Open,
    Processing,
    Paid,
    Failed,
    Expired,
}

/// <summary>What Stripe says of a deposit's payment, from whichever road it came: a webhook, a reading, an answer.</summary>
internal sealed record PaymentFacts(PaymentState State, long? AmountCents, string? Currency, string? PaymentIntentId, string? Problem = null)
{
    public static PaymentFacts Of(CheckoutSession session)
    {
        var state = session switch
        {
            { PaymentStatus: "paid" } => PaymentState.Paid,
            { Status: "expired" } => PaymentState.Expired,
            // A payment that failed leaves its session complete and unpaid; only the payment itself tells.
            { Status: "complete", PaymentIntent.Status: "requires_payment_method" or "canceled" } => PaymentState.Failed,
            { Status: "complete" } => PaymentState.Processing,
            _ => PaymentState.Open,
        };
        return new PaymentFacts(state, session.AmountTotal, session.Currency, session.PaymentIntentId, state == PaymentState.Failed ? ProblemOf(session.PaymentIntent) : null);
    }

    public static PaymentFacts Of(PaymentIntent intent)
    {
        var state = intent.Status switch
        {
            "succeeded" => PaymentState.Paid,
            "processing" => PaymentState.Processing,
            // Nobody is there to be asked for a second factor, so that is a failure too.
            "requires_payment_method" or "requires_action" or "canceled" => PaymentState.Failed,
            _ => PaymentState.Open,
        };
        return new PaymentFacts(state, state == PaymentState.Paid ? intent.AmountReceived : intent.Amount, intent.Currency, intent.Id, state == PaymentState.Failed ? ProblemOf(intent) : null);
    }

    /// <summary>The same payment, but known to have failed: its event says what a session does not.</summary>
    public PaymentFacts ButFailed() => this with { State = PaymentState.Failed, Problem = Problem ?? "The bank did not pay." };

    private static string ProblemOf(PaymentIntent? intent) => intent switch
    {
        { LastPaymentError.Message: { Length: > 0 } message } => message,
        { Status: "requires_action" } => "The bank asks for a confirmation by its owner.",
        _ => "The bank did not pay.",
    };
}
