using Alumia.Lab.Accounts;
using Alumia.Lab.Organizations;
using Alumia.Lab.Storage;
using Stripe;
using Stripe.Checkout;

namespace Alumia.Lab.Billing;

/// <summary>Opens Stripe's payment page for a deposit.</summary>
public sealed class Checkout(Writer writer, StripeAccess stripe, Customers customers, PublicUrls urls, ILogger<Checkout> log)
{
    internal async Task<CheckoutStarted> OpenAsync(OrgScope scope, Deposit deposit, CancellationToken cancellation)
    {
        try
        {
            var customer = await customers.OfAsync(scope, cancellation);
            var session = await new SessionService(stripe.Writer()).CreateAsync(OptionsOf(scope, deposit, customer.CustomerId), new RequestOptions { IdempotencyKey = deposit.Id }, cancellation);
            await writer.Write(tx =>
            {
                var row = Settlement.Lock(tx, deposit.Id)!;
                row.SessionId = session.Id;
                row.Note(tx, DepositEvents.Checkout, $"Stripe opened the payment page {session.Id}.");
            }, CancellationToken.None);
            return new CheckoutStarted(deposit.Id, session.Id, session.Url);
        }
        catch (Exception exception) when (ReadBack.IsStripes(exception, cancellation))
        {
            log.LogWarning("Stripe opened no payment page for deposit {Deposit}: {Fault}", deposit.Id, exception.Message);
            await writer.Write(tx => Settlement.Abandon(tx, Settlement.Lock(tx, deposit.Id)!, $"Stripe opened no payment page: {exception.Message}"), CancellationToken.None);
            throw new Refusal(RefusalKind.Unavailable, "Stripe did not open a payment page. Nothing was charged; try again in a moment.");
        }
    }

    private SessionCreateOptions OptionsOf(OrgScope scope, Deposit deposit, string customerId) => new()
    {
        Mode = "payment",
        Customer = customerId,
        ClientReferenceId = deposit.Id,
        LineItems =
        [
            new()
            {
                Quantity = 1,
                PriceData = new() { Currency = "usd", UnitAmount = deposit.AmountCents, ProductData = new() { Name = "Alumia Lab balance" } },
            },
        ],
        PaymentIntentData = deposit.SavesMethod ? new() { SetupFutureUsage = "off_session" } : null,
        SuccessUrl = urls.To($"/{scope.OrgSlug}/billing/return?deposit={deposit.Id}"),
        CancelUrl = urls.To(deposit.ReturnTo ?? $"/{scope.OrgSlug}/billing"),
    };
}
