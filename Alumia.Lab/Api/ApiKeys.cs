using System.Security.Cryptography;
using System.Text;
using Alumia.Lab.Organizations;
using Alumia.Lab.Storage;
using Alumia.Lab.Troubles;
using Microsoft.EntityFrameworkCore;

namespace Alumia.Lab.Api;

/// <summary>A key as it is shown once: its row, and the key itself.</summary>
public sealed record NewApiKey(ApiKey Key, string Secret);

/// <summary>A key with the name of who made it.</summary>
public sealed record ApiKeyLine(ApiKey Key, string CreatedBy, KeyState State);

/// <summary>
/// The keys of the HTTP API. Members make and see their own; owners and admins see and revoke all. A key stays in the list when it is revoked
/// or has expired, and dies with its maker's membership.
/// </summary>
public sealed class ApiKeys(IDbContextFactory<LabDbContext> contexts, Writer writer, Audit audit, Members members, TimeProvider clock, IHostEnvironment environment)
{
    private const int PrefixLength = 12;
    private const int MostRefusals = 20;
    private const long RefusalFadesMs = 60 * 60_000;
    private const long RefusalKeptMs = 30L * 24 * 60 * 60_000;
    private const long UndoMs = 60_000;

    // Read with every call, so compiled once.
    private readonly Func<LabDbContext, string, CancellationToken, Task<ApiKey?>> _byHash = EF.CompileAsyncQuery(
        (LabDbContext db, string hash, CancellationToken cancellation) =>
            db.Set<ApiKey>().SingleOrDefault(key => key.Hash == hash)); // Of every org: who bears it is not known yet.

    /// <summary>The kind of trouble that an owner sees when a client with one of the org's keys gets 401.</summary>
    internal const string RefusedKind = "api_key_refused";

    /// <summary>The change key of an org's keys.</summary>
    public static string ListKey(string orgId) => $"api-keys:{orgId}";

    /// <summary>The newest first: all of the org's for owners and admins, one's own for others.</summary>
    public async Task<IReadOnlyList<ApiKeyLine>> ListAsync(OrgScope scope, CancellationToken cancellation)
    {
        var names = (await members.ListAsync(scope, cancellation)).ToDictionary(member => member.UserId, member => member.Name);
        await using var db = contexts.CreateDbContext();
        var keys = await Mine(db.In<ApiKey>(scope), scope).OrderByDescending(key => key.CreatedAtMs).ThenByDescending(key => key.Id).ToListAsync(cancellation);
        return keys.ConvertAll(key => new ApiKeyLine(key, names.GetValueOrDefault(key.UserId, "A former member"), StateOf(key, names.ContainsKey(key.UserId))));
    }

    /// <summary>The last calls that bore one of these keys and were refused, the newest first.</summary>
    public async Task<IReadOnlyList<KeyRefusal>> RefusalsAsync(OrgScope scope, CancellationToken cancellation)
    {
        await using var db = contexts.CreateDbContext();
        var mine = Mine(db.In<ApiKey>(scope), scope).Select(key => key.Id);
        return await db.In<KeyRefusal>(scope).Where(refusal => mine.Contains(refusal.KeyId)).OrderByDescending(refusal => refusal.AtMs).Take(MostRefusals).ToListAsync(cancellation);
    }

    /// <summary>Makes a key. The secret is not kept: this is the only time that it is told.</summary>
    /// <param name="scope">Who makes it.</param>
    /// <param name="label">1 to 100 characters.</param>
    /// <param name="scopes">What it may do.</param>
    /// <param name="expiresAtMs">UTC ms; null for never.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    public Task<NewApiKey> CreateAsync(OrgScope scope, string label, KeyScopes scopes, long? expiresAtMs, CancellationToken cancellation)
    {
        scope.Require(OrgRole.Member);
        if (label.Trim() is not { Length: > 0 and <= 100 } trimmed)
            throw Refusal.Invalid("label", "A key's label has 1 to 100 characters.");
        if ((scopes & KeyScopes.All) == KeyScopes.None || (scopes & ~KeyScopes.All) != KeyScopes.None)
            throw Refusal.Invalid("scopes", "Choose at least one of read, chat and manage.");
        if (expiresAtMs <= clock.NowMs())
            throw Refusal.Invalid("expiresAt", "The key would have expired already.");
        return writer.Write(tx => Add(tx, scope, trimmed, scopes, expiresAtMs, "key.created"), cancellation);
    }

    /// <summary>Ends a key at once.</summary>
    /// <exception cref="Refusal">Not found, or ended already.</exception>
    public Task RevokeAsync(OrgScope scope, string keyId, CancellationToken cancellation) => writer.Write(tx =>
    {
        var key = Find(tx, scope, keyId);
        if (key.RevokedAtMs is not null)
            throw Refusal.Conflict("This key is revoked already.");
        key.RevokedAtMs = tx.NowMs;
        audit.Write(tx, scope, "key.revoked", key.Label, key.Prefix);
        tx.Changed(ListKey(scope.OrgId));
    }, cancellation);

    /// <summary>Takes a revoking back that was a slip: within a minute.</summary>
    /// <exception cref="Refusal">Not found, not revoked, or longer ago.</exception>
    public Task UndoRevokeAsync(OrgScope scope, string keyId, CancellationToken cancellation) => writer.Write(tx =>
    {
        var key = Find(tx, scope, keyId);
        if (!(key.RevokedAtMs > tx.NowMs - UndoMs))
            throw Refusal.Conflict("Only a key that was revoked within the last minute can be brought back. Create a new one.");
        key.RevokedAtMs = null;
        audit.Write(tx, scope, "key.restored", key.Label, key.Prefix);
        tx.Changed(ListKey(scope.OrgId));
    }, cancellation);

