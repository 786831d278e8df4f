using Alumia.Lab.Offline;
using Alumia.Lab.Offline.Models;
using Alumia.Lab.Sessions;
using Alumia.Lab.Storage;
using Alumia.Lab.Tests.Harness;
using Microsoft.Extensions.DependencyInjection;

namespace Alumia.Lab.Tests.Sessions;

/// <summary>What a turn does when its provider fails, before the first token and after it.</summary>
public sealed class TroubledTurnTests(BothLabs labs) : IClassFixture<BothLabs>
{
    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    [Theory, BothProviders]
    public async Task A_provider_that_limits_requests_is_waited_for_and_the_same_step_goes_on(StorageProvider provider)
    {
        var bench = await labs.OnAsync(provider);
        var session = await bench.NewSessionAsync();
        await bench.SendAsync(session, "[[status 429 1 x1]] [[say at last]]", "m1");

        await bench.UntilAsync(session, SessionStatus.AwaitingProvider);
        var raised = Assert.Single(await bench.TroublesAsync(session));
        Assert.Equal(("provider_rate_limited", null), (raised.Kind, raised.HealedAtMs));
        Assert.Contains(raised.Evidence, evidence => evidence is { Label: "Retry-After", Value: "1 s" });
        await bench.UntilAsync(session, SessionStatus.Idle);

        var events = await bench.EventsAsync(session);
        var due = raised.Evidence.Single(evidence => evidence.Label == "Tries again").AtMs!.Value;
        var woken = events.First(each => each.Data is StatusChanged { From: SessionStatus.AwaitingProvider });
        Assert.True(woken.AtMs >= due, $"It was tried {due - woken.AtMs} ms too early");
        Assert.InRange(due - events.Last(each => each.Data is StepStarted).AtMs, 1_000, 30_000);
        Assert.Single(await bench.EventsAsync<StepStarted>(session));
        Assert.Single(await bench.EventsAsync<TurnStarted>(session));
        Assert.Equal("at last", await bench.TextAsync(session));
        Assert.NotNull(Assert.Single(await bench.TroublesAsync(session)).HealedAtMs);
        await bench.AssertOrderlyAsync(session);
        Assert.Contains("You have sent 2 messages", await bench.AskAsync(session, "How many messages did I send?"), StringComparison.Ordinal);
    }

    [Theory, BothProviders]
    public async Task A_turn_that_waits_can_be_woken_at_once_or_cancelled(StorageProvider provider)
    {
        var bench = await labs.OnAsync(provider);
        var (woken, cancelled) = (await bench.NewSessionAsync(), await bench.NewSessionAsync());
        await bench.SendAsync(woken, "[[status 429 600 x1]] [[say awake]]");
        await bench.SendAsync(cancelled, "[[status 429 600 x1]] [[say never]]");
        await bench.UntilAsync(woken, SessionStatus.AwaitingProvider);
        await bench.UntilAsync(cancelled, SessionStatus.AwaitingProvider);

        await bench.Conversations.ResumeAsync(bench.Scope, woken, Ended);
        Assert.True(await bench.Conversations.CancelAsync(bench.Scope, cancelled, Ended));

        await bench.UntilAsync(woken, SessionStatus.Idle);
        Assert.Equal(("awake", SessionStatus.Cancelled), (await bench.TextAsync(woken), await bench.StatusAsync(cancelled)));
        Assert.Equal("clean", await bench.AskAsync(cancelled, "[[say clean]]"));
        await bench.AssertOrderlyAsync(cancelled);
    }

    [Theory, BothProviders]
    public async Task After_its_last_try_the_turn_fails_with_a_card_and_a_retry_goes_on(StorageProvider provider)
    {
        await using var bench = await Bench.StartAsync(provider, new() { ["Sessions:MaxProviderRetries"] = "1" });
        var session = await bench.NewSessionAsync();
        await bench.SendAsync(session, "[[status 500 x2]] [[say third time]]");

        await bench.UntilAsync(session, SessionStatus.Failed);

        Assert.Equal("provider", Assert.Single(await bench.EventsAsync<TurnFailed>(session)).Code);
        var trouble = Assert.Single(await bench.TroublesAsync(session));
        Assert.Equal(("provider_failing", null, SessionFixes.Resume), (trouble.Kind, trouble.HealedAtMs, trouble.Fixes[0].Kind));
        await bench.Conversations.ResumeAsync(bench.Scope, session, Ended);
        await bench.UntilAsync(session, SessionStatus.Idle);
        Assert.Equal("third time", await bench.TextAsync(session));
        Assert.NotNull(Assert.Single(await bench.TroublesAsync(session)).HealedAtMs);
        await bench.AssertOrderlyAsync(session);
    }

    [Theory, BothProviders]
    public async Task The_desk_s_switch_fails_every_model_until_it_is_put_back(StorageProvider provider)
    {
        await using var bench = await Bench.StartAsync(provider);
        var desk = bench.Lab.Services.GetRequiredService<OfflineDesk>();
        var session = await bench.NewSessionAsync();
        await desk.SetAsync(OfflineSwitches.ProviderFails, "429", Ended);
        await bench.SendAsync(session, "[[say back]]");
        await bench.UntilAsync(session, SessionStatus.AwaitingProvider);

        await desk.SetAsync(OfflineSwitches.ProviderFails, "none", Ended);

        await bench.UntilAsync(session, SessionStatus.Idle);
        Assert.Equal("back", await bench.TextAsync(session));
    }

    [Theory, BothProviders]
    public async Task An_answer_cut_in_the_middle_is_kept_and_a_retry_goes_on_where_it_stopped(StorageProvider provider)
    {
        var bench = await labs.OnAsync(provider);
        var session = await bench.NewSessionAsync();
        await bench.SendAsync(session, "[[reasoning]] [[long 120]] [[pace 2]] [[cut 60 x1]] about ships");
        await bench.UntilAsync(session, SessionStatus.Failed);
        var whole = Prose.AtLength("ships", 120);
        var kept = await bench.TextAsync(session);
        Assert.StartsWith(kept, whole, StringComparison.Ordinal);
        Assert.InRange(kept.Length, 1, whole.Length - 1);
        Assert.Equal("cut", Assert.Single(await bench.EventsAsync<UsageRecorded>(session)).FinishReason);

        await bench.Conversations.ResumeAsync(bench.Scope, session, Ended);

        await bench.UntilAsync(session, SessionStatus.Idle);
        Assert.Equal(whole, await bench.TextAsync(session));
        await bench.AssertOrderlyAsync(session);
        Assert.Contains("You have sent 2 messages", await bench.AskAsync(session, "How many messages did I send?"), StringComparison.Ordinal);
    }

    [Theory, BothProviders]
    public async Task A_request_that_is_refused_fails_at_once(StorageProvider provider)
    {
        var bench = await labs.OnAsync(provider);
        var session = await bench.NewSessionAsync();
        await bench.SendAsync(session, "[[status 400]]");

        await bench.UntilAsync(session, SessionStatus.Failed);

        Assert.Equal("provider_refused", Assert.Single(await bench.TroublesAsync(session)).Kind);
        Assert.DoesNotContain(await bench.EventsAsync<StatusChanged>(session), moved => moved.To == SessionStatus.AwaitingProvider);
    }
}
