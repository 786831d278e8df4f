using Alumia.Lab.Organizations;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Alumia.Lab.Billing;

/// <summary>An event of Stripe's about a deposit of ours: kept before its work begins, remembered as done in the very transaction that does it.</summary>
public sealed class StripeEvent : IOrgOwned
{
    /// <summary>Stripe's, <c>evt_...</c>.</summary>
    public required string Id { get; init; }

    public required string OrgId { get; init; }

    public required string DepositId { get; init; }

    public required string Type { get; init; }

    /// <summary>As it was signed; empty once its work is done.</summary>
    public required string Body { get; set; }

    public required long ReceivedAtMs { get; init; }

    /// <summary>How often its work was begun.</summary>
    public int Attempts { get; set; }

    public long? DoneAtMs { get; set; }

    /// <summary>When the lab itself tries again, unless Stripe has by then; null once it is done.</summary>
    public long? NextTryAtMs { get; set; }

    private sealed class Configuration : IEntityTypeConfiguration<StripeEvent>
    {
        public void Configure(EntityTypeBuilder<StripeEvent> builder)
        {
            builder.HasIndex(row => row.NextTryAtMs).HasFilter("next_try_at_ms IS NOT NULL");
            builder.HasIndex(row => row.DepositId);
        }
    }
}