    /// <summary>A new key with the same label and scopes; the old one ends at once, or after a grace in which both work.</summary>
    /// <exception cref="Refusal">Not found, or ended already.</exception>
    public Task<NewApiKey> RegenerateAsync(OrgScope scope, string keyId, TimeSpan grace, CancellationToken cancellation) => writer.Write(tx =>
    {
        var old = Find(tx, scope, keyId);
        if (old.StateAt(tx.NowMs) != KeyState.Active)
            throw Refusal.Conflict("This key has ended already. Create a new one.");
        if (old.UserId != scope.UserId)
            throw Refusal.Forbidden("Only the person who made a key can regenerate it: the new one acts with their rights.");
        if (grace > TimeSpan.Zero)
            old.ExpiresAtMs = Math.Min(old.ExpiresAtMs ?? long.MaxValue, tx.NowMs + (long)grace.TotalMilliseconds);
        else
            old.RevokedAtMs = tx.NowMs;
        return Add(tx, scope, old.Label, old.Scopes, null, "key.regenerated");
    }, cancellation);

    /// <summary>The row of a key; null where there is none.</summary>
    internal async Task<ApiKey?> BySecretAsync(string secret, CancellationToken cancellation)
    {
        var hash = HashOf(secret);
        await using var db = contexts.CreateDbContext();
        return await _byHash(db, hash, cancellation);
    }

    /// <summary>Remembers that a key was used, at most once a minute.</summary>
    internal Task UsedAsync(ApiKey key, CancellationToken cancellation) => key.LastUsedAtMs > clock.NowMs() - 60_000
        ? Task.CompletedTask
        : writer.Write(tx =>
        {
            tx.Run("UPDATE api_key SET last_used_at_ms = @now WHERE id = @id", ("@now", tx.NowMs), ("@id", key.Id));
            TroubleLog.Heal(tx, key.OrgId, About(key), "A call with this key passed", RefusedKind);
            tx.Changed(ListKey(key.OrgId));
        }, cancellation);

    private KeyState StateOf(ApiKey key, bool hasMaker) =>
        key.StateAt(clock.NowMs()) is var state && state == KeyState.Active && !hasMaker ? KeyState.Orphaned : state;

    private static string About(ApiKey key) => $"api-key:{key.Id}";

    /// <summary>Remembers why a call with a key was refused: once a minute for each key and cause.</summary>
    internal Task RefusedAsync(ApiKey key, string cause, CancellationToken cancellation) => writer.Write(tx =>
    {
        var since = tx.NowMs - 60_000;
        // Of the key's own org, whichever the caller named.
        if (tx.Db.Set<KeyRefusal>().Any(row => row.OrgId == key.OrgId && row.KeyId == key.Id && row.Cause == cause && row.AtMs > since))
            return;
        TroubleLog.Raise(tx, key.OrgId, RefusedKind, About(key), "A client's key is refused",
            $"A client bears the key {key.Label} ({key.Prefix}…) and gets 401: {cause}.",
            [new Evidence("Key", $"{key.Label}, {key.Prefix}…"), new Evidence("Cause", cause)], [new Fix(OpenKeysFix.OpenKeys, "Open API keys")], fadesAtMs: tx.NowMs + RefusalFadesMs);
        tx.Db.Add(new KeyRefusal { Id = Id.New("krf", tx.NowMs), OrgId = key.OrgId, KeyId = key.Id, Prefix = key.Prefix, AtMs = tx.NowMs, Cause = cause });
        tx.Run("DELETE FROM key_refusal WHERE org_id = @org AND at_ms < @old", ("@org", key.OrgId), ("@old", tx.NowMs - RefusalKeptMs));
        tx.Changed(ListKey(key.OrgId));
    }, cancellation);

    private static IQueryable<ApiKey> Mine(IQueryable<ApiKey> keys, OrgScope scope) =>
        scope.Can(OrgRole.Admin) ? keys : keys.Where(key => key.UserId == scope.UserId);

    private static ApiKey Find(Tx tx, OrgScope scope, string keyId)
    {
        scope.Require(OrgRole.Member);
        return Mine(tx.Db.In<ApiKey>(scope), scope).SingleOrDefault(key => key.Id == keyId) ?? throw Refusal.NotFound("key");
    }

    private static string HashOf(string secret) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(secret)));

    private NewApiKey Add(Tx tx, OrgScope scope, string label, KeyScopes scopes, long? expiresAtMs, string action)
    {
        var secret = $"{(environment.IsProduction() ? "alm_live_" : "alm_test_")}{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24))}";
        var key = new ApiKey
        {
            Id = Id.New("key", tx.NowMs),
            OrgId = scope.OrgId,
            UserId = scope.UserId,
            Label = label,
            Prefix = secret[..PrefixLength],
            Hash = HashOf(secret),
            Scopes = scopes,
            CreatedAtMs = tx.NowMs,
            ExpiresAtMs = expiresAtMs,
        };
        tx.Db.Add(key);
        audit.Write(tx, scope, action, label, key.Prefix);
        tx.Changed(ListKey(scope.OrgId));
        return new NewApiKey(key, secret);
    }
}
