using System.Net;
using Stripe;

namespace Alumia.Lab.Billing;

/// <summary>The charge of an auto top-up, without its payer: asked for again under the same idempotency key, it is still one charge.</summary>
public sealed class TopUpCharge(StripeAccess stripe, Customers customers, TimeProvider clock)
{
    /// <summary>The name under which a charge carries its deposit's id.</summary>
    internal const string DepositName = "deposit";

    /// <summary>Stripe remembers an idempotency key for a day; later the same request would be another charge.</summary>
    private const long KeyLastsMs = 23 * 60 * 60_000;

    /// <summary>How far the charge is; begins it where Stripe has not got it yet.</summary>
    internal async Task<PaymentFacts> AskAsync(Deposit deposit, CancellationToken cancellation)
    {
        if (deposit.PaymentIntentId is { } intentId)
            return PaymentFacts.Of(await new PaymentIntentService(stripe.Reader()).GetAsync(intentId, cancellationToken: cancellation));
        if (clock.NowMs() > deposit.CreatedAtMs + KeyLastsMs)
            return Failed("Stripe did not answer for a day.");
        if (await customers.FindAsync(deposit.OrgId, deposit.Source, cancellation) is not { MethodId: { } methodId } customer)
            return Failed("There is no saved payment method.");
        try
        {
            return PaymentFacts.Of(await new PaymentIntentService(stripe.Writer()).CreateAsync(new PaymentIntentCreateOptions
            {
                Amount = deposit.AmountCents,
                Currency = "usd",
                Customer = customer.CustomerId,
                PaymentMethod = methodId,
                OffSession = true,
                Confirm = true,
                Description = "Alumia Lab auto top-up",
                Metadata = new() { [DepositName] = deposit.Id },
            }, new RequestOptions { IdempotencyKey = deposit.Id }, cancellation));
        }
        catch (StripeException refused) when (refused.StripeError?.PaymentIntent is { } intent)
        {
            return PaymentFacts.Of(intent) is { State: PaymentState.Failed } failed ? failed with { Problem = refused.StripeError.Message ?? failed.Problem } : PaymentFacts.Of(intent);
        }
        catch (StripeException refused) when (IsFinal(refused.HttpStatusCode))
        {
            return Failed(refused.Message);
        }
    }

    private static bool IsFinal(HttpStatusCode status) => (int)status is >= 400 and < 500 && status is not (HttpStatusCode.Conflict or HttpStatusCode.TooManyRequests or HttpStatusCode.Unauthorized);

    private static PaymentFacts Failed(string problem) => new(PaymentState.Failed, null, null, null, problem);
}
