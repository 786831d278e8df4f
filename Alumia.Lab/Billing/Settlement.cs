using Alumia.Lab.Ledger;
using Alumia.Lab.Storage;

namespace Alumia.Lab.Billing;

/// <summary>
/// What becomes of a deposit by what Stripe says, inside one transaction. Whoever hears first credits, once; what comes late, twice or in another
/// order changes nothing.
/// </summary>
internal static class Settlement
{
    /// <summary>The deposit, held until the transaction ends, so that two roads come one after the other.</summary>
    public static Deposit? Lock(Tx tx, string depositId) =>
        tx.Run("UPDATE deposit SET status = status WHERE id = @id", ("id", depositId)) == 0 ? null : tx.Db.Find<Deposit>(depositId);

    /// <summary>Applies what Stripe says; true where it changed something.</summary>
    public static bool Apply(Tx tx, Deposit deposit, PaymentFacts facts)
    {
        deposit.PaymentIntentId ??= facts.PaymentIntentId;
        if (deposit.CreditedAtMs is not null)
            return false;
        switch (facts.State)
        {
            case PaymentState.Paid when facts.AmountCents != deposit.AmountCents || !string.Equals(facts.Currency, "usd", StringComparison.OrdinalIgnoreCase):
                return Mismatch(tx, deposit, facts);
            case PaymentState.Paid:
                Credit(tx, deposit);
                return true;
            case PaymentState.Processing when deposit.Status == DepositStatus.Pending:
                deposit.PaidAtMs ??= tx.NowMs;
                Move(tx, deposit, DepositStatus.Processing, "Paid by a method that takes its time; the bank has not confirmed it yet.", DepositEvents.Paid);
                return true;
            case PaymentState.Failed when deposit.IsOpen:
                deposit.Problem = facts.Problem;
                Move(tx, deposit, DepositStatus.Failed, $"The payment failed: {facts.Problem}");
                return true;
            case PaymentState.Expired when deposit.IsOpen:
                Move(tx, deposit, DepositStatus.Expired, "The payment page closed, and nobody had paid.");
                return true;
            default:
                return false;
        }
    }

    /// <summary>Ends a deposit that Stripe knows nothing of.</summary>
    public static void Abandon(Tx tx, Deposit deposit, string why)
    {
        deposit.Problem = why;
        Move(tx, deposit, DepositStatus.Failed, why);
    }

    /// <summary>The status of a credited deposit by its refunds and disputes.</summary>
    public static void Reckon(Tx tx, Deposit deposit)
    {
        var status = tx.Db.ChangeTracker.Entries<DepositDispute>().Select(entry => entry.Entity)
            .Union(tx.Db.Set<DepositDispute>().Where(row => row.DepositId == deposit.Id).AsEnumerable())
            .Any(row => row.DepositId == deposit.Id && row.Weighs) ? DepositStatus.Disputed
            : deposit.RefundedCents >= deposit.AmountCents ? DepositStatus.Refunded
            : DepositStatus.Succeeded;
        if (deposit.Status != status)
            Move(tx, deposit, status, $"It is {status.ToString().ToLowerInvariant()} now.");
    }

    private static void Credit(Tx tx, Deposit deposit)
    {
        deposit.PaidAtMs ??= tx.NowMs;
        deposit.CreditedAtMs = tx.NowMs;
        deposit.Problem = null;
        deposit.Note(tx, DepositEvents.Paid, $"Stripe confirms the payment of {Cents.Text(deposit.AmountCents)}.");
        var isNew = LedgerBook.Credit(tx, deposit.OrgId, deposit.AmountCents * Money.Cent, $"deposit:{deposit.Id}", Wording(deposit));
        deposit.Note(tx, DepositEvents.Ledger, isNew ? $"{Cents.Text(deposit.AmountCents)} went into the balance." : "The balance had it already.");
        Move(tx, deposit, DepositStatus.Succeeded, null);
        BillingTroubles.Credited(tx, deposit);
        TopUpBook.Credited(tx, deposit);
    }

    private static string Wording(Deposit deposit) => deposit.Kind == DepositKind.TopUp ? "Auto top-up" : "Deposit";

    /// <summary>Money came, but not what was asked for: nobody but a person can tell what to do with it.</summary>
    private static bool Mismatch(Tx tx, Deposit deposit, PaymentFacts facts)
    {
        if (deposit.Status == DepositStatus.Failed)
            return false;
        deposit.PaidAtMs ??= tx.NowMs;
        Abandon(tx, deposit, $"Stripe says that {facts.AmountCents} {facts.Currency?.ToUpperInvariant()} (in its smallest unit) were paid, but {deposit.AmountCents} USD cents were asked for. Nothing was credited.");
        BillingTroubles.NeedsSupport(tx, deposit, deposit.Problem!);
        return true;
    }

    private static void Move(Tx tx, Deposit deposit, DepositStatus status, string? line, string kind = DepositEvents.Status)
    {
        deposit.Status = status;
        if (!deposit.IsOpen)
        {
            deposit.NextCheckAtMs = null;
            if (deposit.CreditedAtMs is null)
                BillingTroubles.Ended(tx, deposit);
        }
        if (line is not null)
            deposit.Note(tx, kind, line);
        tx.Changed(Deposits.Key(deposit.OrgId));
        tx.Changed(Deposits.OpenKey);
        if (status == DepositStatus.Failed)
            TopUpBook.Failed(tx, deposit);
    }
}
