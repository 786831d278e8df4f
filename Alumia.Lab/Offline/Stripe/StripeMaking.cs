using System.Text.Json.Nodes;
using Alumia.Lab.Accounts;
using Alumia.Lab.Storage;

namespace Alumia.Lab.Offline.Stripe;

/// <summary>What the lab makes at the stand-in: customers, payment pages, and charges of saved payment methods.</summary>
internal sealed class StripeMaking(PublicUrls urls, StripePayments payments, StripeEvents events, OfflineDesk desk)
{
    private const long PageLastsSeconds = 24 * 3600;

    public static StripeAnswer Customer(Tx tx, StripeForm form) => new(StripeStore.Put(tx, StripeShapes.New(tx, StripeShapes.Customer, new JsonObject
    {
        ["name"] = form["name"],
        ["description"] = form["description"],
    })));

    public StripeAnswer Session(Tx tx, StripeForm form)
    {
        if (form["mode"] != "payment" || form["success_url"] is not { } successUrl)
            throw Refusal.Invalid("mode", "The stand-in knows payments with a success_url alone.");
        if (form["customer"] is { } customer && StripeStore.Get(tx, StripeShapes.Customer, customer) is null)
            throw Refusal.NotFound($"customer: '{customer}'");
        var amount = (form.Number("line_items[0][price_data][unit_amount]") ?? 0) * (form.Number("line_items[0][quantity]") ?? 1);
        if (amount <= 0)
            throw Refusal.Invalid("line_items", "A payment is more than nothing.");
        var session = StripeShapes.New(tx, StripeShapes.Session, new JsonObject
        {
            ["amount_subtotal"] = amount,
            ["amount_total"] = amount,
            ["cancel_url"] = form["cancel_url"],
            ["client_reference_id"] = form["client_reference_id"],
            ["currency"] = form["line_items[0][price_data][currency]"],
            ["customer"] = form["customer"],
            ["expires_at"] = tx.NowMs / 1000 + PageLastsSeconds,
            ["mode"] = "payment",
            ["payment_intent"] = null,
            ["payment_status"] = "unpaid",
            ["status"] = "open",
            ["success_url"] = successUrl,
            [StripeShapes.SavesMethod] = form["payment_intent_data[setup_future_usage]"] == "off_session",
        });
        // The address that people reach the lab by, not the one that it reaches itself by: their cookies belong to it.
        session["url"] = urls.To($"/{StripeAccount.Path}/pay/{session.Text("id")}");
        return new StripeAnswer(StripeStore.Put(tx, session));
    }

    public StripeAnswer Intent(Tx tx, StripeForm form)
    {
        if (form["payment_method"] is not { } methodId || StripeStore.Get(tx, StripeShapes.Method, methodId) is not { } method || method.Text("customer") != form["customer"])
            throw Refusal.NotFound($"payment_method: '{form["payment_method"]}'");
        if (form.Number("amount") is not > 0 || form["confirm"] != "true" || form["off_session"] != "true")
            throw Refusal.Invalid("amount", "The stand-in knows confirmed charges without their payer alone.");
        var metadata = new JsonObject();
        foreach (var (name, value) in form.Under("metadata"))
            metadata[name] = value;
        var intent = StripeShapes.New(tx, StripeShapes.Intent, new JsonObject
        {
            ["amount"] = form.Number("amount"),
            ["amount_received"] = 0,
            ["currency"] = form["currency"],
            ["customer"] = form["customer"],
            ["description"] = form["description"],
            ["metadata"] = metadata,
            ["payment_method"] = methodId,
            ["status"] = "processing",
        });
        if (desk.Value(OfflineSwitches.StripeDeclines) == "true" || method["card"]!.AsObject().Text("last4") == TestMethod.DeclinesLater[^4..])
            return Declined(tx, intent);
        payments.Confirm(tx, intent);
        return new StripeAnswer(intent);
    }

    private StripeAnswer Declined(Tx tx, JsonObject intent)
    {
        var error = new JsonObject { ["type"] = "card_error", ["code"] = "card_declined", ["message"] = "Your card was declined." };
        intent["status"] = "requires_payment_method";
        intent["last_payment_error"] = error.DeepClone();
        StripeStore.Put(tx, intent);
        events.Tell(tx, "payment_intent.payment_failed", intent);
        error["payment_intent"] = intent.DeepClone();
        return new StripeAnswer(new JsonObject { ["error"] = error }, StatusCodes.Status402PaymentRequired);
    }
}
