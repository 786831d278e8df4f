using Alumia.Lab.Accounts;
using Alumia.Lab.Organizations;
using Alumia.Lab.Storage;
using Microsoft.EntityFrameworkCore;

namespace Alumia.Lab.Models;

/// <summary>A key as people see it. The key itself is told to nobody.</summary>
public sealed record ProviderKeyLine(
    string Id, string Provider, string ProviderName, string Prefix, string AddedBy, long CreatedAtMs, long? LastUsedAtMs, long CheckedAtMs, KeyOutcome Outcome, string Said);

/// <summary>
/// An org's own keys of providers (BYOK), as its people see and change them: every member sees which there are, owners and admins add and remove.
/// A key is matched by its provider, for all of its models and all agents.
/// </summary>
public sealed class ProviderKeys(
    IDbContextFactory<LabDbContext> contexts, Writer writer, Audit audit, IUserNames names, ModelCatalogue catalogue, KeyVault vault, KeyCheck check)
{
    private const int MostCharacters = 500;

    /// <summary>Why others than owners and admins see no button.</summary>
    public const string AdminsOnly = "Only owners and admins add and remove provider keys.";

    /// <summary>The providers that a key can be added for, by name.</summary>
    public IReadOnlyList<Provider> Providers { get; } =
        [.. catalogue.Providers.Where(provider => provider.NeedsKey).OrderBy(provider => provider.Name, StringComparer.OrdinalIgnoreCase)];

    /// <summary>Whether this person may add and remove.</summary>
    public static bool MayChange(OrgScope scope) => scope.Can(OrgRole.Admin);

    /// <summary>The org's keys, by the provider's name.</summary>
    public async Task<IReadOnlyList<ProviderKeyLine>> ListAsync(OrgScope scope, CancellationToken cancellation)
    {
        await using var db = contexts.CreateDbContext();
        var keys = await db.In<ProviderKey>(scope).ToListAsync(cancellation);
        var people = await names.OfAsync(keys.Select(key => key.AddedBy), cancellation);
        return [.. keys.Select(key => LineOf(key, people)).OrderBy(line => line.ProviderName, StringComparer.OrdinalIgnoreCase)];
    }

    /// <summary>Asks the provider whether it takes the key, and keeps it where it does, or where it could not be asked; an older key of this provider goes.</summary>
    /// <param name="scope">Who adds it: an owner or admin.</param>
    /// <param name="provider">The provider's slug.</param>
    /// <param name="key">As the provider gave it; spaces around it do not count.</param>
    /// <param name="cancellation">Ends the asking; nothing is stored.</param>
    /// <exception cref="Refusal">Forbidden; invalid: no such provider, no key, or the provider refuses it.</exception>
    public async Task<ProviderKeyLine> AddAsync(OrgScope scope, string provider, string key, CancellationToken cancellation)
    {
        RequireAdmin(scope);
        var known = Providers.FirstOrDefault(each => each.Slug == provider) ?? throw Refusal.Invalid("provider", "There is no such provider here.");
        key = Checked(key);
        var said = await check.CheckAsync(known, key, cancellation);
        if (said.Outcome == KeyOutcome.Refused)
            throw Refusal.Invalid("key", $"The key was not added. {said.Said}");
        var secret = vault.Lock(scope.OrgId, known.Slug, key);
        var row = await writer.Write(tx =>
        {
            OrgQueries.Lock(tx, scope.OrgId);
            var isReplaced = tx.Run("DELETE FROM provider_key WHERE org_id = @org AND provider = @provider", ("org", scope.OrgId), ("provider", known.Slug)) > 0;
            var added = new ProviderKey
            {
                Id = Id.New("pky", tx.NowMs),
                OrgId = scope.OrgId,
                Provider = known.Slug,
                Secret = secret,
                Prefix = ProviderKey.PrefixOf(key),
                AddedBy = scope.UserId,
                CreatedAtMs = tx.NowMs,
                CheckedAtMs = tx.NowMs,
                Outcome = said.Outcome,
                Said = said.Said,
            };
            tx.Db.Add(added);
            audit.Write(tx, scope, isReplaced ? "provider_key.replaced" : "provider_key.added", known.Name, added.Prefix);
            Tell(tx, added);
            return added;
        }, cancellation);
        return LineOf(row, await names.OfAsync([row.AddedBy], cancellation));
    }

    /// <summary>Forgets a key. Agents go on with the lab's own key of that provider, where it has one, on the balance.</summary>
    /// <exception cref="Refusal">Forbidden, or not found.</exception>
    public Task RemoveAsync(OrgScope scope, string keyId, CancellationToken cancellation)
    {
        RequireAdmin(scope);
        return writer.Write(tx =>
        {
            var key = tx.Db.In<ProviderKey>(scope).SingleOrDefault(row => row.Id == keyId) ?? throw Refusal.NotFound("provider key");
            tx.Db.Remove(key);
            audit.Write(tx, scope, "provider_key.removed", NameOf(key.Provider), key.Prefix);
            Tell(tx, key);
        }, cancellation);
    }

    private static void RequireAdmin(OrgScope scope)
    {
        if (!MayChange(scope))
            throw Refusal.Forbidden($"{AdminsOnly} You are a {Roles.Word(scope.Role)} here.");
    }

    /// <summary>A key of any service as people paste it: without the spaces around it.</summary>
    /// <exception cref="Refusal">Invalid: it cannot be one.</exception>
    internal static string Checked(string key)
    {
        key = key.Trim();
        if (key.Length is < 8 or > MostCharacters)
            throw Refusal.Invalid("key", $"A key has 8 to {MostCharacters} characters.");
        return key.All(letter => letter is > ' ' and <= '~') ? key : throw Refusal.Invalid("key", "A key has no spaces and no letters beyond ASCII.");
    }

    private static void Tell(Tx tx, ProviderKey key)
    {
        tx.Changed(OwnKeys.Key(key.OrgId, key.Provider));
        tx.Changed(OwnKeys.ListKey(key.OrgId));
    }

    private ProviderKeyLine LineOf(ProviderKey key, IReadOnlyDictionary<string, string> people) => new(
        key.Id, key.Provider, NameOf(key.Provider), key.Prefix, people.GetValueOrDefault(key.AddedBy, "A former member"), key.CreatedAtMs, key.LastUsedAtMs,
        key.CheckedAtMs, key.Outcome, key.Said);

    private string NameOf(string provider) => catalogue.FindProvider(provider)?.Name ?? provider;
}
