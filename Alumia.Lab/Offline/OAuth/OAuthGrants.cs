using Alumia.Lab.Storage;
using Microsoft.EntityFrameworkCore;

namespace Alumia.Lab.Offline.OAuth;

/// <summary>What comes of a code or a refresh token: the grant that it belongs to, or why it is refused.</summary>
internal sealed record GrantUse(OAuthGrant? Grant, string? Refused);

/// <summary>The rules of the stand-in provider: who was granted what, which tokens work, and what ends them.</summary>
internal sealed class OAuthGrants(Writer writer, IDbContextFactory<LabDbContext> contexts)
{
    /// <summary>The change key of grants and of the outbox.</summary>
    public const string Key = "offline-oauth";

    public const string Revoked = "access was revoked in the account's settings";
    public const string PasswordChanged = "the account's password was changed";
    public const string RefreshExpired = "the refresh token expired";
    public const string RefreshUsedTwice = "the refresh token was used twice";
    public const string CodeUsedTwice = "the authorization code was used twice";

    private const long RefreshLastsMs = 60L * 24 * 3600 * 1000;

    /// <summary>The person has signed in; returns whether this is the account's password now.</summary>
    public Task<bool> SignInAsync(OAuthPerson person, string password, CancellationToken cancellation) =>
        writer.Write(tx => person.Password(OAuthAccount.Open(tx, person).PasswordVersion) == password, cancellation);

    /// <summary>The person has allowed it.</summary>
    public Task<OAuthGrant> MakeAsync(OAuthPerson person, string client, IEnumerable<string> scopes, CancellationToken cancellation) => writer.Write(tx =>
    {
        var grant = new OAuthGrant
        {
            Id = Id.New("grt", tx.NowMs),
            Account = person.Email,
            Client = client,
            Scope = string.Join(' ', scopes),
            PasswordVersion = OAuthAccount.Open(tx, person).PasswordVersion,
            CreatedAtMs = tx.NowMs,
            RefreshExpiresAtMs = tx.NowMs + RefreshLastsMs,
        };
        tx.Db.Add(grant);
        tx.Changed(Key);
        return grant;
    }, cancellation);

    /// <summary>Exchanges the grant's code, which works once: a second use ends the grant, for one of the two users is a thief.</summary>
    public Task<GrantUse> RedeemAsync(string grantId, CancellationToken cancellation) => UseAsync(grantId, (_, grant) =>
    {
        if (grant.IsRedeemed)
            return CodeUsedTwice;
        grant.IsRedeemed = true;
        return null;
    }, cancellation);

    /// <summary>Exchanges a refresh token for the next one.</summary>
    public Task<GrantUse> RefreshAsync(string grantId, long number, CancellationToken cancellation) => UseAsync(grantId, (tx, grant) =>
    {
        if (number != grant.RefreshNumber)
            return RefreshUsedTwice;
        if (grant.RefreshExpiresAtMs <= tx.NowMs)
            return RefreshExpired;
        grant.RefreshNumber++;
        grant.RefreshExpiresAtMs = tx.NowMs + RefreshLastsMs;
        return null;
    }, cancellation);

    /// <summary>Whose the access token of this grant is; null where it works no longer.</summary>
    public async Task<OAuthGrant?> FindForAccessAsync(string grantId, long number, CancellationToken cancellation)
    {
        await using var db = contexts.CreateDbContext();
        return await (
            from grant in db.Set<OAuthGrant>()
            join account in db.Set<OAuthAccount>() on grant.Account equals account.Email
            where grant.Id == grantId && grant.Ended == null && grant.AccessNumber <= number && grant.PasswordVersion == account.PasswordVersion
            select grant).SingleOrDefaultAsync(cancellation);
    }

    /// <summary>The newest grants first.</summary>
    public async Task<IReadOnlyList<GrantView>> ListAsync(int most, CancellationToken cancellation)
    {
        await using var db = contexts.CreateDbContext();
        var accounts = await db.Set<OAuthAccount>().ToDictionaryAsync(account => account.Email, account => account.PasswordVersion, cancellation);
        var grants = await db.Set<OAuthGrant>().OrderByDescending(grant => grant.Id).Take(most).ToListAsync(cancellation);
        return [.. grants.Select(grant => GrantView.Of(grant, accounts.GetValueOrDefault(grant.Account, 1)))];
    }

    /// <summary>How often each account's password was changed.</summary>
    public async Task<IReadOnlyDictionary<string, long>> PasswordVersionsAsync(CancellationToken cancellation)
    {
        await using var db = contexts.CreateDbContext();
        return await db.Set<OAuthAccount>().ToDictionaryAsync(account => account.Email, account => account.PasswordVersion, cancellation);
    }

    /// <summary>Ends a grant: the client asked for it, or the person did in the account's settings.</summary>
    public Task RevokeAsync(string grantId, CancellationToken cancellation) => ChangeAsync(grantId, (tx, grant) => End(tx, grant, Revoked), cancellation);

    public Task ExpireRefreshAsync(string grantId, CancellationToken cancellation) => ChangeAsync(grantId, (tx, grant) => grant.RefreshExpiresAtMs = tx.NowMs, cancellation);

    public Task ExpireAccessAsync(string grantId, CancellationToken cancellation) => ChangeAsync(grantId, (_, grant) => grant.AccessNumber++, cancellation);

    /// <summary>Changes the password of the grant's account, which ends all grants that were given under the old one.</summary>
    public Task ChangePasswordAsync(string grantId, CancellationToken cancellation) =>
        ChangeAsync(grantId, (tx, grant) => OAuthAccount.Locked(tx, grant.Account)!.PasswordVersion++, cancellation);

    private Task ChangeAsync(string grantId, Action<Tx, OAuthGrant> change, CancellationToken cancellation) => writer.Write(tx =>
    {
        change(tx, Locked(tx, grantId) ?? throw Refusal.NotFound("grant"));
        tx.Changed(Key);
    }, cancellation);

    /// <summary>Uses a grant that holds; what <paramref name="use"/> refuses for a second use ends it.</summary>
    private Task<GrantUse> UseAsync(string grantId, Func<Tx, OAuthGrant, string?> use, CancellationToken cancellation) => writer.Write(tx =>
    {
        if (Locked(tx, grantId) is not { } grant)
            return new GrantUse(null, Revoked);
        var refused = grant.Ended ?? (OAuthAccount.Locked(tx, grant.Account)!.PasswordVersion == grant.PasswordVersion ? use(tx, grant) : PasswordChanged);
        if (refused is RefreshUsedTwice or CodeUsedTwice)
            End(tx, grant, refused);
        tx.Changed(Key);
        return new GrantUse(grant, refused);
    }, cancellation);

    private static void End(Tx tx, OAuthGrant grant, string why)
    {
        grant.EndedAtMs ??= tx.NowMs;
        grant.Ended ??= why;
    }

    private static OAuthGrant? Locked(Tx tx, string id)
    {
        tx.One("SELECT id FROM offline_oauth_grant WHERE id = @id" + tx.ForUpdate, row => row.GetString(0), ("id", id));
        return tx.Db.Find<OAuthGrant>(id);
    }
}
