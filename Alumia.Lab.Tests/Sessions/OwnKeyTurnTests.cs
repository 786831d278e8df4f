using Alumia.Lab.Agents;
using Alumia.Lab.Ledger;
using Alumia.Lab.Models;
using Alumia.Lab.Organizations;
using Alumia.Lab.Sessions;
using Alumia.Lab.Storage;
using Alumia.Lab.Tests.Harness;
using Alumia.Lab.Tests.Models;
using Alumia.Lab.Tests.Stories;
using Alumia.Lab.Troubles;
using Microsoft.Extensions.DependencyInjection;

namespace Alumia.Lab.Tests.Sessions;

/// <summary>Turns on the org's own key: refused, replaced, removed, and added in the middle.</summary>
public sealed class OwnKeyTurnTests(BothLabs labs) : IClassFixture<BothLabs>
{
    private const string Paid = "openai/gpt-4.1";

    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    [Theory, BothProviders]
    public async Task A_refused_key_parks_the_turn_with_its_card_and_another_key_lets_it_go_on_by_itself(StorageProvider provider)
    {
        var bench = await PaidAsync(provider);
        await OwnKeyRouteTests.PutAsync(bench.Lab, bench.Scope, "openai", "offline-bad-own-key");
        var session = await bench.NewSessionAsync();
        await bench.SendAsync(session, "[[say at last]]", "m1");
        await bench.UntilAsync(session, SessionStatus.AwaitingProvider);

        var card = Assert.Single(await bench.TroublesAsync(session));
        Assert.Equal(("byok_refused", "Your OpenAI key was refused", null), (card.Kind, card.Title, card.HealedAtMs));
        Assert.Contains(card.Evidence, evidence => evidence is { Label: "Key", Value: "OpenAI, offlin…" });
        Assert.Contains(card.Evidence, evidence => evidence.Label == "What the provider said" && evidence.Value.StartsWith("OpenAI answered 401: ", StringComparison.Ordinal));
        Assert.Contains(card.Evidence, evidence => evidence is { Label: "HTTP status", Value: "401" });
        Assert.Equal(["Replace key", "Choose another model", "Remove key"], card.Fixes.Take(3).Select(fix => fix.Label));
        Assert.Equal($"/{bench.Scope.OrgSlug}/billing?tab=provider-keys", (await Troubles(bench).ApplyAsync(bench.Scope, card.Id, card.Fixes[0].Label, Ended)).GoTo);
        // Neither the lab's key nor a stand-in was asked instead.
        Assert.Empty(await bench.EventsAsync<UsageRecorded>(session));

        await Keys(bench).AddAsync(bench.Scope, "openai", "offline-good-own-key", Ended);

        await bench.UntilAsync(session, SessionStatus.Idle);
        Assert.Equal("at last", await bench.TextAsync(session));
        Assert.Single(await bench.EventsAsync<StepStarted>(session));
        Assert.Equal("Byok", Assert.Single(await bench.EventsAsync<UsageRecorded>(session)).KeySource);
        Assert.Equal("The key was taken, went on by itself", Assert.Single(await bench.TroublesAsync(session)).HealedBy);
        await bench.AssertOrderlyAsync(session);
    }

    [Theory, BothProviders]
    public async Task Removing_the_refused_key_spends_nothing_by_itself_and_Try_now_asks_for_the_balance(StorageProvider provider)
    {
        var bench = await PaidAsync(provider);
        await OwnKeyRouteTests.PutAsync(bench.Lab, bench.Scope, "openai", "offline-bad-own-key");
        var session = await bench.NewSessionAsync();
        await bench.SendAsync(session, "[[say with another]]");
        await bench.UntilAsync(session, SessionStatus.AwaitingProvider);
        var card = Assert.Single(await bench.TroublesAsync(session));

        var member = await People.JoinAsync(bench.Lab, bench.Scope, "keyless", OrgRole.Member);
        Assert.Equal(RefusalKind.Forbidden, (await Assert.ThrowsAsync<Refusal>(() => PressAsync(bench, member, card, "Remove key"))).Kind);
        Assert.Contains("Try now", (await PressAsync(bench, bench.Scope, card, "Remove key")).Message, StringComparison.Ordinal);
        Assert.Contains("already", (await PressAsync(bench, bench.Scope, card, "Remove key")).Message, StringComparison.Ordinal);
        Assert.Empty(await Keys(bench).ListAsync(bench.Scope, Ended));
        Assert.False(await IsTrueAsync(bench, session));
        Assert.Equal(SessionStatus.AwaitingProvider, await bench.StatusAsync(session));

        await PressAsync(bench, bench.Scope, card, "Try now");
        await bench.UntilAsync(session, SessionStatus.PaymentRequired);
        Assert.Empty(await bench.EventsAsync<UsageRecorded>(session));

        // And with a key again it goes on from there too.
        await Keys(bench).AddAsync(bench.Scope, "openai", "offline-good-own-key", Ended);
        await bench.UntilAsync(session, SessionStatus.Idle);
        Assert.Equal("with another", await bench.TextAsync(session));
        Assert.All(await bench.TroublesAsync(session), trouble => Assert.NotNull(trouble.HealedAtMs));
    }

