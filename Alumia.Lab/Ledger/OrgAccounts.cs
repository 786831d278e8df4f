using Alumia.Lab.Organizations;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Alumia.Lab.Ledger;

/// <summary>An org's accounts in one row, all in microcents. Each is the sum of the org's transfers in and out of it, kept in the same transaction.</summary>
public sealed class OrgAccounts : IOrgOwned
{
    public required string OrgId { get; init; }

    /// <summary>Free to be spent. Never negative.</summary>
    public long Wallet { get; init; }

    /// <summary>Held for steps that run. Never negative.</summary>
    public long Held { get; init; }

    /// <summary>What refunds and disputes took beyond the wallet. While it is there the wallet is empty, for what comes in pays it first.</summary>
    public long Owed { get; init; }

    /// <summary>All deposits that ever came in; refunds do not lower it.</summary>
    public long Deposited { get; init; }

    private sealed class Configuration : IEntityTypeConfiguration<OrgAccounts>
    {
        public void Configure(EntityTypeBuilder<OrgAccounts> builder)
        {
            builder.HasKey(accounts => accounts.OrgId);
            builder.ToTable(table =>
            {
                table.HasCheckConstraint("ck_org_accounts_wallet", "wallet >= 0");
                table.HasCheckConstraint("ck_org_accounts_held", "held >= 0");
                table.HasCheckConstraint("ck_org_accounts_owed", "owed >= 0 AND (owed = 0 OR wallet = 0)");
            });
        }
    }
}
