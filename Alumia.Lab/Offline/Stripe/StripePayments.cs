using System.Text.Json.Nodes;
using Alumia.Lab.Storage;

namespace Alumia.Lab.Offline.Stripe;

/// <summary>What payers and their banks do at the stand-in.</summary>
internal sealed class StripePayments(Writer writer, OfflineDesk desk, StripeEvents events)
{
    /// <summary>Pays an open session; returns why not, or null where it was taken.</summary>
    public Task<string?> PayAsync(string sessionId, string? number, CancellationToken cancellation) => writer.Write(tx =>
    {
        var session = SessionOf(tx, sessionId);
        if (session.Text("status") != "open")
            return "This payment page is closed.";
        if (TestMethod.Find(number) is not { } method)
            return "The stand-in knows only the numbers below.";
        if (method.Outcome == TestOutcome.Declined)
            return "Your card was declined.";
        var intent = StripeShapes.New(tx, StripeShapes.Intent, new JsonObject
        {
            ["amount"] = session.Number("amount_total"),
            ["amount_received"] = 0,
            ["currency"] = session.Text("currency"),
            ["customer"] = session.Text("customer"),
            ["status"] = "processing",
        });
        if (method.IsCard && session[StripeShapes.SavesMethod]?.GetValue<bool>() is true)
            intent["payment_method"] = Save(tx, session.Text("customer")!, method);
        (session["status"], session["payment_intent"]) = ("complete", intent.Text("id"));
        StripeStore.Put(tx, session, under: intent.Text("id"));
        if (method.IsCard)
        {
            Confirm(tx, intent);
            session["payment_status"] = "paid";
            StripeStore.Put(tx, session);
        }
        else
        {
            var fails = method.Outcome == TestOutcome.RefusedByBank;
            intent["x_fails"] = fails;
            StripeStore.Put(tx, intent, dueAtMs: tx.NowMs + desk.Number(OfflineSwitches.StripeBankSeconds) * 1000L);
        }
        events.Tell(tx, "checkout.session.completed", session);
        return null;
    }, cancellation);

    /// <summary>The bank answers for a payment that is processing.</summary>
    public void Answer(Tx tx, JsonObject intent)
    {
        var session = StripeStore.Under(tx, StripeShapes.Session, intent.Text("id")!)!;
        if (intent["x_fails"]?.GetValue<bool>() is true)
        {
            intent["status"] = "requires_payment_method";
            intent["last_payment_error"] = new JsonObject { ["type"] = "card_error", ["code"] = "payment_intent_payment_attempt_failed", ["message"] = "The customer's bank account could not be debited." };
            StripeStore.Put(tx, intent);
            events.Tell(tx, "payment_intent.payment_failed", intent);
            events.Tell(tx, "checkout.session.async_payment_failed", session);
            return;
        }
        Confirm(tx, intent);
        session["payment_status"] = "paid";
        StripeStore.Put(tx, session);
        events.Tell(tx, "checkout.session.async_payment_succeeded", session);
    }

    /// <summary>Money moves: the payment has a charge, and both are told.</summary>
    public void Confirm(Tx tx, JsonObject intent)
    {
        var charge = StripeShapes.New(tx, StripeShapes.Charge, new JsonObject
        {
            ["amount"] = intent.Number("amount"),
            ["amount_refunded"] = 0,
            ["currency"] = intent.Text("currency"),
            ["customer"] = intent.Text("customer"),
            ["disputed"] = false,
            ["paid"] = true,
            ["payment_intent"] = intent.Text("id"),
            ["refunded"] = false,
            ["status"] = "succeeded",
        });
        StripeStore.Put(tx, charge, under: intent.Text("id"));
        (intent["status"], intent["amount_received"], intent["latest_charge"]) = ("succeeded", intent.Number("amount"), charge.Text("id"));
        StripeStore.Put(tx, intent);
        events.Tell(tx, "payment_intent.succeeded", intent);
        events.Tell(tx, "charge.succeeded", charge);
    }

