using Alumia.Lab.Models;
using Alumia.Lab.Organizations;
using Alumia.Lab.Storage;
using Alumia.Lab.Tests.Harness;
using Alumia.Lab.Tests.Sessions;
using Alumia.Lab.Tests.Stories;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Alumia.Lab.Tests.Models;

/// <summary>An org's own keys: who sees and changes them, and what is kept.</summary>
public sealed class ProviderKeysTests(BothLabs labs) : IClassFixture<BothLabs>
{
    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    [Theory, BothProviders]
    public async Task A_key_that_its_provider_takes_is_kept_encrypted_and_shown_by_its_beginning(StorageProvider provider)
    {
        var (lab, keys) = await OnAsync(provider);
        var owner = await People.FoundAsync(lab, $"keeper-{provider}".ToLowerInvariant());
        var added = await keys.AddAsync(owner, "openai", "  offline-good-secret-1 ", Ended);

        Assert.Equal(("openai", "OpenAI", "offline…", KeyOutcome.Good, (long?)null), (added.Provider, added.ProviderName, added.Prefix, added.Outcome, added.LastUsedAtMs));
        Assert.Equal(added, Assert.Single(await keys.ListAsync(owner, Ended)));
        Assert.Equal($"keeper-{provider}".ToLowerInvariant(), added.AddedBy);
        await using var db = lab.Services.GetRequiredService<IDbContextFactory<LabDbContext>>().CreateDbContext();
        var row = await db.Set<ProviderKey>().SingleAsync(key => key.OrgId == owner.OrgId, Ended);
        Assert.DoesNotContain("offline-good", row.Secret, StringComparison.Ordinal);
        Assert.Equal("offline-good-secret-1", lab.Services.GetRequiredService<KeyVault>().Open(row));
        // Nor does it open in another org's hand.
        var stolen = new ProviderKey { Id = row.Id, OrgId = "org_other", Provider = row.Provider, Secret = row.Secret, Prefix = "", AddedBy = "", CreatedAtMs = 0, CheckedAtMs = 0, Outcome = KeyOutcome.Good };
        Assert.Null(lab.Services.GetRequiredService<KeyVault>().Open(stolen));
        var audit = await lab.Services.GetRequiredService<Audit>().ListAsync(owner, cancellation: Ended);
        Assert.Equal(("OpenAI", "offline…"), (audit[0].Subject, audit[0].Detail));
    }

    [Theory, BothProviders]
    public async Task A_key_that_is_refused_is_not_kept_and_an_older_one_stays(StorageProvider provider)
    {
        var (lab, keys) = await OnAsync(provider);
        var owner = await People.FoundAsync(lab, $"refused-{provider}".ToLowerInvariant());
        var refusal = await Assert.ThrowsAsync<Refusal>(() => keys.AddAsync(owner, "anthropic", "offline-bad-1", Ended));
        Assert.Equal(RefusalKind.Invalid, refusal.Kind);
        Assert.Contains("Anthropic answered 401: ", refusal.Fields["key"], StringComparison.Ordinal);
        Assert.Empty(await keys.ListAsync(owner, Ended));

        var good = await keys.AddAsync(owner, "anthropic", "offline-good-1", Ended);
        await Assert.ThrowsAsync<Refusal>(() => keys.AddAsync(owner, "anthropic", "offline-bad-1", Ended));
        Assert.Equal(good, Assert.Single(await keys.ListAsync(owner, Ended)));
    }

    [Theory, BothProviders]
    public async Task One_key_stands_for_each_provider_and_a_new_one_takes_its_place(StorageProvider provider)
    {
        var (lab, keys) = await OnAsync(provider);
        var owner = await People.FoundAsync(lab, $"replacer-{provider}".ToLowerInvariant());
        var first = await keys.AddAsync(owner, "openai", "offline-good-first", Ended);
        await keys.AddAsync(owner, "mistral", "offline-good-other", Ended);
        var heard = 0;
        using var told = lab.Services.GetRequiredService<ChangeFeed>().Subscribe(OwnKeys.Key(owner.OrgId, "openai"), () => Interlocked.Increment(ref heard));
        await Task.WhenAll(Enumerable.Range(0, 4).Select(i => keys.AddAsync(owner, "openai", $"offline-good-{i}", Ended)));

        var all = await keys.ListAsync(owner, Ended);
        Assert.Equal(["Mistral", "OpenAI"], all.Select(line => line.ProviderName));
        Assert.NotEqual(first.Id, all[1].Id);
        await Eventually.True(() => heard > 0, "the change is told");

        await keys.RemoveAsync(owner, all[1].Id, Ended);
        Assert.Equal("mistral", Assert.Single(await keys.ListAsync(owner, Ended)).Provider);
        Assert.Equal(RefusalKind.NotFound, (await Assert.ThrowsAsync<Refusal>(() => keys.RemoveAsync(owner, all[1].Id, Ended))).Kind);
    }

