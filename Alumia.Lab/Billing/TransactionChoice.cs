using System.Globalization;
using Alumia.Lab.Ledger;

namespace Alumia.Lab.Billing;

/// <summary>Which transactions a person wants, in the words of the page's fields and of the file's address; empty is any.</summary>
/// <param name="Kind"><c>deposit</c>, <c>take_back</c>, <c>reversal</c> or <c>usage</c>.</param>
/// <param name="Source"><c>platform</c>, <c>byok</c> or <c>free</c>.</param>
/// <param name="From">The first day, <c>2027-01-31</c>, in UTC.</param>
/// <param name="To">The last day.</param>
internal sealed record TransactionChoice(string Kind = "", string Source = "", string From = "", string To = "")
{
    public static readonly (string Word, string Says)[] Kinds = [("deposit", "Deposits"), ("usage", "Usage"), ("take_back", "Refunds and disputes"), ("reversal", "Reversals")];

    public static readonly (string Word, string Says)[] Sources = [("platform", "Balance"), ("byok", "Your key"), ("free", "Free")];

    /// <summary>The same for the ledger.</summary>
    /// <exception cref="Refusal">A word or a day that there is not.</exception>
    public TransactionFilter Filter => new(
        Kind switch { "" => null, "deposit" => TransactionKind.Deposit, "take_back" => TransactionKind.TakeBack, "reversal" => TransactionKind.Reversal, "usage" => TransactionKind.Usage, _ => throw Refusal.Invalid("kind", "There is no such kind of transaction.") },
        Source switch { "" => null, "platform" => StepSource.Platform, "byok" => StepSource.Byok, "free" => StepSource.Free, _ => throw Refusal.Invalid("source", "There is no such source.") },
        Day("from", From, 0), Day("to", To, 1));

    /// <summary>The address of the file with just these.</summary>
    public string FileOf(string orgSlug)
    {
        var query = string.Join('&', new[] { ("kind", Kind), ("source", Source), ("from", From), ("to", To) }
            .Where(field => field.Item2.Length > 0).Select(field => $"{field.Item1}={Uri.EscapeDataString(field.Item2)}"));
        return $"/{orgSlug}/billing/transactions.csv{(query.Length > 0 ? "?" + query : "")}";
    }

    public static string Word(TransactionKind kind) => kind switch
    {
        TransactionKind.TakeBack => "Refund or dispute",
        _ => kind.ToString(),
    };

    public static string Word(StepSource source) => Sources[(int)source].Says;

    private static long? Day(string field, string typed, int daysAfter) => typed.Length == 0 ? null
        : DateOnly.TryParseExact(typed, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) && day.Year is >= 2000 and < 2100
            ? new DateTimeOffset(day.AddDays(daysAfter), TimeOnly.MinValue, TimeSpan.Zero).ToUnixTimeMilliseconds()
            : throw Refusal.Invalid(field, "A day is a date such as 2027-01-31.");
}
