using Alumia.Lab.Api;
using Alumia.Lab.Organizations;
using Alumia.Lab.Storage;
using Alumia.Lab.Tests.Harness;
using Alumia.Lab.Tests.Sessions;
using Alumia.Lab.Tests.Stories;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Alumia.Lab.Tests.Api;

/// <summary>Keys: made once, known by their hash, ended in three ways.</summary>
public sealed class ApiKeysTests(BothLabs labs) : IClassFixture<BothLabs>
{
    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    [Theory, BothProviders]
    public async Task A_key_is_told_once_and_kept_as_its_hash_and_prefix(StorageProvider provider)
    {
        var bench = await labs.OnAsync(provider);
        var keys = bench.Lab.Services.GetRequiredService<ApiKeys>();
        var made = await keys.CreateAsync(bench.Scope, " build server ", KeyScopes.All, null, Ended);
        Assert.Matches("^alm_test_[0-9a-f]{48}$", made.Secret);
        Assert.Equal(("build server", made.Secret[..12]), (made.Key.Label, made.Key.Prefix));
        await using var db = bench.Lab.Services.GetRequiredService<IDbContextFactory<LabDbContext>>().CreateDbContext();
        var row = await db.Set<ApiKey>().SingleAsync(key => key.Id == made.Key.Id, Ended);
        Assert.Equal(64, row.Hash.Length);
        Assert.DoesNotContain(made.Secret[12..], row.Hash, StringComparison.Ordinal);
        var other = await keys.CreateAsync(bench.Scope, "build server", KeyScopes.Read, null, Ended);
        Assert.NotEqual(made.Secret, other.Secret);
    }

    [Theory]
    [InlineData("", KeyScopes.All)]
    [InlineData("label", KeyScopes.None)]
    [InlineData("label", (KeyScopes)8)]
    public async Task A_key_without_a_label_or_with_no_scope_is_refused(string label, KeyScopes scopes)
    {
        var bench = await labs.OnAsync(StorageProvider.Sqlite);
        var keys = bench.Lab.Services.GetRequiredService<ApiKeys>();
        var before = (await keys.ListAsync(bench.Scope, Ended)).Count;
        var refusal = await Assert.ThrowsAsync<Refusal>(() => keys.CreateAsync(bench.Scope, label, scopes, null, Ended));
        Assert.Equal(RefusalKind.Invalid, refusal.Kind);
        Assert.Equal(before, (await keys.ListAsync(bench.Scope, Ended)).Count);
    }

    [Fact]
    public async Task Members_see_and_end_their_own_keys_and_admins_all_of_them()
    {
        var bench = await labs.OnAsync(StorageProvider.Sqlite);
        var keys = bench.Lab.Services.GetRequiredService<ApiKeys>();
        var owner = await People.FoundAsync(bench.Lab, "keys-owner");
        var (member, other) = (await People.JoinAsync(bench.Lab, owner, "keys-member", OrgRole.Member), await People.JoinAsync(bench.Lab, owner, "keys-other", OrgRole.Member));
        var viewer = await People.JoinAsync(bench.Lab, owner, "keys-viewer", OrgRole.Viewer);
        var made = await keys.CreateAsync(member, "mine", KeyScopes.All, null, Ended);
        Assert.Equal("keys-member", Assert.Single(await keys.ListAsync(member, Ended)).CreatedBy);
        Assert.Single(await keys.ListAsync(owner, Ended));
        Assert.Empty(await keys.ListAsync(other, Ended));
        Assert.Equal(RefusalKind.NotFound, (await Assert.ThrowsAsync<Refusal>(() => keys.RevokeAsync(other, made.Key.Id, Ended))).Kind);
        Assert.Equal(RefusalKind.Forbidden, (await Assert.ThrowsAsync<Refusal>(() => keys.CreateAsync(viewer, "no", KeyScopes.All, null, Ended))).Kind);
        Assert.Equal(RefusalKind.Forbidden, (await Assert.ThrowsAsync<Refusal>(() => keys.RegenerateAsync(owner, made.Key.Id, TimeSpan.Zero, Ended))).Kind);
        await keys.RevokeAsync(owner, made.Key.Id, Ended);
        Assert.Equal(KeyState.Revoked, Assert.Single(await keys.ListAsync(member, Ended)).State);
        Assert.Equal(RefusalKind.Conflict, (await Assert.ThrowsAsync<Refusal>(() => keys.RevokeAsync(member, made.Key.Id, Ended))).Kind);
    }

    [Theory, BothProviders]
    public async Task A_regenerated_key_ends_at_once_or_after_its_grace(StorageProvider provider)
    {
        var bench = await labs.OnAsync(provider);
        var keys = bench.Lab.Services.GetRequiredService<ApiKeys>();
        var first = await keys.CreateAsync(bench.Scope, "rotating", KeyScopes.Chat, null, Ended);
        var second = await keys.RegenerateAsync(bench.Scope, first.Key.Id, TimeSpan.FromHours(1), Ended);
        var third = await keys.RegenerateAsync(bench.Scope, second.Key.Id, TimeSpan.Zero, Ended);
        var states = (await keys.ListAsync(bench.Scope, Ended)).ToDictionary(line => line.Key.Id);
        Assert.Equal((KeyState.Active, KeyState.Revoked, KeyState.Active), (states[first.Key.Id].State, states[second.Key.Id].State, states[third.Key.Id].State));
        Assert.InRange(states[first.Key.Id].Key.ExpiresAtMs!.Value - second.Key.CreatedAtMs, 3_599_000, 3_600_000); // Two readings of the clock, in one transaction.
        Assert.Equal(KeyState.Expired, states[first.Key.Id].Key.StateAt(second.Key.CreatedAtMs + 3_600_000));
        Assert.Equal((KeyScopes.Chat, "rotating"), (third.Key.Scopes, third.Key.Label));
    }
}
