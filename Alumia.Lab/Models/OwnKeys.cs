using Alumia.Lab.Storage;
using Microsoft.EntityFrameworkCore;

namespace Alumia.Lab.Models;

/// <summary>The orgs' own keys, for the runtime, which acts for the org and not for a person.</summary>
public sealed class OwnKeys(IDbContextFactory<LabDbContext> contexts, Writer writer, KeyVault vault, TimeProvider clock)
{
    private const long UsedEveryMs = 60_000;

    // Read with every step, so compiled once.
    private readonly Func<LabDbContext, string, string, CancellationToken, Task<ProviderKey?>> _find = EF.CompileAsyncQuery(
        (LabDbContext db, string orgId, string provider, CancellationToken cancellation) => db.Set<ProviderKey>().SingleOrDefault(key => key.OrgId == orgId && key.Provider == provider));

    /// <summary>The change key of an org's key of one provider: it was added, replaced or removed.</summary>
    public static string Key(string orgId, string provider) => $"key:{orgId}/{provider}";

    /// <summary>The change key of all of an org's keys, and of what is known of them.</summary>
    public static string ListKey(string orgId) => $"provider-keys:{orgId}";

    /// <summary>The org's key of this provider (its slug); null where it has none.</summary>
    public async Task<ProviderKey?> FindAsync(string orgId, string provider, CancellationToken cancellation)
    {
        await using var db = contexts.CreateDbContext();
        return await _find(db, orgId, provider, cancellation);
    }

    /// <summary>Whether the org has a key of this provider (its slug), inside a transaction.</summary>
    public static bool Has(Tx tx, string orgId, string provider) =>
        tx.One("SELECT 1 FROM provider_key WHERE org_id = @org AND provider = @provider", static _ => true, ("org", orgId), ("provider", provider));

    /// <summary>The key itself; null where it cannot be read any more.</summary>
    public string? Open(ProviderKey row) => vault.Open(row);

    /// <summary>Remembers that the provider took the key: at most once a minute, and at once where it was thought bad.</summary>
    internal Task UsedAsync(ProviderKey key, CancellationToken cancellation)
    {
        var since = clock.NowMs() - UsedEveryMs;
        return key.LastUsedAtMs > since && key.Outcome == KeyOutcome.Good ? Task.CompletedTask : writer.Write(tx =>
        {
            // Many steps of one moment have read the same row.
            var isNews = tx.Run("""
                UPDATE provider_key SET last_used_at_ms = @now, checked_at_ms = @now, outcome = 'Good', said = ''
                WHERE id = @id AND (outcome <> 'Good' OR last_used_at_ms IS NULL OR last_used_at_ms <= @since)
                """, ("now", tx.NowMs), ("id", key.Id), ("since", since)) > 0;
            if (isNews)
                tx.Changed(ListKey(key.OrgId));
        }, cancellation);
    }

    /// <summary>Remembers that the provider refused the key to a step.</summary>
    internal Task RefusedAsync(ProviderKey key, string said) => writer.Write(tx =>
    {
        tx.Run("UPDATE provider_key SET checked_at_ms = @now, outcome = 'Refused', said = @said WHERE id = @id", ("now", tx.NowMs), ("said", said), ("id", key.Id));
        tx.Changed(ListKey(key.OrgId));
    });
}
