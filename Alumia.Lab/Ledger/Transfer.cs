using Alumia.Lab.Organizations;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Alumia.Lab.Ledger;

/// <summary>
/// Money that went from one account to another: one row, written once and never changed (the database refuses it). Accounts of the platform are
/// the sums of these, so that no row of the platform's is touched by every settlement.
/// </summary>
public sealed class Transfer : IOrgOwned
{
    /// <summary>Names what was done, once for ever: <c>deposit:dep_...</c>, or a step's id and what of it.</summary>
    public required string Key { get; init; }

    public required string OrgId { get; init; }

    public required LedgerAccount From { get; init; }

    public required LedgerAccount To { get; init; }

    /// <summary>Microcents; more than zero.</summary>
    public required long Amount { get; init; }

    public required TransferKind Kind { get; init; }

    public required long AtMs { get; init; }

    /// <summary>The step that it belongs to; null for deposits, refunds and reversals.</summary>
    public string? StepId { get; init; }

    /// <summary>Its name in lists of transactions; null for a step's, where the step is what is listed.</summary>
    public string? Id { get; init; }

    /// <summary>What it was for, in words.</summary>
    public string? About { get; init; }

    /// <summary>The key of the transfer that it takes back.</summary>
    public string? Reverses { get; init; }

    private sealed class Configuration : IEntityTypeConfiguration<Transfer>
    {
        public void Configure(EntityTypeBuilder<Transfer> builder)
        {
            builder.HasKey(transfer => transfer.Key);
            builder.Property(transfer => transfer.From).HasColumnName("from_account").HasConversion(account => account.Word(), word => LedgerWords.Account(word));
            builder.Property(transfer => transfer.To).HasColumnName("to_account").HasConversion(account => account.Word(), word => LedgerWords.Account(word));
            builder.Property(transfer => transfer.Kind).HasConversion(kind => kind.Word(), word => LedgerWords.Kind(word));
            builder.ToTable(table => table.HasCheckConstraint("ck_transfer_amount", "amount > 0 AND from_account <> to_account"));
            builder.HasIndex(transfer => new { transfer.OrgId, transfer.AtMs }).HasFilter("step_id IS NULL");
            builder.HasIndex(transfer => transfer.Reverses).HasFilter("reverses IS NOT NULL").IsUnique();
        }
    }
}
