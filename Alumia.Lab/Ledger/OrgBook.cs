using Alumia.Lab.Storage;

namespace Alumia.Lab.Ledger;

/// <summary>
/// An org's accounts inside a transaction, their row held until it ends. Whatever moves is a transfer and changes them in the same breath, so that
/// they cannot come apart; <see cref="Save"/> writes them, once, and tells who listens.
/// </summary>
internal sealed class OrgBook
{
    private readonly Tx _tx;
    private readonly (long Wallet, long Held, long Owed) _before;

    public OrgBook(Tx tx, string orgId, long wallet, long held, long owed, long deposited)
    {
        (_tx, OrgId, Wallet, Held, Owed, Deposited) = (tx, orgId, wallet, held, owed, deposited);
        _before = (wallet, held, owed);
    }

    public string OrgId { get; }

    public long Wallet { get; private set; }

    public long Held { get; private set; }

    public long Owed { get; private set; }

    public long Deposited { get; private set; }

    /// <summary>Takes hold of the org's row, so that what is decided by it stays true.</summary>
    public static OrgBook Open(Tx tx, string orgId) =>
        tx.One("SELECT wallet, held, owed, deposited FROM org_accounts WHERE org_id = @org" + tx.ForUpdate,
            row => new OrgBook(tx, orgId, row.GetInt64(0), row.GetInt64(1), row.GetInt64(2), row.GetInt64(3)), ("org", orgId))
        ?? throw new InvalidOperationException($"The organization {orgId} has no accounts in the ledger.");

    /// <summary>Moves money of a step; nothing where it is zero.</summary>
    public void Move(LedgerAccount from, LedgerAccount to, long amount, TransferKind kind, string key, string stepId)
    {
        if (!Apply(from, to, amount))
            return;
        _tx.Run("""
            INSERT INTO transfer (key, org_id, from_account, to_account, amount, kind, at_ms, step_id)
            VALUES (@key, @org, @from, @to, @amount, @kind, @at, @step)
            """,
            ("key", key), ("org", OrgId), ("from", from.Word()), ("to", to.Word()), ("amount", amount), ("kind", kind.Word()), ("at", _tx.NowMs), ("step", stepId));
    }

    /// <summary>Moves money that is no step's; nothing where it is zero.</summary>
    public void Post(LedgerAccount from, LedgerAccount to, long amount, TransferKind kind, string key, string about, string? reverses = null)
    {
        if (!Apply(from, to, amount))
            return;
        if (kind == TransferKind.Deposit)
            Deposited += amount;
        _tx.Run("""
            INSERT INTO transfer (key, org_id, from_account, to_account, amount, kind, at_ms, id, about, reverses)
            VALUES (@key, @org, @from, @to, @amount, @kind, @at, @id, @about, @reverses)
            """,
            ("key", key), ("org", OrgId), ("from", from.Word()), ("to", to.Word()), ("amount", amount), ("kind", kind.Word()), ("at", _tx.NowMs),
            ("id", Id.New("trf", _tx.NowMs)), ("about", about), ("reverses", reverses));
    }

    /// <summary>Lends the org what its wallet lacks of an amount that must leave it.</summary>
    public void Lend(long amount, string key, string about) =>
        Post(LedgerAccount.Owed, LedgerAccount.Wallet, Math.Max(0, amount - Wallet), TransferKind.Loan, key + "/loan", about);

    /// <summary>Pays back what the wallet can of what is owed.</summary>
    public void Repay(string key, string about) =>
        Post(LedgerAccount.Wallet, LedgerAccount.Owed, Math.Min(Wallet, Owed), TransferKind.Repayment, key + "/repayment", about);

    /// <summary>Writes the row, and tells those who show it and those who wait for money.</summary>
    public void Save()
    {
        _tx.Run("UPDATE org_accounts SET wallet = @wallet, held = @held, owed = @owed, deposited = @deposited WHERE org_id = @org",
            ("wallet", Wallet), ("held", Held), ("owed", Owed), ("deposited", Deposited), ("org", OrgId));
        _tx.Changed(LedgerBook.BalanceKey(OrgId));
        if (Wallet > _before.Wallet || Held < _before.Held || Owed < _before.Owed)
            _tx.Changed(LedgerBook.FundsKey(OrgId));
    }

    private bool Apply(LedgerAccount from, LedgerAccount to, long amount)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(amount);
        Add(from, -amount);
        Add(to, amount);
        return amount > 0;
    }

    private void Add(LedgerAccount account, long amount)
    {
        switch (account)
        {
            case LedgerAccount.Wallet:
                Wallet = checked(Wallet + amount);
                break;
            case LedgerAccount.Held:
                Held = checked(Held + amount);
                break;
            case LedgerAccount.Owed: // The org's debt: what leaves this account was lent.
                Owed = checked(Owed - amount);
                break;
            default:
                break; // The platform's accounts are the sums of their transfers.
        }
    }
}
