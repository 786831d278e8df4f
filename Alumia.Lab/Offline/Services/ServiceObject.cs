using System.Text.Json;
using Alumia.Lab.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Alumia.Lab.Offline.Services;

/// <summary>Something in an account at the stand-in services: a mail, an event, an issue, a file.</summary>
public sealed class ServiceObject
{
    public required string Account { get; init; }

    public required string Kind { get; init; }

    /// <summary>The service's id of it, unique in its kind and account.</summary>
    public required string Id { get; init; }

    public required string Json { get; set; }

    public required long CreatedAtMs { get; init; }

    private sealed class Configuration : IEntityTypeConfiguration<ServiceObject>
    {
        public void Configure(EntityTypeBuilder<ServiceObject> builder) =>
            builder.ToTable("offline_service_object").HasKey(thing => new { thing.Account, thing.Kind, thing.Id });
    }
}

/// <summary>Reads and writes what the accounts hold. Accounts are small, so that kinds are read whole and looked through in memory.</summary>
internal sealed class ServiceStore(Writer writer, IDbContextFactory<LabDbContext> contexts)
{
    /// <summary>All of a kind, the oldest first.</summary>
    public async Task<IReadOnlyList<T>> ListAsync<T>(string account, string kind, CancellationToken cancellation)
    {
        await using var db = contexts.CreateDbContext();
        var rows = await db.Set<ServiceObject>().Where(row => row.Account == account && row.Kind == kind).OrderBy(row => row.CreatedAtMs).ThenBy(row => row.Id).ToListAsync(cancellation);
        return [.. rows.Select(row => Read<T>(row.Json))];
    }

    public async Task<T?> FindAsync<T>(string account, string kind, string id, CancellationToken cancellation) where T : class
    {
        await using var db = contexts.CreateDbContext();
        return await db.Set<ServiceObject>().SingleOrDefaultAsync(row => row.Account == account && row.Kind == kind && row.Id == id, cancellation) is { } row ? Read<T>(row.Json) : null;
    }

    /// <summary>Adds something; what it is may depend on how many of its kind there are.</summary>
    public Task<T> AddAsync<T>(string account, string kind, Func<Tx, int, (string Id, T Thing)> make, CancellationToken cancellation) => writer.Write(tx =>
    {
        // Two that add at once take turns, so that no number is given twice.
        OAuth.OAuthAccount.Locked(tx, account);
        var (id, thing) = make(tx, tx.Db.Set<ServiceObject>().Count(row => row.Account == account && row.Kind == kind));
        Put(tx, account, kind, id, thing);
        tx.Changed(OAuth.OAuthGrants.Key);
        return thing;
    }, cancellation);

    /// <summary>Changes or, where it becomes nothing, deletes something; null where it is not there.</summary>
    public Task<T?> ChangeAsync<T>(string account, string kind, string id, Func<T, T?> change, CancellationToken cancellation) where T : class => writer.Write(tx =>
    {
        OAuth.OAuthAccount.Locked(tx, account);
        if (tx.Db.Find<ServiceObject>(account, kind, id) is not { } row)
            return null;
        var before = Read<T>(row.Json);
        var after = change(before);
        if (after is null)
            tx.Db.Remove(row);
        else
            row.Json = JsonSerializer.Serialize(after);
        tx.Changed(OAuth.OAuthGrants.Key);
        return after ?? before;
    }, cancellation);

    public static void Put<T>(Tx tx, string account, string kind, string id, T thing) =>
        tx.Db.Add(new ServiceObject { Account = account, Kind = kind, Id = id, Json = JsonSerializer.Serialize(thing), CreatedAtMs = tx.NowMs });

    public static T Read<T>(string json) => JsonSerializer.Deserialize<T>(json)!;
}
