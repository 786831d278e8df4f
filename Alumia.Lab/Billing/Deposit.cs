using Alumia.Lab.Organizations;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Alumia.Lab.Billing;

/// <summary>How far a deposit is.</summary>
public enum DepositStatus
{
    /// <summary>The payment page is open, or a charge was asked for; nothing is paid yet as far as is known.</summary>
    Pending,
    /// <summary>Paid by a method that takes its time; the bank has not confirmed it.</summary>
    Processing,
    /// <summary>Paid, and credited to the balance.</summary>
    Succeeded,
    /// <summary>The payment did not go through.</summary>
    Failed,
    /// <summary>Nobody paid while the payment page was open.</summary>
    Expired,
    /// <summary>Credited once, and paid back whole.</summary>
    Refunded,
    /// <summary>The payer's bank disputes it, or has won the dispute.</summary>
    Disputed,
}

/// <summary>Who began a deposit.</summary>
public enum DepositKind
{
    /// <summary>A person, on Stripe's payment page.</summary>
    Checkout,
    /// <summary>Auto top-up, with the saved payment method.</summary>
    TopUp,
}

/// <summary>What kind of money it is.</summary>
public enum MoneySource
{
    /// <summary>The stand-in's: worth nothing.</summary>
    StandIn,
    /// <summary>Stripe's test mode: worth nothing.</summary>
    Test,
    /// <summary>Real.</summary>
    Live,
}

/// <summary>
/// Money on its way into an org's balance. This row alone says whose it is and how much was asked for: Stripe's side is found by the session's
/// or the payment's id, and must have been paid with exactly that.
/// </summary>
public sealed class Deposit : IOrgOwned
{
    public required string Id { get; init; }

    public required string OrgId { get; init; }

    /// <summary>Who began it; null where auto top-up did.</summary>
    public string? UserId { get; init; }

    public required DepositKind Kind { get; init; }

    public required MoneySource Source { get; init; }

    public required long AmountCents { get; init; }

    public DepositStatus Status { get; set; }

    /// <summary>Stripe's Checkout session, <c>cs_...</c>; null until Stripe has made it, and for a top-up.</summary>
    public string? SessionId { get; set; }

    /// <summary>Stripe's payment, <c>pi_...</c>, once it is known.</summary>
    public string? PaymentIntentId { get; set; }

    /// <summary>The payment method is to be kept for auto top-up.</summary>
    public bool SavesMethod { get; init; }

    /// <summary>The page of this lab to go back to after the payment; null for the billing page.</summary>
    public string? ReturnTo { get; init; }

    public required long CreatedAtMs { get; init; }

    /// <summary>When the person came back from the payment page.</summary>
    public long? ReturnedAtMs { get; set; }

    /// <summary>When it was first known that somebody has paid, confirmed by the bank or not.</summary>
    public long? PaidAtMs { get; set; }

    /// <summary>When the ledger got it; set once.</summary>
    public long? CreditedAtMs { get; set; }

    /// <summary>When Stripe is asked next; null once nothing more is to come.</summary>
    public long? NextCheckAtMs { get; set; }

    /// <summary>When Stripe was asked last.</summary>
    public long? CheckedAtMs { get; set; }

    /// <summary>How much of it was paid back so far.</summary>
    public long RefundedCents { get; set; }

    /// <summary>What went wrong, in words for a person.</summary>
    public string? Problem { get; set; }

    /// <summary>Nothing is settled yet.</summary>
    public bool IsOpen => Status is DepositStatus.Pending or DepositStatus.Processing;

    /// <summary>Somebody has paid, or says so by coming back, and nothing is settled yet.</summary>
    public bool IsAwaited => IsOpen && (ReturnedAtMs ?? PaidAtMs) is not null;

    private sealed class Configuration : IEntityTypeConfiguration<Deposit>
    {
        public void Configure(EntityTypeBuilder<Deposit> builder)
        {
            builder.ToTable(table => table.HasCheckConstraint("ck_deposit_amount", "amount_cents > 0 AND refunded_cents >= 0"));
            builder.Property(deposit => deposit.Kind).HasConversion<string>();
            builder.Property(deposit => deposit.Source).HasConversion<string>();
            builder.Property(deposit => deposit.Status).HasConversion<string>();
            builder.Ignore(deposit => deposit.IsOpen).Ignore(deposit => deposit.IsAwaited);
            builder.HasIndex(deposit => new { deposit.OrgId, deposit.Id });
            builder.HasIndex(deposit => deposit.SessionId).IsUnique();
            builder.HasIndex(deposit => deposit.PaymentIntentId).IsUnique();
            builder.HasIndex(deposit => deposit.NextCheckAtMs).HasFilter("next_check_at_ms IS NOT NULL");
            // At most one charge of auto top-up is under way: this row decides.
            builder.HasIndex(deposit => deposit.OrgId, "ix_deposit_top_up_under_way").IsUnique().HasFilter("kind = 'TopUp' AND status IN ('Pending', 'Processing')");
        }
    }
}
