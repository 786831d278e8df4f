using Alumia.Lab.Ledger;
using Alumia.Lab.Sessions;
using Alumia.Lab.Storage;
using Alumia.Lab.Tests.Harness;
using Alumia.Lab.Troubles;
using Microsoft.Extensions.DependencyInjection;

namespace Alumia.Lab.Tests.Sessions;

/// <summary>The document's section "402 PAYMENT_REQUIRED", in the runtime: what is held, what parks, and what lets it go on.</summary>
public sealed class FundsTests(BothLabs labs) : IClassFixture<BothLabs>
{
    private const string Paid = "openai/gpt-5.5", Free = "groq/llama-3.1-8b-instant";

    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    [Theory, BothProviders]
    public async Task A_paid_model_on_an_empty_balance_waits_with_the_documents_card_and_goes_on_when_money_comes(StorageProvider provider)
    {
        var bench = await labs.NewOrgAsync(provider);
        var session = await PaidAsync(bench);
        await bench.SendAsync(session, "[[say Paid for]]", "m1");
        await bench.UntilAsync(session, SessionStatus.PaymentRequired);

        var card = Assert.Single(await bench.TroublesAsync(session));
        Assert.Equal(("payment_required", "Your balance is empty", "Add funds to your billing balance before running paid models."), (card.Kind, card.Title, card.Cause));
        Assert.Equal("Add funds", card.Fixes[0].Label);
        Assert.Empty(await bench.EventsAsync<StepStarted>(session));

        await CreditAsync(bench, Money.Dollar);
        await bench.UntilAsync(session, SessionStatus.Idle);

        Assert.Equal("Paid for", await bench.TextAsync(session));
        var money = Assert.Single(await bench.EventsAsync<UsageRecorded>(session)).Money!;
        Assert.Equal((StepSource.Platform, StepStop.Finished), (money.Source, money.Stop));
        Assert.True(money.Used > 0 && money.Held == money.Used + money.Released, $"{money}");
        Assert.Equal(Money.Dollar - money.Used, (await BalanceAsync(bench)).Balance);
        Assert.Equal("Funds arrived, went on by itself", Assert.Single(await bench.TroublesAsync(session)).HealedBy);
        Assert.Single(await bench.EventsAsync<TurnStarted>(session));
        await bench.AssertOrderlyAsync(session);
    }

    [Theory, BothProviders]
    public async Task A_free_model_lets_the_same_turn_go_on_and_costs_nothing(StorageProvider provider)
    {
        var bench = await labs.NewOrgAsync(provider);
        var (chosen, pressed) = (await PaidAsync(bench), await PaidAsync(bench));
        await bench.SendAsync(chosen, "[[say For nothing]]");
        await bench.SendAsync(pressed, "[[say By a button]]");
        await bench.UntilAsync(chosen, SessionStatus.PaymentRequired);
        await bench.UntilAsync(pressed, SessionStatus.PaymentRequired);

        await bench.Conversations.ChooseAsync(bench.Scope, chosen, bench.Ala.Id, Free, Ended);
        var card = Assert.Single(await bench.TroublesAsync(pressed));
        await bench.Lab.Services.GetRequiredService<TroubleLog>().ApplyAsync(bench.Scope, card.Id, "Run this turn on a free model", Ended);
        await bench.UntilAsync(chosen, SessionStatus.Idle);
        await bench.UntilAsync(pressed, SessionStatus.Idle);

        Assert.Equal(("For nothing", "By a button"), (await bench.TextAsync(chosen), await bench.TextAsync(pressed)));
        Assert.Equal((StepSource.Free, 0), (Assert.Single(await bench.EventsAsync<UsageRecorded>(chosen)).Money!.Source, (await BalanceAsync(bench)).Balance));
        Assert.All(await bench.TroublesAsync(chosen), trouble => Assert.NotNull(trouble.HealedAtMs));
    }

    [Theory, BothProviders]
    public async Task A_program_is_refused_before_anything_is_stored(StorageProvider provider)
    {
        var bench = await labs.NewOrgAsync(provider);
        var session = await PaidAsync(bench);
        var refusal = await Assert.ThrowsAsync<Refusal>(() => bench.Conversations.SendAsync(bench.Scope, session, new NewMessage("m1", "Hi", RefuseUnpaid: true), Ended));

        Assert.Equal((RefusalKind.PaymentRequired, "Add funds to your billing balance before running paid models."), (refusal.Kind, refusal.Message));
        Assert.Empty(await bench.EventsAsync(session));
        Assert.Equal(SessionStatus.Idle, await bench.StatusAsync(session));
    }

    [Theory, BothProviders]
    public async Task Where_the_money_ends_in_mid_answer_what_came_is_kept_and_the_rest_follows_when_more_is_there(StorageProvider provider)
    {
        var bench = await labs.NewOrgAsync(provider);
        await CreditAsync(bench, 5 * Money.Cent);
        var session = await PaidAsync(bench);
        await bench.SendAsync(session, "[[long 9000]]");
        await bench.UntilAsync(session, SessionStatus.PaymentRequired);

        var part = await bench.TextAsync(session);
        Assert.InRange(part.Length, 200, 8_999);
        Assert.All(await bench.EventsAsync<UsageRecorded>(session), cut => Assert.Equal(("cut", StepStop.OutOfFunds), (cut.FinishReason, cut.Money!.Stop)));
        Assert.Single(await bench.TroublesAsync(session));
        Assert.True((await BalanceAsync(bench)).Balance < Money.Cent);

        await CreditAsync(bench, 10 * Money.Dollar);
        await bench.UntilAsync(session, SessionStatus.Idle);

        Assert.StartsWith(part, await bench.TextAsync(session), StringComparison.Ordinal);
        var paid = (await bench.EventsAsync<UsageRecorded>(session)).Sum(usage => usage.Money!.Used);
        Assert.Equal((5 * Money.Cent) + (10 * Money.Dollar) - paid, (await BalanceAsync(bench)).Balance);
        await bench.AssertOrderlyAsync(session);
    }

