using Alumia.Lab.Agents;
using Alumia.Lab.Ledger;
using Alumia.Lab.Offline;
using Alumia.Lab.Sessions;
using Alumia.Lab.Storage;
using Alumia.Lab.Tests.Harness;
using Alumia.Lab.Troubles;
using Microsoft.Extensions.DependencyInjection;

namespace Alumia.Lab.Tests.Sessions;

/// <summary>What an agent may spend: turns wait at its limits, and go on by themselves.</summary>
public sealed class SpendLimitTests
{
    private const string Paid = "openai/gpt-5.5";

    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    [Theory, BothProviders]
    public async Task A_session_at_its_limit_waits_with_a_card_and_goes_on_when_the_limit_is_raised(StorageProvider provider)
    {
        await using var bench = await RichAsync(provider);
        var session = await PaidAsync(bench);
        await bench.SendAsync(session, "[[say one]]");
        await bench.UntilAsync(session, SessionStatus.Idle);
        await LimitAsync(bench, edit => edit with { SessionLimit = 20 * Money.Cent });
        await SpendAsync(bench, session, 21 * Money.Cent);

        await bench.SendAsync(session, "[[say two]]");
        await bench.UntilAsync(session, SessionStatus.LimitReached);
        var card = Assert.Single(await bench.TroublesAsync(session));
        Assert.Equal(("limit_reached", "This session's spend limit is reached", "Raise the limit"), (card.Kind, card.Title, card.Fixes[0].Label));
        Assert.Contains("the agent's limit for a session is $0.20", card.Cause, StringComparison.Ordinal);
        Assert.Equal(0, (await BalanceAsync(bench)).Held);
        // Another session of the same agent is under its own limit.
        var other = await PaidAsync(bench);
        await bench.SendAsync(other, "[[say meanwhile]]");
        await bench.UntilAsync(other, SessionStatus.Idle);

        await LimitAsync(bench, edit => edit with { SessionLimit = Money.Dollar });
        await bench.UntilAsync(session, SessionStatus.Idle);
        Assert.Equal("two", await bench.TextAsync(session));
        Assert.NotNull(Assert.Single(await bench.TroublesAsync(session)).HealedAtMs);
        await bench.AssertOrderlyAsync(session);
    }

    [Theory, BothProviders]
    public async Task A_day_counts_all_sessions_of_the_agent_and_the_next_day_begins_anew(StorageProvider provider)
    {
        await using var bench = await RichAsync(provider);
        var clock = bench.Lab.Services.GetRequiredService<ShiftedClock>();
        await LimitAsync(bench, edit => edit with { DailyLimit = 30 * Money.Cent });
        var (first, second) = (await PaidAsync(bench), await PaidAsync(bench));
        await SpendAsync(bench, first, 31 * Money.Cent);

        await bench.SendAsync(second, "[[say tomorrow]]");
        await bench.UntilAsync(second, SessionStatus.LimitReached);
        var card = Assert.Single(await bench.TroublesAsync(second));
        Assert.Equal("This agent's spend limit for today is reached", card.Title);
        Assert.Equal(Day.Next(clock.GetUtcNow().ToUnixTimeMilliseconds()), card.Evidence.Single(each => each.Label == "Goes on by itself").AtMs);

        clock.Ahead = TimeSpan.FromHours(25);
        await bench.WriteAsync(tx => tx.Changed(AgentDirectory.Key(bench.Ala.Id))); // The waker looks at its time now, and not with its next sweep.
        await bench.UntilAsync(second, SessionStatus.Idle);
        Assert.Equal("tomorrow", await bench.TextAsync(second));
    }

    [Theory, BothProviders]
    public async Task A_free_model_is_under_no_limit_and_lets_a_waiting_turn_go_on(StorageProvider provider)
    {
        await using var bench = await RichAsync(provider);
        await LimitAsync(bench, edit => edit with { SessionLimit = Money.Cent, DailyLimit = Money.Cent });
        var session = await PaidAsync(bench);
        await SpendAsync(bench, session, Money.Cent);
        await bench.SendAsync(session, "[[say for nothing]]");
        await bench.UntilAsync(session, SessionStatus.LimitReached);

        var card = Assert.Single(await bench.TroublesAsync(session));
        await bench.Lab.Services.GetRequiredService<TroubleLog>().ApplyAsync(bench.Scope, card.Id, "Run this turn on a free model", Ended);
        await bench.UntilAsync(session, SessionStatus.Idle);
        Assert.Equal(("for nothing", StepSource.Free), (await bench.TextAsync(session), (await bench.EventsAsync<UsageRecorded>(session))[^1].Money!.Source));
    }

