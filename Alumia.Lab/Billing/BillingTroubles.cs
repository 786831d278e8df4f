using Alumia.Lab.Storage;
using Alumia.Lab.Troubles;

namespace Alumia.Lab.Billing;

/// <summary>The troubles of deposits and of auto top-up.</summary>
internal static class BillingTroubles
{
    public const string PendingKind = "deposit_pending";
    public const string StoppedKind = "auto_topup_stopped";
    public const string Section = "Stripe checkout did not return a balance";

    /// <summary>What a payment may take before it is a trouble.</summary>
    public const long PatienceMs = 60_000;

    /// <summary>After so long without a credit a person has to look.</summary>
    public const long SupportAfterMs = 60 * 60_000;

    public static string About(Deposit deposit) => $"deposit:{deposit.Id}";

    private static string AboutTopUp(string orgId) => $"auto_topup:{orgId}";

    /// <summary>Raises or renews it where somebody has paid more than a minute ago and nothing is settled.</summary>
    public static void Watch(Tx tx, Deposit deposit, string? answer)
    {
        if (!deposit.IsAwaited || AwaitedSinceMs(deposit) is var sinceMs && tx.NowMs < sinceMs + PatienceMs)
            return;
        var isAtTheBank = deposit.Status == DepositStatus.Processing;
        List<Fix> fixes = [new(CheckDepositFix.CheckDeposit, "Check with Stripe now", Of(deposit))];
        if (!isAtTheBank && tx.NowMs >= sinceMs + SupportAfterMs)
            fixes.Insert(0, ContactSupport(deposit));
        TroubleLog.Raise(tx, deposit.OrgId, PendingKind, About(deposit),
            isAtTheBank ? "A deposit is on its way" : "A deposit is not in the balance yet",
            isAtTheBank ? "It was paid by a method that the bank confirms later, which can take days. It is credited by itself."
                : "Stripe's webhook has not landed yet. The lab asks Stripe by itself until the deposit is settled.",
            EvidenceOf(deposit, answer), fixes);
    }

    /// <summary>A deposit that only a person can settle.</summary>
    public static void NeedsSupport(Tx tx, Deposit deposit, string cause) =>
        TroubleLog.Raise(tx, deposit.OrgId, PendingKind, About(deposit), "A deposit could not be credited", cause, EvidenceOf(deposit, null), [ContactSupport(deposit)]);

    public static void Credited(Tx tx, Deposit deposit) => TroubleLog.Heal(tx, deposit.OrgId, About(deposit), "The deposit was credited", PendingKind);

    public static void Ended(Tx tx, Deposit deposit) => TroubleLog.Heal(tx, deposit.OrgId, About(deposit), $"The deposit has {deposit.Status.ToString().ToLowerInvariant()}", PendingKind);

    public static void TopUpStopped(Tx tx, Deposit last) =>
        TroubleLog.Raise(tx, last.OrgId, StoppedKind, AboutTopUp(last.OrgId), "Auto top-up was switched off",
            "The saved payment method was declined several times in a row.",
            [new Evidence("Amount", Cents.Text(last.AmountCents), last.CreatedAtMs), new Evidence("The last answer", last.Problem ?? "Declined", tx.NowMs)],
            [new Fix(OpenBillingFix.OpenBilling, "Add funds")]);

    public static void TopUpMended(Tx tx, string orgId, string by) => TroubleLog.Heal(tx, orgId, AboutTopUp(orgId), by, StoppedKind);

    /// <summary>Since when the payment is awaited, in UTC ms.</summary>
    public static long AwaitedSinceMs(Deposit deposit) => Math.Min(deposit.ReturnedAtMs ?? long.MaxValue, deposit.PaidAtMs ?? long.MaxValue);

    private static Fix ContactSupport(Deposit deposit) => new(ContactSupportFix.ContactSupport, "Contact support", Of(deposit));

    private static Dictionary<string, string> Of(Deposit deposit) => new() { [DepositFixes.Argument] = deposit.Id };

    private static IEnumerable<Evidence> EvidenceOf(Deposit deposit, string? answer)
    {
        yield return new Evidence("Amount", Cents.Text(deposit.AmountCents), deposit.CreatedAtMs);
        if ((deposit.SessionId ?? deposit.PaymentIntentId) is { } id)
            yield return new Evidence(deposit.SessionId is null ? "Stripe payment" : "Stripe checkout session", id);
        if (deposit.ReturnedAtMs is { } returnedAtMs)
            yield return new Evidence("Came back from Stripe", "yes", returnedAtMs);
        if (answer is not null)
            yield return new Evidence("Stripe says", answer, deposit.CheckedAtMs);
    }
}
