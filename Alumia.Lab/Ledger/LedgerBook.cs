using Alumia.Lab.Storage;

namespace Alumia.Lab.Ledger;

/// <summary>
/// The one way to move money. Each operation runs inside a work of the <see cref="Writer"/>, so that what it pays for is stored in the same
/// transaction or not at all. Amounts are microcents. Nothing here asks who may: the rooms that call it do.
/// </summary>
public static partial class LedgerBook
{
    /// <summary>The change key of an org's wallet, held and owed.</summary>
    public static string BalanceKey(string orgId) => $"balance:{orgId}";

    /// <summary>The change key on which money came in or back: what waits for funds tries again.</summary>
    public static string FundsKey(string orgId) => $"funds:{orgId}";

    /// <summary>Money that was paid in: to the wallet, and from there to what is owed, first.</summary>
    /// <param name="tx">The transaction.</param>
    /// <param name="orgId">Whose.</param>
    /// <param name="microcents">More than zero.</param>
    /// <param name="key">Names this deposit for ever; the same key credits once.</param>
    /// <param name="about">What it is, for lists of transactions.</param>
    /// <returns>False where this key had been credited before, and nothing was done.</returns>
    /// <exception cref="InvalidOperationException">The key names something else.</exception>
    public static bool Credit(Tx tx, string orgId, long microcents, string key, string about)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(microcents);
        var book = OrgBook.Open(tx, orgId);
        if (IsDone(tx, key, orgId, TransferKind.Deposit, microcents))
            return false;
        book.Post(LedgerAccount.Stripe, LedgerAccount.Wallet, microcents, TransferKind.Deposit, key, about);
        book.Repay(key, about);
        book.Save();
        return true;
    }

    /// <summary>A refund or a dispute: takes what the wallet has; the rest is owed.</summary>
    /// <inheritdoc cref="Credit"/>
    public static bool TakeBack(Tx tx, string orgId, long microcents, string key, string about)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(microcents);
        var book = OrgBook.Open(tx, orgId);
        if (IsDone(tx, key, orgId, TransferKind.TakeBack, microcents))
            return false;
        book.Lend(microcents, key, about);
        book.Post(LedgerAccount.Wallet, LedgerAccount.Stripe, microcents, TransferKind.TakeBack, key, about);
        book.Save();
        return true;
    }

    /// <summary>Takes a deposit, a take-back, a charge or a fee back by a new transfer the other way; what was taken from a hold goes to the wallet.</summary>
    /// <param name="tx">The transaction.</param>
    /// <param name="key">The key of the transfer that is taken back.</param>
    /// <param name="newKey">Names the reversal for ever.</param>
    /// <param name="about">Why, for lists of transactions.</param>
    /// <returns>False where this reversal had been made before.</returns>
    /// <exception cref="InvalidOperationException">No such transfer, or one that is not reversed so, or that was reversed by another key.</exception>
    public static bool Reverse(Tx tx, string key, string newKey, string about)
    {
        var original = TransferRows.Find(tx, key) ?? throw new InvalidOperationException($"There is no transfer {key}.");
        if (original.Kind is not (TransferKind.Deposit or TransferKind.TakeBack or TransferKind.Charge or TransferKind.Fee))
            throw new InvalidOperationException($"{key} is a {original.Kind.Word()}, which no reversal takes back.");
        var book = OrgBook.Open(tx, original.OrgId);
        if (TransferRows.Find(tx, newKey) is { } done)
            return done.Reverses == key ? false : throw new InvalidOperationException($"The key {newKey} names another transfer.");
        if (TransferRows.IsReversed(tx, key))
            throw new InvalidOperationException($"{key} was reversed before.");
        var (from, to) = (original.To, original.From == LedgerAccount.Held ? LedgerAccount.Wallet : original.From);
        if (from == LedgerAccount.Wallet)
            book.Lend(original.Amount, newKey, about);
        book.Post(from, to, original.Amount, TransferKind.Reversal, newKey, about, reverses: key);
        book.Repay(newKey, about);
        book.Save();
        return true;
    }

    /// <summary>Makes the accounts of a new org.</summary>
    internal static void Found(Tx tx, string orgId) =>
        tx.Run("INSERT INTO org_accounts (org_id, wallet, held, owed, deposited) VALUES (@org, 0, 0, 0, 0)", ("org", orgId));

    private static bool IsDone(Tx tx, string key, string orgId, TransferKind kind, long amount)
    {
        if (TransferRows.Find(tx, key) is not { } done)
            return false;
        return (done.OrgId, done.Kind, done.Amount) == (orgId, kind, amount)
            ? true
            : throw new InvalidOperationException($"The key {key} names a {done.Kind.Word()} of {done.Amount}, not a {kind.Word()} of {amount}.");
    }
}