    [Theory, BothProviders]
    public async Task Tried_again_with_the_same_key_it_waits_again_under_the_same_card(StorageProvider provider)
    {
        var bench = await PaidAsync(provider);
        await OwnKeyRouteTests.PutAsync(bench.Lab, bench.Scope, "openai", "offline-bad-own-key");
        var session = await bench.NewSessionAsync();
        await bench.SendAsync(session, "[[say never]]");
        await bench.UntilAsync(session, SessionStatus.AwaitingProvider);
        var card = Assert.Single(await bench.TroublesAsync(session));
        Assert.False(await IsTrueAsync(bench, session));

        await PressAsync(bench, bench.Scope, card, "Try now");
        await Eventually.Value(() => bench.EventsAsync<StatusChanged>(session), moves => moves.Count(move => move.To == SessionStatus.AwaitingProvider) == 2, "the turn waits again");
        var again = Assert.Single(await bench.TroublesAsync(session));
        Assert.Equal((card.Id, null), (again.Id, again.HealedAtMs));

        await PressAsync(bench, bench.Scope, again, "Cancel session");
        await bench.UntilAsync(session, SessionStatus.Cancelled);
        Assert.NotNull(Assert.Single(await bench.TroublesAsync(session)).HealedAtMs);
        await bench.AssertOrderlyAsync(session);
    }

    [Theory, BothProviders]
    public async Task Another_providers_model_is_a_reason_to_go_on(StorageProvider provider)
    {
        var bench = await PaidAsync(provider);
        await OwnKeyRouteTests.PutAsync(bench.Lab, bench.Scope, "openai", "offline-bad-own-key");
        var session = await bench.NewSessionAsync();
        await bench.SendAsync(session, "[[say free]]");
        await bench.UntilAsync(session, SessionStatus.AwaitingProvider);
        await ModelAsync(bench, "openai/gpt-5.5");
        Assert.False(await IsTrueAsync(bench, session)); // The same key would be refused.

        await ModelAsync(bench, "groq/llama-3.3-70b-versatile");
        await bench.UntilAsync(session, SessionStatus.Idle);
        Assert.Equal("free", await bench.TextAsync(session));
    }

    [Theory, BothProviders]
    public async Task A_key_that_is_added_takes_effect_on_the_next_step_of_a_running_turn(StorageProvider provider)
    {
        var bench = await labs.NewOrgAsync(provider); // On a free model, which needs no key.
        var session = await bench.NewSessionAsync();
        await bench.SendAsync(session, """[[tool wait {"seconds":2}]]""");
        await Eventually.Value(() => bench.EventsAsync<ToolStarted>(session), started => started.Count == 1, "the tool runs");
        await Keys(bench).AddAsync(bench.Scope, "groq", "offline-good-own-key", Ended);
        await bench.UntilAsync(session, SessionStatus.Idle);
        Assert.Equal(["StandIn", "Byok"], (await bench.EventsAsync<UsageRecorded>(session)).Select(usage => usage.KeySource));
    }

    [Theory, BothProviders]
    public async Task A_key_that_came_while_the_lab_was_down_wakes_the_turn_at_its_start(StorageProvider provider)
    {
        var settings = await Bench.SettingsAsync(provider);
        using var folder = new TempFolder();
        settings["Storage:Directory"] = folder.Path;
        string session;
        await using (var before = await StartAsync(settings))
        {
            await OwnKeyRouteTests.PutAsync(before.Lab, before.Scope, "openai", "offline-bad-own-key");
            session = await before.NewSessionAsync();
            await before.SendAsync(session, "[[say after all]]");
            await before.UntilAsync(session, SessionStatus.AwaitingProvider);
            // Written past the feed, as another copy of the lab that has died since would have.
            var secret = before.Lab.Services.GetRequiredService<KeyVault>().Lock(before.Scope.OrgId, "openai", "offline-good-own-key");
            await before.WriteAsync(tx => tx.Run("UPDATE provider_key SET id = 'pky_new', secret = @secret", ("secret", secret)));
        }
        await using var after = await StartAsync(settings);
        await after.UntilAsync(session, SessionStatus.Idle);
        Assert.Equal("after all", await after.TextAsync(session));
    }

