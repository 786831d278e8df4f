using Alumia.Lab.Models;
using Alumia.Lab.Organizations;
using Alumia.Lab.Storage;
using Alumia.Lab.Tests.Harness;
using Alumia.Lab.Tests.Sessions;
using Alumia.Lab.Tests.Stories;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Alumia.Lab.Tests.Models;

/// <summary>Which key a request goes out with, and what becomes of the key on its way.</summary>
public sealed class OwnKeyRouteTests(BothLabs labs) : IClassFixture<BothLabs>
{
    private const string Gpt = "openai/gpt-4.1";

    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    [Theory, BothProviders]
    public async Task The_orgs_own_key_comes_first_then_the_labs_then_the_stand_in(StorageProvider provider)
    {
        await using var bench = await Bench.StartAsync(provider, new() { ["Providers:openai:ApiKey"] = "sk-platform" });
        var router = bench.Lab.Services.GetRequiredService<ModelRouter>();
        var other = await People.FoundAsync(bench.Lab, "other");
        Assert.Equal((KeySource.Platform, "sk-platform"), await RouteAsync(bench.Scope, Gpt));
        Assert.Equal((KeySource.StandIn, IStandIn.GoodKey), await RouteAsync(bench.Scope, "mistral/mistral-large-latest"));

        await PutAsync(bench.Lab, bench.Scope, "openai", "sk-own-0123456789");
        await PutAsync(bench.Lab, bench.Scope, "mistral", "offline-good-own");

        var route = await router.RouteAsync(bench.Scope.OrgId, Gpt, Ended);
        Assert.Equal((KeySource.Byok, "sk-own-0123456789", "https://api.openai.com/v1/", false), (route.KeySource, route.Key, route.BaseAddress.AbsoluteUri, route.IsStandIn));
        var offline = await router.RouteAsync(bench.Scope.OrgId, "mistral/mistral-large-latest", Ended);
        Assert.Equal((KeySource.Byok, "offline-good-own", bench.Lab.Address.Port, true), (offline.KeySource, offline.Key, offline.BaseAddress.Port, offline.IsStandIn));
        // Matched by provider: every model of it, and no other org.
        Assert.Equal((KeySource.Byok, "sk-own-0123456789"), await RouteAsync(bench.Scope, "openai/gpt-5.5"));
        Assert.Equal((KeySource.Platform, "sk-platform"), await RouteAsync(other, Gpt));
        Assert.DoesNotContain("sk-own", route.ToString(), StringComparison.Ordinal);

        async Task<(KeySource, string?)> RouteAsync(OrgScope scope, string model)
        {
            var found = await router.RouteAsync(scope.OrgId, model, Ended);
            return (found.KeySource, found.Key);
        }
    }

    [Theory, BothProviders]
    public async Task A_key_that_is_used_says_so_and_works_again_where_it_was_thought_bad(StorageProvider provider)
    {
        var bench = await labs.NewOrgAsync(provider);
        var keys = bench.Lab.Services.GetRequiredService<ProviderKeys>();
        await PutAsync(bench.Lab, bench.Scope, "openai", "offline-good-own", KeyOutcome.Refused);
        Assert.Equal("There", await AskAsync(bench, "[[say There]]"));
        var first = Assert.Single(await keys.ListAsync(bench.Scope, Ended));
        Assert.Equal((KeyOutcome.Good, ""), (first.Outcome, first.Said));
        Assert.NotNull(first.LastUsedAtMs);

        // Within the minute nothing is written.
        await AskAsync(bench, "[[say There]]");
        Assert.Equal(first, Assert.Single(await keys.ListAsync(bench.Scope, Ended)));
        await bench.WriteAsync(tx => tx.Run("UPDATE provider_key SET last_used_at_ms = @at", ("at", first.LastUsedAtMs - 60_001)));
        await AskAsync(bench, "[[say There]]");
        Assert.True(Assert.Single(await keys.ListAsync(bench.Scope, Ended)).LastUsedAtMs >= first.LastUsedAtMs);
    }

