using Alumia.Lab.Billing;
using Alumia.Lab.Ledger;

namespace Alumia.Lab.Tests.Billing;

/// <summary>What people type, and what the file's address says.</summary>
public sealed class BillingWordsTests
{
    [Theory]
    [InlineData("25", 2_500)]
    [InlineData(" $25.50 ", 2_550)]
    [InlineData("1,000", 100_000)]
    [InlineData("0.1", 10)]
    [InlineData("25.505", null)]
    [InlineData("-5", null)]
    [InlineData("5e3", null)]
    [InlineData("", null)]
    [InlineData("ten", null)]
    [InlineData("99999999999999999999999999999999", null)]
    public void An_amount_is_read_as_people_type_it(string typed, int? cents) => Assert.Equal(cents, DepositWords.Cents(typed));

    [Theory]
    [InlineData(2_500, "25")]
    [InlineData(2_550, "25.50")]
    public void And_shown_so_that_it_is_read_the_same(long cents, string typed)
    {
        Assert.Equal(typed, DepositWords.Typed(cents));
        Assert.Equal(cents, DepositWords.Cents(DepositWords.Typed(cents)));
    }

    [Fact]
    public void A_choice_of_transactions_is_the_ledgers_filter_with_whole_days()
    {
        var filter = new TransactionChoice("usage", "byok", "2027-01-31", "2027-01-31").Filter;
        Assert.Equal((TransactionKind.Usage, StepSource.Byok), (filter.Kind, filter.Source));
        Assert.Equal(24 * 60 * 60 * 1_000, filter.ToMs - filter.FromMs);
        Assert.Equal(TransactionFilter.All, new TransactionChoice().Filter);
        Assert.Equal("/acme/billing/transactions.csv?kind=usage&from=2027-01-31", new TransactionChoice("usage", From: "2027-01-31").FileOf("acme"));
    }

    [Theory]
    [InlineData("gift", "", "")]
    [InlineData("", "bank", "")]
    [InlineData("", "", "31.1.2027")]
    public void A_word_or_a_day_that_there_is_not_is_refused(string kind, string source, string from) =>
        Assert.Equal(RefusalKind.Invalid, Assert.Throws<Refusal>(() => new TransactionChoice(kind, source, from).Filter).Kind);
}
