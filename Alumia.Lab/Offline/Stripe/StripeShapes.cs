using System.Text.Json.Nodes;
using Alumia.Lab.Storage;
using Stripe;

namespace Alumia.Lab.Offline.Stripe;

/// <summary>Stripe's objects as its API shows them, with the fields that its clients read.</summary>
internal static class StripeShapes
{
    public const string Customer = "customer";
    public const string Session = "checkout.session";
    public const string Intent = "payment_intent";
    public const string Method = "payment_method";
    public const string Charge = "charge";
    public const string Dispute = "dispute";
    public const string Refund = "refund";
    public const string Event = "event";

    /// <summary>What a session keeps to itself: whether the payment method is to be saved.</summary>
    public const string SavesMethod = "x_saves_method";

    private static readonly Dictionary<string, string> _prefixes = new()
    {
        [Customer] = "cus",
        [Session] = "cs_test",
        [Intent] = "pi",
        [Method] = "pm",
        [Charge] = "ch",
        [Dispute] = "dp",
        [Refund] = "re",
        [Event] = "evt",
    };

    /// <summary>A new object of this kind with these fields.</summary>
    public static JsonObject New(Tx tx, string kind, JsonObject fields)
    {
        var thing = new JsonObject
        {
            ["id"] = Id.New(_prefixes[kind], tx.NowMs),
            ["object"] = kind,
            ["created"] = tx.NowMs / 1000,
            ["livemode"] = false,
            ["metadata"] = new JsonObject(),
        };
        foreach (var (name, value) in fields)
            thing[name] = value?.DeepClone();
        return thing;
    }

    /// <summary>An event that tells of an object as it is now.</summary>
    public static JsonObject NewEvent(Tx tx, string type, JsonObject about)
    {
        var told = New(tx, Event, new JsonObject
        {
            ["api_version"] = StripeConfiguration.ApiVersion,
            ["data"] = new JsonObject { ["object"] = about.DeepClone() },
            ["pending_webhooks"] = 1,
            ["request"] = new JsonObject { ["id"] = null, ["idempotency_key"] = null },
            ["type"] = type,
        });
        told.Remove("metadata");
        return told;
    }

    public static JsonObject List(string url, IEnumerable<JsonObject> data) =>
        new() { ["object"] = "list", ["url"] = url, ["has_more"] = false, ["data"] = new JsonArray([.. data]) };
}
