using System.Text.Json;
using Alumia.Lab.Agents;
using Alumia.Lab.Ledger;
using Alumia.Lab.Models;
using Alumia.Lab.Storage;
using Microsoft.EntityFrameworkCore;

namespace Alumia.Lab.Sessions;

/// <summary>
/// The section "402 PAYMENT_REQUIRED" of the document, for sessions: a step that cannot be paid parks its turn, and money, a key or another model
/// wakes it. Where other steps hold the money, it waits for what they give back, and says so.
/// </summary>
internal sealed class Funds(ModelCatalogue catalogue, OwnKeys keys, IDbContextFactory<LabDbContext> contexts) : IWakeChecker
{
    /// <summary>The document's words.</summary>
    public const string EmptyTitle = "Your balance is empty";

    /// <inheritdoc cref="EmptyTitle"/>
    public const string EmptyMessage = "Add funds to your billing balance before running paid models.";

    /// <summary>What a turn that is begun costs beside its message, in tokens of input, until its history is read: prompts and tools.</summary>
    private const long Beside = 1_500;

    private const string Waits = "funds";

    public string Kind => Waits;

    /// <summary>Holds money for the first step of a turn that begins; null where its model costs the balance nothing.</summary>
    public StepHold? Begin(Tx tx, TurnIdentity who, string text)
    {
        if (catalogue.Find(who.ModelId) is not { } model || !IsPaid(tx, who.OrgId, model))
            return null;
        var input = Beside + (text.Length / 3);
        var stepId = Id.New("stp", tx.NowMs);
        var limits = SpendLimits.Read(tx, who.OrgId, who.AgentId, who.SessionId);
        if (limits.Any(limit => limit.Left <= 0))
            return new StepHold(stepId, new HoldResult { Outcome = HoldOutcome.AwaitingFunds }, input); // Its turn runs, finds the same, and parks.
        var result = StepMeter.Of(who, model, StepSource.Platform, stepId).Hold(tx, input, limits);
        return new StepHold(stepId, result, input);
    }

    /// <summary>Whether a parked turn could go on now, as far as money goes.</summary>
    public bool CanGoOn(Tx tx, Session session)
    {
        var model = catalogue.Find(session.ModelId ?? AgentDirectory.ModelOfWorking(tx, session.OrgId, session.AgentId));
        if (model is null || !IsPaid(tx, session.OrgId, model))
            return true;
        var book = OrgBook.Open(tx, session.OrgId);
        return book.Owed == 0 && book.Wallet + book.Held >= Money.Cent;
    }

    /// <summary>What is short once a step that could not go on has been paid; null where a cent is left, and nobody else will give any back.</summary>
    public static HoldResult? Left(Tx tx, string orgId, HoldResult shortage)
    {
        var book = OrgBook.Open(tx, orgId);
        var outcome = book.Owed > 0 || book.Wallet + book.Held < Money.Cent ? HoldOutcome.PaymentRequired : book.Held > 0 ? HoldOutcome.AwaitingFunds : HoldOutcome.Held;
        return outcome == HoldOutcome.Held ? null : shortage with { Outcome = outcome, Held = 0, Wallet = book.Wallet, OthersHeld = book.Held, Owed = book.Owed };
    }

    /// <summary>Parks a turn whose step cannot be paid now.</summary>
    public static Appending Park(Tx tx, TurnIdentity who, StepMeter meter, HoldResult shortage, IReadOnlyList<SessionEventData>? first = null)
    {
        var status = shortage.Outcome == HoldOutcome.AwaitingFunds ? SessionStatus.AwaitingFunds : SessionStatus.PaymentRequired;
        Waker.Park(tx, new WakeCondition
        {
            SessionId = who.SessionId,
            OrgId = who.OrgId,
            TurnId = who.TurnId,
            Kind = Waits,
            Key = string.Join(' ', LedgerBook.FundsKey(who.OrgId), OwnKeys.Key(who.OrgId, meter.Model.Provider), AgentDirectory.Key(who.AgentId), Conversations.Key(who.SessionId)),
            Arguments = JsonSerializer.Serialize(status == SessionStatus.AwaitingFunds ? meter.Need : 0),
        });
        return status == SessionStatus.AwaitingFunds
            ? new Appending([.. first ?? [], .. SessionTroubles.HealFunds(tx, who, "Money is there again, held by other steps")], status, "Other sessions hold the balance; this one goes on as soon as they give some back.")
            : new Appending([.. first ?? [], SessionTroubles.RaiseUnpaid(tx, who, meter.Model, shortage)], status, EmptyMessage);
    }

    public async Task<bool> IsTrueAsync(WakeCondition condition, CancellationToken cancellation)
    {
        await using var db = contexts.CreateDbContext();
        var chosen = await ChosenModel.OfAsync(db, condition, cancellation);
        if (chosen is null || catalogue.Find(chosen) is not { } model || IsFree(model) || await keys.FindAsync(condition.OrgId, model.Provider, cancellation) is not null)
            return chosen is not null;
        var accounts = await db.Set<OrgAccounts>().SingleAsync(row => row.OrgId == condition.OrgId, cancellation);
        var isEmpty = accounts.Owed > 0 || accounts.Wallet + accounts.Held < Money.Cent;
        var need = JsonSerializer.Deserialize<long>(condition.Arguments);
        // Who waited for other steps, and sees the balance used up by them, goes on to say just that.
        return isEmpty ? need > 0 : accounts.Held == 0 || accounts.Wallet >= Math.Max(need, Money.Cent);
    }

    /// <summary>Whether a step of this model draws on the balance: it is not free, and the org has no key of its own for it.</summary>
    private bool IsPaid(Tx tx, string orgId, Model model) => !IsFree(model) && !OwnKeys.Has(tx, orgId, model.Provider);

    private bool IsFree(Model model) => StepMeter.IsFree(model, catalogue.ProviderOf(model));
}