    [Theory]
    [InlineData(OrgRole.Admin, true)]
    [InlineData(OrgRole.Member, false)]
    [InlineData(OrgRole.Viewer, false)]
    public async Task Every_member_sees_the_keys_and_owners_and_admins_alone_change_them(OrgRole role, bool may)
    {
        var (lab, keys) = await OnAsync(StorageProvider.Sqlite);
        var owner = await People.FoundAsync(lab, $"roles-{role}".ToLowerInvariant());
        var person = await People.JoinAsync(lab, owner, $"roles-a-{role}".ToLowerInvariant(), role);
        var added = await keys.AddAsync(owner, "openai", "offline-good-1", Ended);
        Assert.Equal(added, Assert.Single(await keys.ListAsync(person, Ended)));
        if (may)
        {
            await keys.RemoveAsync(person, added.Id, Ended);
            await keys.AddAsync(person, "openai", "offline-good-2", Ended);
            return;
        }
        foreach (var deed in new Func<Task>[] { () => keys.RemoveAsync(person, added.Id, Ended), () => keys.AddAsync(person, "openai", "offline-good-2", Ended) })
        {
            var refusal = await Assert.ThrowsAsync<Refusal>(deed);
            Assert.Equal((RefusalKind.Forbidden, $"Only owners and admins add and remove provider keys. You are a {Roles.Word(role)} here."), (refusal.Kind, refusal.Message));
        }
        Assert.Equal(added, Assert.Single(await keys.ListAsync(owner, Ended)));
    }

    [Fact]
    public async Task Another_orgs_keys_are_not_there()
    {
        var (lab, keys) = await OnAsync(StorageProvider.Sqlite);
        var (owner, other) = (await People.FoundAsync(lab, "own-keys"), await People.FoundAsync(lab, "other-keys"));
        var added = await keys.AddAsync(owner, "openai", "offline-good-1", Ended);
        Assert.Empty(await keys.ListAsync(other, Ended));
        Assert.Equal(RefusalKind.NotFound, (await Assert.ThrowsAsync<Refusal>(() => keys.RemoveAsync(other, added.Id, Ended))).Kind);
        Assert.Null(await lab.Services.GetRequiredService<OwnKeys>().FindAsync(other.OrgId, "openai", Ended));
        Assert.Single(await keys.ListAsync(owner, Ended));
    }

    [Theory]
    [InlineData("openai", "short")]
    [InlineData("openai", "has a space")]
    [InlineData("openai", "schlüssel-1")]
    [InlineData("nobody", "offline-good-1")]
    [InlineData("", "offline-good-1")]
    public async Task What_can_be_no_key_is_refused_before_anybody_is_asked(string provider, string key)
    {
        var (lab, keys) = await OnAsync(StorageProvider.Sqlite);
        var owner = (await labs.OnAsync(StorageProvider.Sqlite)).Scope;
        Assert.Equal(RefusalKind.Invalid, (await Assert.ThrowsAsync<Refusal>(() => keys.AddAsync(owner, provider, key, Ended))).Kind);
        Assert.DoesNotContain(await keys.ListAsync(owner, Ended), line => line.Provider == "nobody");
        Assert.NotNull(lab);
    }

    [Fact]
    public async Task Keys_can_be_added_for_the_fourteen_providers_of_the_document()
    {
        var (_, keys) = await OnAsync(StorageProvider.Sqlite);
        string[] document = ["anthropic", "openai", "gemini", "deepseek", "xai", "mistral", "minimax", "moonshot", "zhipu", "xiaomi", "nvidia", "qwen", "cerebras", "groq"];
        Assert.Equal(document.Order(), keys.Providers.Select(provider => provider.Slug).Order());
    }

    private async Task<(LabHost Lab, ProviderKeys Keys)> OnAsync(StorageProvider provider)
    {
        var lab = (await labs.OnAsync(provider)).Lab;
        return (lab, lab.Services.GetRequiredService<ProviderKeys>());
    }
}
