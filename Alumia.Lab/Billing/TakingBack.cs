using Alumia.Lab.Ledger;
using Alumia.Lab.Storage;

namespace Alumia.Lab.Billing;

/// <summary>What a refund or a dispute takes out of the balance again. Both are told as what is so by now, never as a step, so order is irrelevant.</summary>
internal static class TakingBack
{
    /// <summary>So much was refunded of the deposit by now, in cents.</summary>
    public static void Refunded(Tx tx, Deposit deposit, long refundedCents)
    {
        if (refundedCents <= deposit.RefundedCents)
            return;
        var more = refundedCents - deposit.RefundedCents;
        deposit.RefundedCents = refundedCents;
        Take(tx, deposit, more, $"refund:{deposit.Id}:{refundedCents}", "Refund");
        Settlement.Reckon(tx, deposit);
    }

    /// <summary>Something about a dispute has become known.</summary>
    public static void Disputed(Tx tx, Deposit deposit, string disputeId, long amountCents, Action<DepositDispute> learn)
    {
        var dispute = tx.Db.Find<DepositDispute>(disputeId);
        if (dispute is null)
        {
            dispute = new DepositDispute { Id = disputeId, OrgId = deposit.OrgId, DepositId = deposit.Id, AmountCents = amountCents };
            tx.Db.Add(dispute);
            deposit.Note(tx, DepositEvents.Status, $"The payer's bank disputes {Cents.Text(amountCents)}.");
        }
        learn(dispute);
        if (dispute.ShouldBeTaken != dispute.IsTaken)
        {
            dispute.IsTaken = dispute.ShouldBeTaken;
            if (dispute.IsTaken)
                Take(tx, deposit, dispute.AmountCents, KeyOf(dispute), "Dispute");
            else
                GiveBack(tx, deposit, dispute);
        }
        Settlement.Reckon(tx, deposit);
    }

    private static void Take(Tx tx, Deposit deposit, long cents, string key, string about)
    {
        LedgerBook.TakeBack(tx, deposit.OrgId, cents * Money.Cent, key, about);
        deposit.Note(tx, DepositEvents.Ledger, $"{about}: {Cents.Text(cents)} went out of the balance.");
    }

    private static void GiveBack(Tx tx, Deposit deposit, DepositDispute dispute)
    {
        LedgerBook.Reverse(tx, KeyOf(dispute), KeyOf(dispute) + ":reinstated", "Dispute won");
        deposit.Note(tx, DepositEvents.Ledger, $"The dispute was won: {Cents.Text(dispute.AmountCents)} are back in the balance.");
    }

    private static string KeyOf(DepositDispute dispute) => $"dispute:{dispute.Id}";
}
