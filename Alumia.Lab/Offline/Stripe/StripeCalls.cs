using System.Text.Json.Nodes;
using Alumia.Lab.Storage;
using Microsoft.EntityFrameworkCore;

namespace Alumia.Lab.Offline.Stripe;

/// <summary>An answer of the stand-in's API: an object, or a failure that it words itself.</summary>
internal sealed record StripeAnswer(JsonObject Body, int Status = StatusCodes.Status200OK);

/// <summary>How calls are answered: what makes something is done once for an idempotency key, as Stripe does it.</summary>
internal sealed class StripeCalls(Writer writer, IDbContextFactory<LabDbContext> contexts)
{
    private const string Kept = "kept_answer";

    public async Task<IResult> OnceAsync(StripeForm form, Func<Tx, StripeAnswer> make, CancellationToken cancellation)
    {
        var answer = await writer.Write(tx =>
        {
            var id = $"idem_{form.Key}";
            if (form.Key is not null && tx.Db.Find<StripeObject>(id) is { } kept)
                return new StripeAnswer(StripeStore.Read(kept), int.Parse(kept.Under!, System.Globalization.CultureInfo.InvariantCulture));
            var made = make(tx);
            if (form.Key is not null)
                tx.Db.Add(new StripeObject { Id = id, Kind = Kept, Under = $"{made.Status}", Json = made.Body.ToJsonString(), CreatedAtMs = tx.NowMs });
            return made;
        }, cancellation);
        return StripeApi.Json(answer.Body, answer.Status);
    }

    public async Task<IResult> OneAsync(string kind, string id, IEnumerable<string> expand, CancellationToken cancellation)
    {
        await using var db = contexts.CreateDbContext();
        var thing = await ReadAsync(db, kind, id, cancellation) ?? throw Refusal.NotFound($"{kind}: '{id}'");
        foreach (var name in expand)
        {
            if (thing.Text(name) is { } inner)
                thing[name] = await ReadAsync(db, name, inner, cancellation);
        }
        return StripeApi.Json(thing);
    }

    /// <summary>The newest of a kind, all or those under something.</summary>
    public async Task<IResult> ListAsync(string kind, string? under, CancellationToken cancellation)
    {
        await using var db = contexts.CreateDbContext();
        var rows = await db.Set<StripeObject>().Where(row => row.Kind == kind && (under == null || row.Under == under)).OrderByDescending(row => row.Id).Take(100).ToListAsync(cancellation);
        return StripeApi.Json(StripeShapes.List("/v1", rows.Select(StripeStore.Read)));
    }

    private static async Task<JsonObject?> ReadAsync(LabDbContext db, string kind, string id, CancellationToken cancellation) =>
        await db.Set<StripeObject>().SingleOrDefaultAsync(row => row.Id == id && row.Kind == kind, cancellation) is { } row ? StripeStore.Read(row) : null;
}
