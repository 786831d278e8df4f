using System.Text.Json.Nodes;
using Alumia.Lab.Billing;

namespace Alumia.Lab.Tests.Billing;

/// <summary>What happens to one payment at Stripe: its events, and what must come of it in whatever order they come.</summary>
internal sealed record PaymentStory(IReadOnlyList<(string Type, JsonObject About)> Events, long CreditedCents, DepositStatus Status)
{
    private static readonly string[] _kinds = ["paid", "late", "refused", "expired", "part", "whole", "won", "lost", "inquiry", "less", "crowns"];

    /// <summary>A story of a deposit, of any kind.</summary>
    public static PaymentStory Of(Random random, string sessionId, long cents, int number)
    {
        var intent = $"pi_story{number:d6}{random.NextInt64():x16}";
        var kind = _kinds[random.Next(_kinds.Length)];
        var session = Session(sessionId, cents, "complete", "paid", intent);
        var completed = ("checkout.session.completed", session);
        var part = cents / 4;
        return kind switch
        {
            "late" => new([("checkout.session.completed", Session(sessionId, cents, "complete", "unpaid", intent)), ("checkout.session.async_payment_succeeded", session)], cents, DepositStatus.Succeeded),
            "refused" => new([("checkout.session.completed", Session(sessionId, cents, "complete", "unpaid", intent)), ("checkout.session.async_payment_failed", Session(sessionId, cents, "complete", "unpaid", intent))], 0, DepositStatus.Failed),
            "expired" => new([("checkout.session.expired", Session(sessionId, cents, "expired", "unpaid", null))], 0, DepositStatus.Expired),
            "part" => new([completed, Refund(intent, cents, part), Refund(intent, cents, 2 * part), Refund(intent, cents, 3 * part)], cents - (3 * part), DepositStatus.Succeeded),
            "whole" => new([completed, Refund(intent, cents, part), Refund(intent, cents, cents)], 0, DepositStatus.Refunded),
            "won" => new([completed, Dispute("created", "needs_response"), Dispute("funds_withdrawn", "needs_response"), Dispute("closed", "won"), Dispute("funds_reinstated", "won")], cents, DepositStatus.Succeeded),
            "lost" => new([completed, Dispute("created", "needs_response"), Dispute("funds_withdrawn", "needs_response"), Dispute("closed", "lost")], 0, DepositStatus.Disputed),
            "inquiry" => new([completed, Dispute("created", "warning_needs_response"), Dispute("closed", "warning_closed")], cents, DepositStatus.Succeeded),
            "less" => new([("checkout.session.completed", Session(sessionId, cents - 1, "complete", "paid", intent))], 0, DepositStatus.Failed),
            "crowns" => new([("checkout.session.completed", Session(sessionId, cents, "complete", "paid", intent, "sek"))], 0, DepositStatus.Failed),
            _ => new([completed], cents, DepositStatus.Succeeded),
        };

        (string, JsonObject) Dispute(string what, string status) => ($"charge.dispute.{what}", new JsonObject
        {
            ["id"] = $"dp_{intent}",
            ["object"] = "dispute",
            ["amount"] = cents,
            ["currency"] = "usd",
            ["payment_intent"] = intent,
            ["status"] = status,
        });
    }

    public static JsonObject Session(string id, long cents, string status, string payment, string? intent, string currency = "usd") => new()
    {
        ["id"] = id,
        ["object"] = "checkout.session",
        ["amount_total"] = cents,
        ["currency"] = currency,
        // Lies, which nothing of the lab's may believe.
        ["client_reference_id"] = "dep_of_somebody_else",
        ["metadata"] = new JsonObject { ["org"] = "org_of_somebody_else", ["amountCents"] = "1000000" },
        ["mode"] = "payment",
        ["payment_intent"] = intent,
        ["payment_status"] = payment,
        ["status"] = status,
    };

    private static (string, JsonObject) Refund(string intent, long cents, long refunded) => ("charge.refunded", new JsonObject
    {
        ["id"] = $"ch_{intent}",
        ["object"] = "charge",
        ["amount"] = cents,
        ["amount_refunded"] = refunded,
        ["currency"] = "usd",
        ["payment_intent"] = intent,
        ["refunded"] = refunded == cents,
    });
}