    [Theory, BothProviders]
    public async Task An_answer_that_streams_past_the_limit_is_closed_there_and_pays_for_what_came(StorageProvider provider)
    {
        await using var bench = await RichAsync(provider);
        await LimitAsync(bench, edit => edit with { SessionLimit = 10 * Money.Cent });
        var session = await PaidAsync(bench);
        await bench.SendAsync(session, "[[long 20000]]");
        await bench.UntilAsync(session, SessionStatus.LimitReached);

        var steps = await bench.EventsAsync<UsageRecorded>(session);
        Assert.All(steps, step => Assert.Equal(StepStop.LimitReached, step.Money!.Stop));
        // What is counted here while it streams is not just what is paid in the end: less than a step may be left, or the last piece be over.
        Assert.InRange(steps.Sum(step => step.Money!.Used), 4 * Money.Cent, 12 * Money.Cent);
        var part = await bench.TextAsync(session);
        Assert.InRange(part.Length, 200, 19_999);
        Assert.Equal(0, (await BalanceAsync(bench)).Held);

        await LimitAsync(bench, edit => edit with { SessionLimit = null });
        await bench.UntilAsync(session, SessionStatus.Idle);
        Assert.StartsWith(part, await bench.TextAsync(session), StringComparison.Ordinal);
        await bench.AssertOrderlyAsync(session);
    }

    [Theory]
    [InlineData(0), InlineData(-5), InlineData(9_999), InlineData(long.MaxValue)]
    public async Task A_limit_that_is_none_is_refused_and_changes_nothing(long microcents)
    {
        await using var bench = await Bench.StartAsync(StorageProvider.Sqlite);
        var refusal = await Assert.ThrowsAsync<Refusal>(() => LimitAsync(bench, edit => edit with { DailyLimit = microcents }));
        Assert.Equal("A spend limit is $0.01 to $1,000,000.", refusal.Message);
        Assert.Null((await bench.Lab.Services.GetRequiredService<AgentDirectory>().GetAsync(bench.Scope.OrgId, bench.Ala.Id, Ended)).DailyLimit);
    }

    private static async Task<Bench> RichAsync(StorageProvider provider)
    {
        var bench = await Bench.StartAsync(provider);
        await bench.WriteAsync(tx => LedgerBook.Credit(tx, bench.Scope.OrgId, 10 * Money.Dollar, "deposit:1", "Deposit"));
        return bench;
    }

    private static async Task<string> PaidAsync(Bench bench) => (await bench.Conversations.CreateAsync(bench.Scope, bench.Project.Id, bench.Ala.Id, Paid, cancellation: Ended)).Id;

    private static async Task LimitAsync(Bench bench, Func<AgentEdit, AgentEdit> change)
    {
        var agents = bench.Lab.Services.GetRequiredService<AgentDirectory>();
        var agent = await agents.GetAsync(bench.Scope.OrgId, bench.Ala.Id, Ended);
        await agents.UpdateAsync(bench.Scope, agent.Id, change(AgentEdit.Of(agent)), Ended);
    }

    /// <summary>A step of this session that cost this much.</summary>
    private static Task SpendAsync(Bench bench, string session, long microcents) => bench.WriteAsync(tx =>
    {
        var price = new ModelPrice(0, 0, microcents);
        var order = new StepOrder(bench.Scope.OrgId, session, bench.Ala.Id, bench.Project.Id, Id.New("stp", tx.NowMs), null, Paid, "openai", price, StepSource.Platform);
        LedgerBook.Hold(tx, order, new TokenUsage(0, 0, 1_000_000));
        LedgerBook.Settle(tx, order.StepId, new TokenUsage(0, 0, 1_000_000), false, StepStop.Finished);
    });

    private static Task<OrgBalance> BalanceAsync(Bench bench) => bench.Lab.Services.GetRequiredService<Balances>().OfAsync(bench.Scope, Ended);
}
