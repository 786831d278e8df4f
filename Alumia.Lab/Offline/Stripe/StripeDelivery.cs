using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Alumia.Lab.Offline.Stripe;

/// <summary>A webhook of the stand-in's on its way to the lab.</summary>
public sealed class StripeDelivery
{
    public long Id { get; private set; }

    public required string EventId { get; init; }

    public required string Type { get; init; }

    public required string Body { get; init; }

    public required long CreatedAtMs { get; init; }

    /// <summary>When it is sent next; null once it was taken, or is lost.</summary>
    public long? DueAtMs { get; set; }

    /// <summary>It waits to be overtaken by the next event.</summary>
    public bool IsHeld { get; set; }

    public int Attempts { get; set; }

    /// <summary>How it went so far, in words.</summary>
    public required string How { get; set; }

    private sealed class Configuration : IEntityTypeConfiguration<StripeDelivery>
    {
        public void Configure(EntityTypeBuilder<StripeDelivery> builder)
        {
            builder.ToTable("offline_stripe_delivery");
            builder.HasIndex(row => row.DueAtMs).HasFilter("due_at_ms IS NOT NULL");
        }
    }
}
