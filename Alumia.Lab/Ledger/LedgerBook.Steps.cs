using Alumia.Lab.Storage;

namespace Alumia.Lab.Ledger;

public static partial class LedgerBook
{
    /// <summary>A hold begins with at most so many tokens of output, and grows as they stream: no step locks the whole wallet.</summary>
    public const long MostOutputHeld = 4_096;

    /// <summary>Holds money for a step of the platform's key: its input and at most 4,096 tokens of output, or all the wallet has where that is less; never under one cent.</summary>
    /// <param name="tx">The transaction in which the step begins.</param>
    /// <param name="order">The step. A session has one open hold at the most.</param>
    /// <param name="expected">Its input, and the most output that it may have.</param>
    /// <returns>Whether it may run. Where it may not, nothing was changed.</returns>
    /// <exception cref="ArgumentException">The step is not paid by the platform.</exception>
    public static HoldResult Hold(Tx tx, StepOrder order, TokenUsage expected)
    {
        if (order.Source != StepSource.Platform)
            throw new ArgumentException("Money is held for steps that the platform pays; others are recorded.", nameof(order));
        var book = OrgBook.Open(tx, order.OrgId);
        if (book.Owed > 0 || book.Wallet + book.Held < Money.Cent)
            return Refused(book, HoldOutcome.PaymentRequired, 0);
        if (book.Wallet < Money.Cent)
            return Refused(book, HoldOutcome.AwaitingFunds, 0);
        var rate = PlatformFee.RateFor(book.Deposited);
        var first = expected with { Output = Math.Min(expected.Output, MostOutputHeld) };
        var amount = Math.Min(book.Wallet, Math.Max(Money.Cent, Pricing.Cost(order.Price, first, rate).Total));
        var others = book.Held;
        book.Move(LedgerAccount.Wallet, LedgerAccount.Held, amount, TransferKind.Hold, order.StepId + "/hold", order.StepId);
        StepRows.Open(tx, order, rate, amount);
        book.Save();
        return new HoldResult(HoldOutcome.Held, amount, Pricing.OutputCovered(order.Price, expected, rate, amount), book.Wallet, others, book.Owed);
    }

    /// <summary>Holds more for a step that streams.</summary>
    /// <param name="tx">The transaction.</param>
    /// <param name="stepId">Of an open hold.</param>
    /// <param name="expectedTotal">The step's whole usage for which money should be held from now on. Where the wallet has less, but a cent, it gives all it has.</param>
    /// <returns>Where the outcome is not <see cref="HoldOutcome.Held"/>, nothing was changed: close the stream, settle what came, and wait.</returns>
    /// <exception cref="InvalidOperationException">The step has no open hold.</exception>
    public static HoldResult Grow(Tx tx, string stepId, TokenUsage expectedTotal)
    {
        var (step, book) = Find(tx, stepId);
        if (step.EndedAtMs is not null)
            throw new InvalidOperationException($"Step {stepId} has ended; its hold cannot grow.");
        var others = book.Held - step.Held;
        var need = Pricing.Cost(step.Price, expectedTotal, step.FeeRate).Total - step.Held;
        var more = Math.Min(book.Wallet, Math.Max(Money.Cent, need));
        if (need <= 0)
            return Held(0);
        if (book.Owed > 0)
            return Refused(book, HoldOutcome.PaymentRequired, step.Held);
        if (more < Math.Min(need, Money.Cent))
            return Refused(book, others > 0 ? HoldOutcome.AwaitingFunds : HoldOutcome.PaymentRequired, step.Held);
        book.Move(LedgerAccount.Wallet, LedgerAccount.Held, more, TransferKind.Hold, $"{stepId}/hold/{step.Growths + 1}", stepId);
        StepRows.Grow(tx, step, more);
        book.Save();
        return Held(more);

        HoldResult Held(long grown) => new(HoldOutcome.Held, step.Held + grown, Pricing.OutputCovered(step.Price, expectedTotal, step.FeeRate, step.Held + grown), book.Wallet, others, book.Owed);
    }

