using System.Globalization;

namespace Alumia.Lab.Offline.Stripe;

/// <summary>A checkout session as the desk shows it, and what its payer or their bank can do next.</summary>
public sealed record StripePayment(string Id, string Status, string Amount, long Cents, string? IntentId, IReadOnlyList<string> Deeds)
{
    internal const string Expire = "Expire", Refund = "Refund", Half = "Refund half", Dispute = "Dispute", Win = "Win dispute", Lose = "Lose dispute";

    // The same lists each time, so that two records of the same state are equal.
    private static readonly string[] _open = [Expire], _paid = [Refund, Half, Dispute, Win, Lose], _none = [];

    internal static StripePayment Of(StripeObject row)
    {
        var session = StripeStore.Read(row);
        var (status, payment, cents) = (session.Text("status")!, session.Text("payment_status")!, session.Number("amount_total"));
        var deeds = status == "open" ? _open : payment == "paid" ? _paid : _none;
        return new StripePayment(row.Id, $"{status}, {payment}", (cents / 100m).ToString("$#,##0.00", CultureInfo.InvariantCulture), cents, session.Text("payment_intent"), deeds);
    }
}
