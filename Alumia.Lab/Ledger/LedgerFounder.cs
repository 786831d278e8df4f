using Alumia.Lab.Organizations;
using Alumia.Lab.Storage;

namespace Alumia.Lab.Ledger;

/// <summary>Every org is born with its accounts, empty.</summary>
internal sealed class LedgerFounder : IOrgFounded
{
    public void OrgFounded(Tx tx, Organizations.Org org, string founderId) => LedgerBook.Found(tx, org.Id);
}
