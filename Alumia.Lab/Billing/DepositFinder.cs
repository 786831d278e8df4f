using Alumia.Lab.Storage;
using Microsoft.EntityFrameworkCore;
using Stripe;
using Stripe.Checkout;

namespace Alumia.Lab.Billing;

/// <summary>Finds the deposit that Stripe speaks of. Whose it is, and how much it is, only the deposit's own row says.</summary>
internal sealed class DepositFinder(IDbContextFactory<LabDbContext> contexts, StripeAccess stripe)
{
    public async Task<Deposit?> BySessionAsync(string sessionId, CancellationToken cancellation)
    {
        await using var db = contexts.CreateDbContext();
        return await db.Set<Deposit>().SingleOrDefaultAsync(row => row.SessionId == sessionId, cancellation); // Of every org: Stripe does not know ours.
    }

    /// <summary>The deposit that a payment belongs to; with what Stripe says of the payment, where the deposit was not credited yet.</summary>
    public async Task<(Deposit Deposit, PaymentFacts? Facts)?> ByPaymentAsync(string intentId, CancellationToken cancellation)
    {
        var known = await FindAsync(intentId, cancellation);
        if (known?.CreditedAtMs is not null)
            return (known, null);
        if (known is { Kind: DepositKind.TopUp })
            return (known, PaymentFacts.Of(await new PaymentIntentService(stripe.Reader()).GetAsync(intentId, cancellationToken: cancellation)));
        var sessions = await new SessionService(stripe.Reader()).ListAsync(new SessionListOptions { PaymentIntent = intentId, Limit = 1 }, cancellationToken: cancellation);
        return sessions.Data is [var session, ..] && await BySessionAsync(session.Id, cancellation) is { } deposit ? (deposit, PaymentFacts.Of(session)) : null;
    }

    /// <summary>The top-up whose charge this is: by the payment's id, or, where its answer never reached us, by the name that we gave it.</summary>
    public async Task<Deposit?> TopUpAsync(PaymentIntent intent, CancellationToken cancellation)
    {
        if (await FindAsync(intent.Id, cancellation) is { } known)
            return known;
        if (intent.Metadata?.GetValueOrDefault(TopUpCharge.DepositName) is not { } name)
            return null;
        await using var db = contexts.CreateDbContext();
        return await (
            from deposit in db.Set<Deposit>() // Of every org: the customer must be the deposit's own.
            join customer in db.Set<StripeCustomer>() on new { deposit.OrgId, deposit.Source } equals new { customer.OrgId, customer.Source } // Of every org, likewise.
            where deposit.Id == name && deposit.Kind == DepositKind.TopUp && deposit.PaymentIntentId == null && customer.CustomerId == intent.CustomerId
            select deposit).SingleOrDefaultAsync(cancellation);
    }

    private async Task<Deposit?> FindAsync(string intentId, CancellationToken cancellation)
    {
        await using var db = contexts.CreateDbContext();
        return await db.Set<Deposit>().SingleOrDefaultAsync(row => row.PaymentIntentId == intentId, cancellation); // Of every org, as above.
    }
}
