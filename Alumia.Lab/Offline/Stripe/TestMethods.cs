namespace Alumia.Lab.Offline.Stripe;

/// <summary>What comes of paying with a number.</summary>
internal enum TestOutcome
{
    Paid,
    Declined,
    PaidByBank,
    RefusedByBank,
}

/// <summary>A number that the stand-in's payment page takes.</summary>
internal sealed record TestMethod(string Number, TestOutcome Outcome, string What)
{
    /// <summary>Pays now, and is declined when it is charged without its owner.</summary>
    public const string DeclinesLater = "4000000000000341";

    public static IReadOnlyList<TestMethod> All { get; } =
    [
        new("4242 4242 4242 4242", TestOutcome.Paid, "A card that pays."),
        new("4000 0000 0000 0002", TestOutcome.Declined, "A card that is declined."),
        new("4000 0000 0000 0341", TestOutcome.Paid, "A card that pays now, and is declined when auto top-up charges it."),
        new("000123456789", TestOutcome.PaidByBank, "A bank account: processing at first, then it pays."),
        new("000222222227", TestOutcome.RefusedByBank, "A bank account: processing at first, then it does not pay."),
    ];

    /// <summary>The method with this number, however it is spaced; null for any other.</summary>
    public static TestMethod? Find(string? number) => All.FirstOrDefault(method => Digits(method.Number) == Digits(number ?? ""));

    public bool IsCard => Outcome is TestOutcome.Paid or TestOutcome.Declined;

    public string Last4 => Number[^4..];

    private static string Digits(string text) => string.Concat(text.Where(char.IsAsciiDigit));
}