    [Theory, BothProviders]
    public async Task A_key_that_is_refused_is_told_apart_from_the_labs_and_remembered(StorageProvider provider)
    {
        var bench = await labs.NewOrgAsync(provider);
        await PutAsync(bench.Lab, bench.Scope, "openai", "offline-bad-own-key");
        var exception = await Assert.ThrowsAsync<ProviderException>(() => AskAsync(bench, "Hi"));
        Assert.Equal((ProviderFailure.OwnKeyRefused, 401, "openai", "offlin…"), (exception.Failure, exception.Status, exception.RefusedKey!.Provider, exception.RefusedKey.Prefix));
        Assert.StartsWith("Your OpenAI key offlin… was refused. OpenAI answered 401: ", exception.Message, StringComparison.Ordinal);
        var line = Assert.Single(await bench.Lab.Services.GetRequiredService<ProviderKeys>().ListAsync(bench.Scope, Ended));
        Assert.Equal((KeyOutcome.Refused, exception.RefusedKey.Said, (long?)null), (line.Outcome, line.Said, line.LastUsedAtMs));
    }

    [Fact]
    public async Task A_key_that_cannot_be_read_any_more_is_refused_and_nothing_else_is_tried()
    {
        var bench = await labs.NewOrgAsync(StorageProvider.Sqlite);
        await PutAsync(bench.Lab, bench.Scope, "openai", "offline-good-own");
        await bench.WriteAsync(tx => tx.Run("UPDATE provider_key SET secret = 'CfDJ8' || secret"));
        var exception = await Assert.ThrowsAsync<ProviderException>(() => AskAsync(bench, "Hi"));
        Assert.Equal(ProviderFailure.OwnKeyRefused, exception.Failure);
        Assert.Contains("cannot be read any more", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Outside_Development_a_key_of_a_stand_in_goes_nowhere()
    {
        await using var lab = await LabHost.StartAsync(new LabHostOptions { Environment = Environments.Production, Settings = new Dictionary<string, string?> { ["Lab:PublicUrl"] = "https://lab.example.com" } });
        var owner = await People.FoundAsync(lab, "prod");
        var refusal = await Assert.ThrowsAsync<Refusal>(() => lab.Services.GetRequiredService<ProviderKeys>().AddAsync(owner, "openai", "offline-good-1", Ended));
        Assert.Contains("Development", refusal.Message, StringComparison.Ordinal);
        await PutAsync(lab, owner, "openai", "offline-good-1");
        var exception = await Assert.ThrowsAsync<ProviderException>(() => lab.Services.GetRequiredService<ModelRouter>().RouteAsync(owner.OrgId, Gpt, Ended));
        Assert.Equal(ProviderFailure.OwnKeyRefused, exception.Failure);
    }

    /// <summary>Puts a key there without asking its provider.</summary>
    internal static Task PutAsync(LabHost lab, OrgScope scope, string provider, string key, KeyOutcome outcome = KeyOutcome.Good)
    {
        var secret = lab.Services.GetRequiredService<KeyVault>().Lock(scope.OrgId, provider, key);
        return lab.Services.GetRequiredService<Writer>().Write(tx => tx.Db.Add(new ProviderKey
        {
            Id = Id.New("pky", tx.NowMs),
            OrgId = scope.OrgId,
            Provider = provider,
            Secret = secret,
            Prefix = ProviderKey.PrefixOf(key),
            AddedBy = scope.UserId,
            CreatedAtMs = tx.NowMs,
            CheckedAtMs = tx.NowMs,
            Outcome = outcome,
            Said = outcome == KeyOutcome.Good ? "" : "No",
        }), Ended);
    }

    private static async Task<string> AskAsync(Bench bench, string text)
    {
        var route = await bench.Lab.Services.GetRequiredService<ModelRouter>().RouteAsync(bench.Scope.OrgId, Gpt, Ended);
        using var client = bench.Lab.Services.GetRequiredService<ChatClients>().Create(route);
        return (await client.GetStreamingResponseAsync([new ChatMessage(ChatRole.User, text)], null, Ended).ToListAsync(Ended)).Text();
    }
}
