using Alumia.Lab.Peers;
using Alumia.Lab.Sessions;
using Alumia.Lab.Storage;
using Alumia.Lab.Tests.Harness;
using Alumia.Lab.Tests.Sessions;
using Alumia.Lab.Troubles;
using Microsoft.Extensions.DependencyInjection;
using static Alumia.Lab.Tests.Peers.PeerBench;

namespace Alumia.Lab.Tests.Peers;

/// <summary>Waits for peers: who closes a circle is told, who waits in vain is told, and who only waits long is called neither.</summary>
public sealed class WaitTests(BothLabs labs) : IClassFixture<BothLabs>
{
    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    [Theory, BothProviders]
    public async Task Two_agents_that_wait_for_each_other_are_named_at_the_moment_and_the_last_one_can_open_the_circle(StorageProvider provider)
    {
        var peers = await PeerBench.NewAsync(await labs.OnAsync(provider));
        var (ala, atlas) = (await peers.SessionAsync("Ala"), await peers.SessionAsync("Atlas"));
        await peers.SendAsync(ala, $"{Check("Atlas", 600)} [[say done]]");
        await peers.UntilAsync(ala, SessionStatus.AwaitingPeer);

        // The wait tool holds the closer's turn open, until it is told to stop: the circle stays closed while it is looked at.
        await peers.SendAsync(atlas, $"{Check("Ala", 600)} {Call("wait", new { seconds = 600 })}");
        await Eventually.Value(() => peers.CallsAsync(atlas, "check_messages"), calls => calls.Count == 1, "the circle was refused");

        var told = (await peers.CallsAsync(atlas, "check_messages"))[0];
        Assert.Equal(ToolEnding.Error, told.Ending);
        Assert.Matches("^This wait would never end. Atlas waits for Ala since .* UTC .*, Ala waits for Atlas since .* a deadlock. You closed the circle", told.Result);
        var trouble = Assert.Single(await peers.TroublesAsync(atlas), trouble => trouble.Kind == "deadlock");
        Assert.Null(trouble.HealedAtMs);
        Assert.Equal([("Atlas", "waits for Ala"), ("Ala", "waits for Atlas")], trouble.Evidence.Select(fact => (fact.Label, fact.Value)));
        Assert.Equal($"{atlas} {ala}", trouble.Fixes.Single(fix => fix.Kind == "list_participants")[PeerFixes.Loop]);

        var troubles = peers.Bench.Lab.Services.GetRequiredService<TroubleLog>();
        var answer = trouble.Fixes.Single(fix => fix.Kind == "answer_for_peer").Label;
        await Assert.ThrowsAsync<Refusal>(() => troubles.ApplyAsync(peers.Bench.Scope, trouble.Id, answer, Ended, " "));
        await peers.Bench.Conversations.CancelAsync(peers.Bench.Scope, atlas, Ended);
        await HealedAsync(peers, atlas, "deadlock");
        await peers.Bench.Conversations.CancelAsync(peers.Bench.Scope, ala, Ended);
    }

    [Theory, BothProviders]
    public async Task Three_agents_that_wait_in_a_circle_are_named_and_unread_mail_makes_it_none(StorageProvider provider)
    {
        var peers = await PeerBench.NewAsync(await labs.OnAsync(provider));
        var (ala, atlas, boreas) = (await peers.SessionAsync("Ala"), await peers.SessionAsync("Atlas"), await peers.SessionAsync("Boreas"));
        await peers.SendAsync(ala, $"{Check("Atlas", 600)} [[say done]]");
        await peers.UntilAsync(ala, SessionStatus.AwaitingPeer);
        await peers.SendAsync(atlas, $"{Check("Boreas", 600)} [[say done]]");
        await peers.UntilAsync(atlas, SessionStatus.AwaitingPeer);

        await peers.SendAsync(boreas, $"{Check("Ala", 600)} {Tell("Atlas", "go on")} [[say done]]");
        await peers.UntilAsync(boreas, SessionStatus.Idle);

        var told = await peers.CallsAsync(boreas, "check_messages");
        Assert.Matches("Boreas waits for Ala since .*, Ala waits for Atlas since .*, Atlas waits for Boreas since .* a deadlock", told[0].Result);
        // It opened the circle: Atlas goes on, and Ala's wait is of another kind.
        await peers.UntilAsync(atlas, SessionStatus.Idle);
        await HealedAsync(peers, boreas, "deadlock");
        Assert.Equal("Atlas will not answer by itself", (await OpenAsync(peers, ala, "waiting_on_peer")).Title);
    }