    /// <summary>Pays for what a step used, and gives the rest of its hold back; exactly once, however often it is called. Usage above the hold takes the wallet down to zero, and what is left then is written off.</summary>
    /// <param name="tx">The transaction in which the step closes.</param>
    /// <param name="stepId">Of a hold.</param>
    /// <param name="usage">What the provider counted, or what was counted here.</param>
    /// <param name="estimated">Whether it was counted here.</param>
    /// <param name="stop">Why the step stopped.</param>
    /// <returns>Its receipt: the first one, where it was settled or released before.</returns>
    /// <exception cref="InvalidOperationException">There never was a hold of this step.</exception>
    public static StepReceipt Settle(Tx tx, string stepId, TokenUsage usage, bool estimated, StepStop stop)
    {
        var (step, book) = Find(tx, stepId);
        if (step.EndedAtMs is not null)
            return StepReceipt.Of(step);
        var used = usage.Bounded();
        var cost = Pricing.Cost(step.Price, used, step.FeeRate);
        var due = cost;
        var held = Pay(LedgerAccount.Held, step.Held);
        // Given back before more is taken: what is owed is paid first.
        book.Move(LedgerAccount.Held, LedgerAccount.Wallet, step.Held - held, TransferKind.Release, stepId + "/release", stepId);
        var wallet = Pay(LedgerAccount.Wallet, held < step.Held ? 0 : book.Wallet);
        Pay(LedgerAccount.Writeoff, due.Total);
        Repay(book, stepId);
        StepRows.Close(tx, stepId, used, cost, held + wallet, estimated, stop);
        book.Save();
        return Receipt(tx, step, used, cost, held + wallet, estimated, stop);

        long Pay(LedgerAccount from, long has)
        {
            var model = Math.Min(has, due.Model);
            var fee = Math.Min(has - model, due.Fee);
            var key = from == LedgerAccount.Held ? stepId : $"{stepId}/{from.Word()}";
            book.Move(from, LedgerAccount.Revenue, model, TransferKind.Charge, key + "/charge", stepId);
            book.Move(from, LedgerAccount.Fees, fee, TransferKind.Fee, key + "/fee", stepId);
            due = new StepCost(due.Model - model, due.Fee - fee);
            return model + fee;
        }
    }

    /// <summary>Gives a hold back whole: the step never ran.</summary>
    /// <returns>False where it was settled or released before.</returns>
    /// <exception cref="InvalidOperationException">There never was a hold of this step.</exception>
    public static bool Release(Tx tx, string stepId)
    {
        var (step, book) = Find(tx, stepId);
        if (step.EndedAtMs is not null)
            return false;
        book.Move(LedgerAccount.Held, LedgerAccount.Wallet, step.Held, TransferKind.Release, stepId + "/release", stepId);
        Repay(book, stepId);
        StepRows.Close(tx, stepId, default, default, 0, false, StepStop.Released);
        book.Save();
        return true;
    }

    /// <summary>Writes the receipt of a step that the org's own key paid for, or that was free: no money moves.</summary>
    /// <returns>False where it was written before.</returns>
    /// <exception cref="ArgumentException">The platform pays for this step: it needs a hold.</exception>
    public static bool Record(Tx tx, StepOrder order, TokenUsage usage, bool estimated, StepStop stop)
    {
        if (order.Source == StepSource.Platform)
            throw new ArgumentException("A step that the platform pays for is held and settled.", nameof(order));
        return StepRows.Record(tx, order, usage.Bounded(), estimated, stop);
    }

    private static (MeteredStep Step, OrgBook Book) Find(Tx tx, string stepId) =>
        StepRows.Lock(tx, stepId) ?? throw new InvalidOperationException($"No money was ever held for step {stepId}.");

    private static void Repay(OrgBook book, string stepId) =>
        book.Move(LedgerAccount.Wallet, LedgerAccount.Owed, Math.Min(book.Wallet, book.Owed), TransferKind.Repayment, stepId + "/repayment", stepId);

    private static HoldResult Refused(OrgBook book, HoldOutcome outcome, long held) => new(outcome, held, 0, book.Wallet, book.Held - held, book.Owed);

    private static StepReceipt Receipt(Tx tx, MeteredStep step, TokenUsage usage, StepCost cost, long paid, bool estimated, StepStop stop) => new(
        step.Id, step.SessionId, step.TurnId, step.ModelId, step.Source, step.Held, paid, Math.Max(0, step.Held - paid), cost.Total - paid, cost.Model, cost.Fee,
        step.Price, step.FeeRate, usage, estimated, stop, step.StartedAtMs, tx.NowMs);
}