    [Theory, BothProviders]
    public async Task On_an_empty_balance_a_key_of_the_org_pays_and_the_ledger_says_so(StorageProvider provider)
    {
        var bench = await PaidAsync(provider);
        var (waits, begins) = (await bench.NewSessionAsync(), await bench.NewSessionAsync());
        await bench.SendAsync(waits, "[[say by our own]]");
        await bench.UntilAsync(waits, SessionStatus.PaymentRequired);

        await Keys(bench).AddAsync(bench.Scope, "openai", "offline-good-own-key", Ended);
        await bench.UntilAsync(waits, SessionStatus.Idle);
        await bench.AskAsync(begins, "[[say by our own too]]");

        Assert.Equal("by our own", await bench.TextAsync(waits));
        foreach (var session in new[] { waits, begins })
        {
            var money = Assert.Single(await bench.EventsAsync<UsageRecorded>(session)).Money!;
            Assert.Equal((StepSource.Byok, 0, 0), (money.Source, money.Used, money.Held));
        }
        Assert.Equal("A key of your own pays this provider, went on by itself", Assert.Single(await bench.TroublesAsync(waits)).HealedBy);
        Assert.Empty(await bench.TroublesAsync(begins));
    }

    [Fact]
    public async Task A_client_of_the_API_is_told_and_does_not_hang()
    {
        var bench = await PaidAsync(StorageProvider.Sqlite);
        await OwnKeyRouteTests.PutAsync(bench.Lab, bench.Scope, "openai", "offline-bad-own-key");
        using var client = await AiSdk.ChatClient.OfAsync(bench.Lab, bench.Scope);
        var (session, parts) = await client.AskAsync(new { messages = new[] { AiSdk.ChatClient.User("Hi") } });
        Assert.Equal(("data-status", "finish"), (parts[^2].Type, parts[^1].Type));
        Assert.Contains("Your OpenAI key offlin… was refused", parts[^2].Body.GetRawText().Replace("\\u2026", "…", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Equal(SessionStatus.AwaitingProvider, await bench.StatusAsync(session));
        using var json = await client.PostAsync(new { messages = new[] { AiSdk.ChatClient.User("Hi") } }, "application/json");
        Assert.Equal(System.Net.HttpStatusCode.OK, json.StatusCode);
        Assert.Contains("\"status\":\"awaiting_provider\"", await json.Content.ReadAsStringAsync(Ended), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_model_without_any_key_offers_to_add_one()
    {
        await using var bench = await Bench.StartAsync(StorageProvider.Sqlite, services: services =>
            services.Remove(services.Single(service => service.ServiceType == typeof(IStandIn))));
        await ModelAsync(bench, Paid);
        var session = await bench.NewSessionAsync();
        await bench.SendAsync(session, "Hi");
        await bench.UntilAsync(session, SessionStatus.Failed);
        var card = Assert.Single(await bench.TroublesAsync(session));
        Assert.Equal(("model_not_configured", "Add a key"), (card.Kind, card.Fixes[0].Label));
        Assert.Equal("/demo/billing?tab=provider-keys", (await Troubles(bench).ApplyAsync(bench.Scope, card.Id, card.Fixes[0].Label, Ended)).GoTo);
    }

    /// <summary>An org whose agent is on a paid model.</summary>
    private async Task<Bench> PaidAsync(StorageProvider provider)
    {
        var bench = await labs.NewOrgAsync(provider);
        await ModelAsync(bench, Paid);
        return bench;
    }

    private static async Task<Bench> StartAsync(Dictionary<string, string?> settings)
    {
        var bench = await Bench.OfAsync(await LabHost.StartAsync(new LabHostOptions { Settings = settings }));
        await ModelAsync(bench, Paid);
        return bench;
    }

    private static async Task ModelAsync(Bench bench, string model)
    {
        var agents = bench.Lab.Services.GetRequiredService<AgentDirectory>();
        var ala = await agents.FindAsync(bench.Scope, Agent.AlaSlug, Ended);
        await agents.UpdateAsync(bench.Scope, ala.Id, AgentEdit.Of(ala) with { ModelId = model }, Ended);
    }

    private static TroubleLog Troubles(Bench bench) => bench.Lab.Services.GetRequiredService<TroubleLog>();

    private static ProviderKeys Keys(Bench bench) => bench.Lab.Services.GetRequiredService<ProviderKeys>();

    private static Task<FixOutcome> PressAsync(Bench bench, OrgScope person, Trouble card, string label) =>
        Troubles(bench).ApplyAsync(person, card.Id, label, Ended);

    /// <summary>Whether the waker would wake this session now.</summary>
    private static async Task<bool> IsTrueAsync(Bench bench, string session)
    {
        await using var db = bench.Lab.Services.GetRequiredService<Microsoft.EntityFrameworkCore.IDbContextFactory<LabDbContext>>().CreateDbContext();
        var condition = db.Set<WakeCondition>().Single(row => row.SessionId == session);
        return await bench.Lab.Services.GetServices<IWakeChecker>().Single(checker => checker.Kind == condition.Kind).IsTrueAsync(condition, Ended);
    }
}
