using System.Text.Json.Nodes;
using Alumia.Lab.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Alumia.Lab.Offline.Stripe;

/// <summary>Something that the stand-in for Stripe knows, as Stripe's API would show it.</summary>
public sealed class StripeObject
{
    public required string Id { get; init; }

    /// <summary>Stripe's name of the kind, such as <c>checkout.session</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>What it is found by besides its id: a session or a charge by its payment, a payment method by its customer.</summary>
    public string? Under { get; set; }

    public required string Json { get; set; }

    public required long CreatedAtMs { get; init; }

    /// <summary>For a payment that the bank has to confirm: when it does.</summary>
    public long? DueAtMs { get; set; }

    private sealed class Configuration : IEntityTypeConfiguration<StripeObject>
    {
        public void Configure(EntityTypeBuilder<StripeObject> builder)
        {
            builder.ToTable("offline_stripe_object");
            builder.HasIndex(row => new { row.Kind, row.Under });
            builder.HasIndex(row => row.DueAtMs).HasFilter("due_at_ms IS NOT NULL");
        }
    }
}

/// <summary>Objects of the stand-in, inside one transaction.</summary>
internal static class StripeStore
{
    public static JsonObject? Get(Tx tx, string kind, string id) => tx.Db.Find<StripeObject>(id) is { } row && row.Kind == kind ? Read(row) : null;

    /// <summary>The newest of a kind under something.</summary>
    public static JsonObject? Under(Tx tx, string kind, string under) =>
        tx.Db.Set<StripeObject>().Where(row => row.Kind == kind && row.Under == under).OrderByDescending(row => row.Id).FirstOrDefault() is { } row ? Read(row) : null;

    /// <summary>Stores an object of Stripe's shape, new or changed.</summary>
    public static JsonObject Put(Tx tx, JsonObject thing, string? under = null, long? dueAtMs = null)
    {
        var id = thing.Text("id")!;
        if (tx.Db.Find<StripeObject>(id) is { } row)
        {
            (row.Json, row.DueAtMs) = (thing.ToJsonString(), dueAtMs);
            row.Under = under ?? row.Under;
        }
        else
        {
            tx.Db.Add(new StripeObject { Id = id, Kind = thing.Text("object")!, Under = under, Json = thing.ToJsonString(), CreatedAtMs = tx.NowMs, DueAtMs = dueAtMs });
        }
        return thing;
    }

    public static JsonObject Read(StripeObject row) => JsonNode.Parse(row.Json)!.AsObject();

    public static string? Text(this JsonObject thing, string name) => thing[name]?.GetValue<string>();

    public static long Number(this JsonObject thing, string name) => thing[name]?.GetValue<long>() ?? 0;
}