    /// <summary>Nobody paid in time.</summary>
    public Task<JsonObject> ExpireAsync(string sessionId, CancellationToken cancellation) => writer.Write(tx =>
    {
        var session = SessionOf(tx, sessionId);
        if (session.Text("status") != "open")
            throw Refusal.Conflict("Only an open session can expire.");
        session["status"] = "expired";
        StripeStore.Put(tx, session);
        events.Tell(tx, "checkout.session.expired", session);
        return session;
    }, cancellation);

    /// <summary>Pays back so much of a payment, in cents; null for what is left of it.</summary>
    public Task<JsonObject> RefundAsync(string intentId, long? cents, CancellationToken cancellation) => writer.Write(tx =>
    {
        var charge = ChargeOf(tx, intentId);
        var left = charge.Number("amount") - charge.Number("amount_refunded");
        var amount = cents ?? left;
        if (amount <= 0 || amount > left)
            throw Refusal.Conflict("There is not so much left to be refunded.");
        charge["amount_refunded"] = charge.Number("amount_refunded") + amount;
        charge["refunded"] = charge.Number("amount_refunded") == charge.Number("amount");
        StripeStore.Put(tx, charge);
        events.Tell(tx, "charge.refunded", charge);
        return StripeStore.Put(tx, StripeShapes.New(tx, StripeShapes.Refund, new JsonObject
        {
            ["amount"] = amount,
            ["charge"] = charge.Text("id"),
            ["currency"] = charge.Text("currency"),
            ["payment_intent"] = intentId,
            ["status"] = "succeeded",
        }), under: intentId);
    }, cancellation);

    /// <summary>The payer's bank takes the money back until the dispute is decided.</summary>
    public Task DisputeAsync(string intentId, CancellationToken cancellation) => writer.Write(tx =>
    {
        var charge = ChargeOf(tx, intentId);
        if (charge["disputed"]?.GetValue<bool>() is true)
            throw Refusal.Conflict("It is disputed already.");
        charge["disputed"] = true;
        StripeStore.Put(tx, charge);
        var dispute = StripeStore.Put(tx, StripeShapes.New(tx, StripeShapes.Dispute, new JsonObject
        {
            ["amount"] = charge.Number("amount"),
            ["charge"] = charge.Text("id"),
            ["currency"] = charge.Text("currency"),
            ["payment_intent"] = intentId,
            ["reason"] = "fraudulent",
            ["status"] = "needs_response",
        }), under: intentId);
        events.Tell(tx, "charge.dispute.created", dispute);
        events.Tell(tx, "charge.dispute.funds_withdrawn", dispute);
    }, cancellation);

    /// <summary>The dispute is decided, for us or for the payer.</summary>
    public Task CloseDisputeAsync(string intentId, bool isWon, CancellationToken cancellation) => writer.Write(tx =>
    {
        if (StripeStore.Under(tx, StripeShapes.Dispute, intentId) is not { } dispute || dispute.Text("status") is "won" or "lost")
            throw Refusal.Conflict("No dispute of it is open.");
        dispute["status"] = isWon ? "won" : "lost";
        StripeStore.Put(tx, dispute);
        events.Tell(tx, "charge.dispute.closed", dispute);
        if (isWon)
            events.Tell(tx, "charge.dispute.funds_reinstated", dispute);
    }, cancellation);

    private static string Save(Tx tx, string customerId, TestMethod method)
    {
        var saved = StripeShapes.New(tx, StripeShapes.Method, new JsonObject
        {
            ["type"] = "card",
            ["customer"] = customerId,
            ["card"] = new JsonObject { ["brand"] = "visa", ["last4"] = method.Last4, ["exp_month"] = 12, ["exp_year"] = 2034 },
        });
        return StripeStore.Put(tx, saved, under: customerId).Text("id")!;
    }

    private static JsonObject SessionOf(Tx tx, string id) => StripeStore.Get(tx, StripeShapes.Session, id) ?? throw Refusal.NotFound("checkout session");

    private static JsonObject ChargeOf(Tx tx, string intentId) => StripeStore.Under(tx, StripeShapes.Charge, intentId) ?? throw Refusal.NotFound("charge");
}
