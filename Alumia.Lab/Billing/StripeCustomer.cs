using Alumia.Lab.Organizations;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Alumia.Lab.Billing;

/// <summary>An org as Stripe knows it, one per kind of money, with the payment method that was saved last.</summary>
public sealed class StripeCustomer : IOrgOwned
{
    public required string OrgId { get; init; }

    public required MoneySource Source { get; init; }

    /// <summary>Stripe's, <c>cus_...</c>.</summary>
    public required string CustomerId { get; init; }

    /// <summary>Stripe's, <c>pm_...</c>; null while none is saved.</summary>
    public string? MethodId { get; set; }

    /// <summary>Fit to be shown: "Visa ending in 4242".</summary>
    public string? MethodLabel { get; set; }

    private sealed class Configuration : IEntityTypeConfiguration<StripeCustomer>
    {
        public void Configure(EntityTypeBuilder<StripeCustomer> builder)
        {
            builder.HasKey(row => new { row.OrgId, row.Source });
            builder.Property(row => row.Source).HasConversion<string>();
        }
    }
}
