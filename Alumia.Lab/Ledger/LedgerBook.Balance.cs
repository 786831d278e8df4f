using Alumia.Lab.Storage;

namespace Alumia.Lab.Ledger;

public static partial class LedgerBook
{
    /// <summary>How an org stands, for a decision in this transaction. Other works wait until it ends.</summary>
    public static OrgBalance BalanceOf(Tx tx, string orgId)
    {
        var book = OrgBook.Open(tx, orgId);
        return new OrgBalance(book.Wallet, book.Held, book.Owed, book.Deposited);
    }
}
