using Alumia.Lab.Storage;
using Microsoft.EntityFrameworkCore;
using Stripe;
using Stripe.Checkout;

namespace Alumia.Lab.Billing;

/// <summary>What came of asking Stripe about a deposit.</summary>
/// <param name="Deposit">As it is now.</param>
/// <param name="Says">In words for a person.</param>
/// <param name="Answered">Whether Stripe answered.</param>
public sealed record DepositCheck(Deposit Deposit, string Says, bool Answered);

/// <summary>Asks Stripe how far a deposit is, and settles by the answer.</summary>
public sealed class ReadBack(IDbContextFactory<LabDbContext> contexts, Writer writer, StripeAccess stripe, SavedMethods methods, TopUpCharge charge, ILogger<ReadBack> log)
{
    private const long ShortestPauseMs = 60_000;
    private const long LongestPauseMs = 60 * 60_000;

    /// <summary>A checkout that Stripe has not answered for so long has no page that anybody could pay on.</summary>
    private const long LostMs = 10 * 60_000;

    /// <summary>Asks, if there is anything left to ask. Who asks stands in the timeline.</summary>
    internal async Task<DepositCheck> AskAsync(string orgId, string depositId, string who, CancellationToken cancellation)
    {
        var deposit = await FindAsync(orgId, depositId, cancellation);
        if (!deposit.IsOpen)
            return new DepositCheck(deposit, Words(deposit), true);
        if (stripe.Connection is not { } connection || connection.Source != deposit.Source)
            return await FailedAsync(deposit, who, "This lab is not connected to the Stripe account that it was begun with.", cancellation);
        try
        {
            return await SettleAsync(deposit, who, await FactsAsync(deposit, cancellation), cancellation);
        }
        catch (Exception exception) when (IsStripes(exception, cancellation))
        {
            log.LogWarning("Stripe did not tell about deposit {Deposit}: {Fault}", deposit.Id, exception.Message);
            return await FailedAsync(deposit, who, $"Stripe did not answer: {exception.Message}", cancellation);
        }
    }

    /// <summary>Whether it is Stripe or the way to it that failed.</summary>
    internal static bool IsStripes(Exception exception, CancellationToken cancellation) =>
        exception is StripeException or HttpRequestException || (exception is OperationCanceledException && !cancellation.IsCancellationRequested);

    /// <summary>When to ask next: after as long as the payment is old, from a minute to an hour, and when a person may need support.</summary>
    internal static long NextCheckAtMs(Deposit deposit, long nowMs)
    {
        var sinceMs = deposit.IsAwaited ? BillingTroubles.AwaitedSinceMs(deposit) : deposit.CreatedAtMs;
        var nextAtMs = nowMs + Math.Clamp(nowMs - sinceMs, ShortestPauseMs, LongestPauseMs);
        var supportAtMs = sinceMs + BillingTroubles.SupportAfterMs;
        return deposit.IsAwaited && nowMs < supportAtMs ? Math.Min(nextAtMs, supportAtMs) : nextAtMs;
    }

    private async Task<PaymentFacts?> FactsAsync(Deposit deposit, CancellationToken cancellation)
    {
        if (deposit.Kind == DepositKind.TopUp)
            return await charge.AskAsync(deposit, cancellation);
        if (deposit.SessionId is null)
            return null;
        return PaymentFacts.Of(await new SessionService(stripe.Reader()).GetAsync(deposit.SessionId, new SessionGetOptions { Expand = ["payment_intent"] }, cancellationToken: cancellation));
    }

    private async Task<DepositCheck> SettleAsync(Deposit asked, string who, PaymentFacts? facts, CancellationToken cancellation)
    {
        var settled = await writer.Write(tx =>
        {
            var deposit = Settlement.Lock(tx, asked.Id)!;
            deposit.CheckedAtMs = tx.NowMs;
            if (facts is null && tx.NowMs > deposit.CreatedAtMs + LostMs)
                Settlement.Abandon(tx, deposit, "Stripe never opened a payment page for it.");
            if (facts is not null)
                deposit.Note(tx, DepositEvents.ReadBack, $"{who} asked Stripe: {Words(facts.State)}.");
            if (facts is not null)
                Settlement.Apply(tx, deposit, facts);
            Plan(tx, deposit, facts is null ? null : Words(facts.State));
            return deposit;
        }, cancellation);
        if (settled is { SavesMethod: true, CreditedAtMs: not null })
            await methods.TryLearnAsync(settled.OrgId, settled.Source, cancellation);
        return new DepositCheck(settled, Words(settled), true);
    }

    private async Task<DepositCheck> FailedAsync(Deposit asked, string who, string why, CancellationToken cancellation) =>
        new(await writer.Write(tx =>
        {
            var deposit = Settlement.Lock(tx, asked.Id)!;
            deposit.CheckedAtMs = tx.NowMs;
            deposit.Note(tx, DepositEvents.ReadBack, $"{who} asked Stripe. {why}");
            Plan(tx, deposit, why);
            return deposit;
        }, cancellation), why, false);

    private static void Plan(Tx tx, Deposit deposit, string? answer)
    {
        if (!deposit.IsOpen)
            return;
        deposit.NextCheckAtMs = NextCheckAtMs(deposit, tx.NowMs);
        tx.Changed(Deposits.OpenKey);
        BillingTroubles.Watch(tx, deposit, answer);
    }

    private async Task<Deposit> FindAsync(string orgId, string depositId, CancellationToken cancellation)
    {
        await using var db = contexts.CreateDbContext();
        return await db.Set<Deposit>().SingleOrDefaultAsync(row => row.OrgId == orgId && row.Id == depositId, cancellation) ?? throw Refusal.NotFound("deposit");
    }

    private static string Words(PaymentState state) => state switch
    {
        PaymentState.Open => "not paid yet",
        PaymentState.Processing => "paid, and the bank has not confirmed it yet",
        PaymentState.Paid => "paid",
        PaymentState.Failed => "the payment failed",
        _ => "expired, nobody paid",
    };

    private static string Words(Deposit deposit) => deposit.Status switch
    {
        DepositStatus.Pending => "Stripe says that nothing is paid yet.",
        DepositStatus.Processing => "It is paid; the bank has not confirmed it yet.",
        DepositStatus.Succeeded => $"{Cents.Text(deposit.AmountCents)} are in the balance.",
        DepositStatus.Expired => "The payment page closed, and nobody had paid.",
        DepositStatus.Failed => deposit.Problem ?? "The payment failed.",
        DepositStatus.Refunded => "It was paid back.",
        _ => "The payer's bank disputes it.",
    };
}