    [Theory, BothProviders]
    public async Task A_peer_at_rest_will_not_answer_by_itself_and_a_persons_follow_up_or_answer_ends_the_wait(StorageProvider provider)
    {
        var peers = await PeerBench.NewAsync(await labs.OnAsync(provider));
        var (ala, atlas) = (await peers.SessionAsync("Ala"), await peers.SessionAsync("Atlas"));
        var troubles = peers.Bench.Lab.Services.GetRequiredService<TroubleLog>();
        await peers.SendAsync(ala, $"{Check("Atlas", 600)} {Check("Atlas", 600)} [[say done]]");
        await peers.UntilAsync(ala, SessionStatus.AwaitingPeer);

        var trouble = await OpenAsync(peers, ala, "waiting_on_peer");
        Assert.Equal("Atlas will not answer by itself", trouble.Title);
        Assert.Matches("Ala waits for Atlas since .*Atlas is idle, nothing to read since .* Atlas will not answer by itself.", trouble.Cause);
        Assert.Equal(["Follow up", "List participants", "Answer for the peer", "Cancel session"], trouble.Fixes.Select(fix => fix.Label));
        var list = (await PressAsync("List participants")).Message!;
        Assert.Contains($"- Ala (you) [{ala}]: awaiting_peer, waits for Atlas since ", list, StringComparison.Ordinal);
        Assert.Contains($"- Atlas [{atlas}]: idle, nothing to read since ", list, StringComparison.Ordinal);

        Assert.Equal("Sent to Atlas.", (await PressAsync("Follow up", "[[say 42]]")).Message);
        await Eventually.Value(() => peers.CallsAsync(ala, "check_messages"), calls => calls.Count == 1, "the follow-up was answered");
        Assert.EndsWith("in answer to you:\n42", (await peers.CallsAsync(ala, "check_messages"))[0].Result, StringComparison.Ordinal);
        trouble = await OpenAsync(peers, ala, "waiting_on_peer", trouble.Id);
        Assert.Equal("Answered Ala.", (await PressAsync("Answer for the peer", "it is 43")).Message);
        await peers.UntilAsync(ala, SessionStatus.Idle);

        Assert.EndsWith("From Atlas (written by a person in its place), in answer to you:\nit is 43", (await peers.CallsAsync(ala, "check_messages"))[1].Result, StringComparison.Ordinal);
        await HealedAsync(peers, ala, "waiting_on_peer");

        Task<FixOutcome> PressAsync(string label, string? text = null) =>
            troubles.ApplyAsync(peers.Bench.Scope, trouble.Id, label, Ended, text);
    }

    [Fact]
    public async Task A_chain_that_is_only_slow_is_told_after_a_quiet_time_and_called_neither()
    {
        await using var bench = await Bench.StartAsync(StorageProvider.Sqlite, new() { ["Peers:QuietSeconds"] = "0.2", ["Limits:ChatPerMinute"] = "1000" });
        var peers = await PeerBench.NewAsync(bench);
        var (ala, _, boreas) = (await peers.SessionAsync("Ala"), await peers.SessionAsync("Atlas"), await peers.SessionAsync("Boreas"));

        await peers.SendAsync(ala, $"{Tell("Atlas", $"{Tell("Boreas", Call("wait", new { seconds = 600 }))} {Check()}")} {Check()}");
        var trouble = await OpenAsync(peers, ala, "waiting_on_peer");

        Assert.Equal("Ala has been waiting for Atlas", trouble.Title);
        // It is told anew as the chain changes, until all of it is as long as it will be.
        trouble = (await Eventually.Value(() => peers.TroublesAsync(ala), all => all[0].Cause.Contains("Boreas runs wait", StringComparison.Ordinal), "the whole chain is told")).Single();
        Assert.Matches("Ala waits for Atlas since .*, Atlas waits for Boreas since .*Boreas runs wait since .* The chain is slow, but it moves.", trouble.Cause);
        Assert.DoesNotContain("deadlock", trouble.Cause, StringComparison.Ordinal);
        // What they wait for is stopped: each hears of it in turn.
        await bench.Conversations.CancelAsync(bench.Scope, boreas, Ended);
        await peers.UntilAsync(ala, SessionStatus.Idle);
        Assert.Contains("(Boreas could not answer: Cancelled.)", (await peers.CallsAsync(ala, "check_messages"))[0].Result, StringComparison.Ordinal);
        await HealedAsync(peers, ala, "waiting_on_peer");
    }

    private static async Task<Trouble> OpenAsync(PeerBench peers, string session, string kind, string? otherThan = null)
    {
        return (await Eventually.Value(() => peers.TroublesAsync(session), troubles => troubles.Any(Is), $"{kind} is raised")).Single(Is);

        bool Is(Trouble trouble) => trouble.HealedAtMs is null && trouble.Kind == kind && trouble.Id != otherThan;
    }

    private static async Task HealedAsync(PeerBench peers, string session, string kind) =>
        await Eventually.Value(() => peers.TroublesAsync(session), troubles => troubles.Any(trouble => trouble.Kind == kind) && troubles.All(trouble => trouble.HealedAtMs is not null), $"{kind} is healed");
}
