using Alumia.Lab.Organizations;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Alumia.Lab.Billing;

/// <summary>Auto top-up of an org, as its owners and admins set it. No row: off, with the usual figures.</summary>
public sealed class TopUpSettings : IOrgOwned
{
    public const long UsualThresholdCents = 500;
    public const long UsualAmountCents = 2_500;
    public const long UsualMonthlyCapCents = 10_000;

    public required string OrgId { get; init; }

    public bool IsEnabled { get; set; }

    /// <summary>A balance below this is topped up.</summary>
    public long ThresholdCents { get; set; } = UsualThresholdCents;

    /// <summary>How much is charged at a time.</summary>
    public long AmountCents { get; set; } = UsualAmountCents;

    /// <summary>All charges of a calendar month (UTC) together are never more.</summary>
    public long MonthlyCapCents { get; set; } = UsualMonthlyCapCents;

    /// <summary>How many charges failed one after another.</summary>
    public int Failures { get; set; }

    /// <summary>No charge before this, after one that failed.</summary>
    public long? PausedUntilMs { get; set; }

    private sealed class Configuration : IEntityTypeConfiguration<TopUpSettings>
    {
        public void Configure(EntityTypeBuilder<TopUpSettings> builder) => builder.HasKey(row => row.OrgId);
    }
}
