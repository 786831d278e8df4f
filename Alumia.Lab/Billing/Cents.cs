namespace Alumia.Lab.Billing;

/// <summary>Cents as people read them: Stripe and people reckon in cents, the ledger in microcents.</summary>
internal static class Cents
{
    public static string Text(long cents) => Dollars.Text(cents * Money.Cent);
}
