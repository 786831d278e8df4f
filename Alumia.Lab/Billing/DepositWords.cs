using System.Globalization;

namespace Alumia.Lab.Billing;

/// <summary>Deposits in words, and money as people type it.</summary>
internal static class DepositWords
{
    /// <summary>Cents as people read them.</summary>
    public static string Amount(long cents) => Dollars.Text(cents * Money.Cent);

    /// <summary>The status, as the API and the pages name it.</summary>
    public static string Word(DepositStatus status) => status.ToString().ToLowerInvariant();

    /// <summary>Its chip's colour, always beside the word.</summary>
    public static string Chip(DepositStatus status) => status switch
    {
        DepositStatus.Succeeded => "chip-ok",
        DepositStatus.Pending or DepositStatus.Processing => "chip-waiting",
        DepositStatus.Failed or DepositStatus.Disputed => "chip-bad",
        _ => "",
    };

    /// <summary>What came of a payment, for who comes back from it.</summary>
    public static string Say(Deposit deposit)
    {
        var amount = Amount(deposit.AmountCents);
        return deposit.Status switch
        {
            DepositStatus.Succeeded => $"{amount} are in the balance.",
            DepositStatus.Processing => $"{amount} are paid, and the bank has not confirmed them yet. They are credited by themselves.",
            DepositStatus.Pending => $"Stripe has not confirmed your payment of {amount} yet. It is credited by itself; reload this page to ask again at once.",
            DepositStatus.Failed => deposit.Problem ?? $"The payment of {amount} failed.",
            DepositStatus.Expired => $"The payment page for {amount} closed, and nobody had paid.",
            DepositStatus.Refunded => $"{amount} were paid back.",
            _ => $"The payer's bank disputes {amount}.",
        };
    }

    /// <summary>Cents of an amount as people type it: <c>25</c>, <c>$25.50</c>, <c>1,000</c>. Null where it is none.</summary>
    public static long? Cents(string? typed)
    {
        var text = typed?.Trim().TrimStart('$').Trim();
        return decimal.TryParse(text, NumberStyles.AllowDecimalPoint | NumberStyles.AllowThousands, CultureInfo.InvariantCulture, out var dollars)
            && dollars is >= 0 and < 1_000_000_000 && decimal.Round(dollars, 2) == dollars ? (long)(dollars * 100) : null;
    }

    /// <summary>The same back, for a field.</summary>
    public static string Typed(long cents) => (cents / 100m).ToString(cents % 100 == 0 ? "0" : "0.00", CultureInfo.InvariantCulture);
}
