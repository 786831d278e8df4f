using Alumia.Lab.Organizations;
using Alumia.Lab.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Alumia.Lab.Billing;

/// <summary>What happened to a deposit, and when: the lines of its timeline. Never changed.</summary>
public sealed class DepositEvent : IOrgOwned
{
    /// <summary>Its place among all: lines of one moment keep their order.</summary>
    public long Id { get; private set; }

    public required string OrgId { get; init; }

    public required string DepositId { get; init; }

    public required long AtMs { get; init; }

    /// <summary>One of <see cref="DepositEvents"/>.</summary>
    public required string Kind { get; init; }

    /// <summary>What happened, in words.</summary>
    public required string Text { get; init; }

    /// <summary>For a webhook: Stripe's event, <c>evt_...</c>.</summary>
    public string? StripeEventId { get; init; }

    /// <summary>For a webhook: the status that it was answered with.</summary>
    public int? Answer { get; init; }

    private sealed class Configuration : IEntityTypeConfiguration<DepositEvent>
    {
        public void Configure(EntityTypeBuilder<DepositEvent> builder)
        {
            builder.HasIndex(row => new { row.DepositId, row.Id });
            builder.HasOne<Deposit>().WithMany().HasForeignKey(row => row.DepositId).OnDelete(DeleteBehavior.Cascade);
        }
    }
}

/// <summary>The kinds of lines in a deposit's timeline, and how one is written.</summary>
public static class DepositEvents
{
    public const string Checkout = "checkout";
    public const string Returned = "returned";
    public const string Paid = "paid";
    public const string Webhook = "webhook";
    public const string ReadBack = "read_back";
    public const string Ledger = "ledger";
    public const string Status = "status";

    internal static void Note(this Deposit deposit, Tx tx, string kind, string text, string? stripeEventId = null, int? answer = null)
    {
        tx.Db.Add(new DepositEvent
        {
            OrgId = deposit.OrgId,
            DepositId = deposit.Id,
            AtMs = tx.NowMs,
            Kind = kind,
            Text = text,
            StripeEventId = stripeEventId,
            Answer = answer,
        });
        tx.Changed(Deposits.Key(deposit.OrgId));
    }
}