    [Theory, BothProviders]
    public async Task Twenty_sessions_on_a_dollar_see_no_empty_balance_before_it_is_spent_and_spend_no_cent_beyond_it(StorageProvider provider)
    {
        var bench = await labs.NewOrgAsync(provider);
        await CreditAsync(bench, Money.Dollar);
        var sessions = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => PaidAsync(bench)));
        await Task.WhenAll(sessions.Select(session => bench.SendAsync(session, "[[long 9000]]")));
        foreach (var session in sessions)
            await Eventually.Value(() => bench.StatusAsync(session), now => now is SessionStatus.Idle or SessionStatus.PaymentRequired, "the session has answered, or the dollar is spent");

        var balance = await BalanceAsync(bench);
        var spent = 0L;
        foreach (var session in sessions)
        {
            spent += (await bench.EventsAsync<UsageRecorded>(session)).Sum(usage => usage.Money!.Used);
            if (await bench.StatusAsync(session) == SessionStatus.PaymentRequired)
                Assert.True(balance.Balance < Money.Cent, $"An empty balance was told of while {balance.Balance} microcents were there");
            await bench.AssertOrderlyAsync(session);
        }
        Assert.Equal((Money.Dollar, 0), (spent + balance.Balance, balance.Held));
    }

    [Theory, BothProviders]
    public async Task A_cancelled_step_pays_for_what_came_and_gives_the_rest_back(StorageProvider provider)
    {
        var bench = await labs.NewOrgAsync(provider);
        await CreditAsync(bench, Money.Dollar);
        var session = await PaidAsync(bench);
        await bench.SendAsync(session, "[[long 20000]] [[pace 20]]");
        await bench.UntilStreamedAsync(session, 40);
        Assert.True(await bench.Conversations.CancelAsync(bench.Scope, session, Ended));

        var money = Assert.Single(await bench.EventsAsync<UsageRecorded>(session)).Money!;
        Assert.Equal(StepStop.Cancelled, money.Stop);
        Assert.True(money.Used > 0);
        Assert.Equal((Money.Dollar - money.Used, 0), ((await BalanceAsync(bench)).Balance, (await BalanceAsync(bench)).Held));
    }

    [Theory, BothProviders]
    public async Task A_step_that_waits_for_its_provider_holds_nothing(StorageProvider provider)
    {
        var bench = await labs.NewOrgAsync(provider);
        await CreditAsync(bench, Money.Dollar);
        var session = await PaidAsync(bench);
        await bench.SendAsync(session, "[[status 429 600 x1]] [[say after all]]");
        await bench.UntilAsync(session, SessionStatus.AwaitingProvider);
        Assert.Equal((Money.Dollar, 0), ((await BalanceAsync(bench)).Wallet, (await BalanceAsync(bench)).Held));

        await bench.Conversations.ResumeAsync(bench.Scope, session, Ended);
        await bench.UntilAsync(session, SessionStatus.Idle);
        var used = Assert.Single(await bench.EventsAsync<UsageRecorded>(session)).Money!.Used;
        Assert.Equal(("after all", Money.Dollar - used), (await bench.TextAsync(session), (await BalanceAsync(bench)).Wallet));
    }

    [Theory, BothProviders]
    public async Task What_an_org_owes_is_said_and_the_next_deposit_pays_it_first(StorageProvider provider)
    {
        var bench = await labs.NewOrgAsync(provider);
        await CreditAsync(bench, Money.Dollar);
        await bench.WriteAsync(tx => LedgerBook.TakeBack(tx, bench.Scope.OrgId, 3 * Money.Dollar, "refund:1", "Refund"));
        var session = await PaidAsync(bench);
        await bench.SendAsync(session, "[[say Even]]");
        await bench.UntilAsync(session, SessionStatus.PaymentRequired);
        var card = Assert.Single(await bench.TroublesAsync(session));
        Assert.Equal("Your organization owes money", card.Title);
        Assert.Contains("$2.00", card.Cause, StringComparison.Ordinal);

        await CreditAsync(bench, 5 * Money.Dollar, "deposit:2");
        await bench.UntilAsync(session, SessionStatus.Idle);
        Assert.Equal("Even", await bench.TextAsync(session));
        Assert.InRange((await BalanceAsync(bench)).Balance, 2 * Money.Dollar, 3 * Money.Dollar);
    }

    private static async Task<string> PaidAsync(Bench bench) => (await bench.Conversations.CreateAsync(bench.Scope, bench.Project.Id, bench.Ala.Id, Paid, cancellation: Ended)).Id;

    private static Task CreditAsync(Bench bench, long microcents, string? key = null) =>
        bench.WriteAsync(tx => LedgerBook.Credit(tx, bench.Scope.OrgId, microcents, key ?? $"deposit:{Guid.NewGuid():N}", "Deposit"));

    private static Task<OrgBalance> BalanceAsync(Bench bench) => bench.Lab.Services.GetRequiredService<Balances>().OfAsync(bench.Scope, Ended);
}
