using Alumia.Lab.Organizations;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Alumia.Lab.Billing;

/// <summary>A dispute of a deposit's payment. Its facts only ever become true, so the order in which Stripe tells them is irrelevant.</summary>
public sealed class DepositDispute : IOrgOwned
{
    /// <summary>Stripe's, <c>dp_...</c> or <c>du_...</c>.</summary>
    public required string Id { get; init; }

    public required string OrgId { get; init; }

    public required string DepositId { get; init; }

    public required long AmountCents { get; init; }

    /// <summary>Stripe has taken the money from us.</summary>
    public bool IsWithdrawn { get; set; }

    /// <summary>Stripe has given it back.</summary>
    public bool IsReinstated { get; set; }

    /// <summary>How it ended, in Stripe's word: <c>won</c>, <c>lost</c>, <c>warning_closed</c>; null while it is open.</summary>
    public string? Outcome { get; set; }

    /// <summary>The org's balance has lost it just now.</summary>
    public bool IsTaken { get; set; }

    /// <summary>Whether the balance should be without it.</summary>
    public bool ShouldBeTaken => (IsWithdrawn || Outcome == "lost") && !IsReinstated;

    /// <summary>Whether the deposit counts as disputed because of it.</summary>
    public bool Weighs => Outcome is null or "lost";

    private sealed class Configuration : IEntityTypeConfiguration<DepositDispute>
    {
        public void Configure(EntityTypeBuilder<DepositDispute> builder)
        {
            builder.Ignore(row => row.ShouldBeTaken).Ignore(row => row.Weighs);
            builder.HasIndex(row => row.DepositId);
            builder.HasOne<Deposit>().WithMany().HasForeignKey(row => row.DepositId).OnDelete(DeleteBehavior.Cascade);
        }
    }
}
