using System.Text.Json.Nodes;
using Alumia.Lab.Storage;

namespace Alumia.Lab.Offline.Stripe;

/// <summary>Tells the lab what happened: writes the event, and its delivery as the desk's switch wants it.</summary>
internal sealed class StripeEvents(OfflineDesk desk)
{
    /// <summary>The change key of deliveries.</summary>
    public const string Key = "offline-stripe";

    private const long LateMs = 10 * 60_000;
    private const long LongestHoldMs = 15_000;
    private const long OvertakenByMs = 1_000;

    /// <summary>Something happened to an object, which is told as it is now.</summary>
    public void Tell(Tx tx, string type, JsonObject about)
    {
        var told = StripeShapes.NewEvent(tx, type, about);
        StripeStore.Put(tx, told);
        switch (desk.Value(OfflineSwitches.StripeWebhooks))
        {
            case "late":
                Send(tx, told, tx.NowMs + LateMs, "held back for ten minutes");
                break;
            case "lost":
                Send(tx, told, null, "lost");
                break;
            case "doubled":
                Send(tx, told, tx.NowMs, "on its way");
                Send(tx, told, tx.NowMs, "on its way once more");
                break;
            case "out-of-order":
                Overtake(tx, told);
                break;
            default:
                Send(tx, told, tx.NowMs, "on its way");
                break;
        }
        tx.Changed(Key);
    }

    /// <summary>The event that waits is sent after this one; where none waits, this one does.</summary>
    private static void Overtake(Tx tx, JsonObject told)
    {
        var held = tx.Db.ChangeTracker.Entries<StripeDelivery>().Select(entry => entry.Entity).Union(tx.Db.Set<StripeDelivery>().Where(row => row.IsHeld).AsEnumerable()).Where(row => row.IsHeld).ToList();
        foreach (var earlier in held)
            (earlier.IsHeld, earlier.DueAtMs) = (false, tx.NowMs + OvertakenByMs);
        var delivery = Send(tx, told, held.Count > 0 ? tx.NowMs : tx.NowMs + LongestHoldMs, held.Count > 0 ? "overtakes another" : "waits to be overtaken");
        delivery.IsHeld = held.Count == 0;
    }

    private static StripeDelivery Send(Tx tx, JsonObject told, long? dueAtMs, string how)
    {
        var delivery = new StripeDelivery { EventId = told.Text("id")!, Type = told.Text("type")!, Body = told.ToJsonString(), CreatedAtMs = tx.NowMs, DueAtMs = dueAtMs, How = how };
        tx.Db.Add(delivery);
        return delivery;
    }
}
