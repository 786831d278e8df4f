using System.Globalization;
using Alumia.Lab.Storage;
using Stripe;

namespace Alumia.Lab.Billing;

/// <summary>The payment methods that a checkout saved: the newest is what auto top-up charges.</summary>
public sealed class SavedMethods(Writer writer, StripeAccess stripe, Customers customers, ILogger<SavedMethods> log)
{
    /// <summary>Reads from Stripe which one is saved; null where there is none. Stripe's faults come through.</summary>
    internal async Task<StripeCustomer?> LearnAsync(string orgId, MoneySource source, CancellationToken cancellation)
    {
        if (stripe.Connection?.Source != source || await customers.FindAsync(orgId, source, cancellation) is not { } customer)
            return null;
        var saved = await new PaymentMethodService(stripe.Reader()).ListAsync(new PaymentMethodListOptions { Customer = customer.CustomerId, Type = "card", Limit = 1 }, cancellationToken: cancellation);
        if (saved.Data is not [var newest, ..])
            return null;
        return await writer.Write(tx =>
        {
            var row = tx.Db.Find<StripeCustomer>(orgId, source)!;
            (row.MethodId, row.MethodLabel) = (newest.Id, LabelOf(newest));
            tx.Changed(TopUps.Key(orgId));
            return row;
        }, cancellation);
    }

    /// <summary>The same, where the deed does not depend on it.</summary>
    internal async Task TryLearnAsync(string orgId, MoneySource source, CancellationToken cancellation)
    {
        try
        {
            await LearnAsync(orgId, source, cancellation);
        }
        catch (Exception exception) when (ReadBack.IsStripes(exception, cancellation))
        {
            log.LogWarning("The saved payment method of {Org} could not be read; it is tried again when auto top-up needs it: {Fault}", orgId, exception.Message);
        }
    }

    private static string LabelOf(PaymentMethod method) => method.Card is { Last4: { } last4, Brand: { Length: > 0 } brand }
        ? string.Create(CultureInfo.InvariantCulture, $"{char.ToUpperInvariant(brand[0])}{brand[1..]} ending in {last4}")
        : "A saved payment method";
}
