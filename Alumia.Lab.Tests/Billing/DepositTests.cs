using Alumia.Lab.Billing;
using Alumia.Lab.Offline;
using Alumia.Lab.Organizations;
using Alumia.Lab.Storage;
using Alumia.Lab.Tests.Harness;
using Alumia.Lab.Tests.Stories;

namespace Alumia.Lab.Tests.Billing;

/// <summary>The section "Stripe checkout did not return a balance": by whichever road the payment is heard of, it is credited, once.</summary>
public sealed class DepositTests(Tills tills) : IClassFixture<Tills>
{
    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    [Theory, BothProviders]
    public async Task A_paid_checkout_is_credited_by_its_webhook_and_its_timeline_tells_all(StorageProvider provider)
    {
        var till = await tills.OnAsync(provider);
        var scope = await till.FoundAsync("paula");
        var checkout = await till.BeginAsync(scope, 2_500);
        Assert.StartsWith("cs_test_", checkout.SessionId, StringComparison.Ordinal);
        Assert.StartsWith(till.Lab.Address.ToString(), checkout.Address, StringComparison.Ordinal);
        Assert.Equal(DepositStatus.Pending, (await till.OfAsync(scope, checkout)).Status);

        await till.PayAsync(checkout);
        var deposit = await till.UntilAsync(scope, checkout, DepositStatus.Succeeded);

        Assert.Equal(2_500, await till.BalanceAsync(scope));
        Assert.Equal((MoneySource.StandIn, true, null), (deposit.Source, deposit.PaymentIntentId is not null, deposit.NextCheckAtMs));
        Assert.Equal(["checkout", "checkout", "webhook", "paid", "ledger"], (await till.LinesAsync(scope, checkout)).Select(line => line.Kind));
        Assert.Equal([200], await till.AnswersAsync(scope, checkout));
    }

    [Theory, BothProviders]
    public async Task Where_the_webhook_is_lost_the_return_page_credits(StorageProvider provider)
    {
        var till = await tills.OnAsync(provider);
        var scope = await till.FoundAsync("rita");
        await till.SetAsync(OfflineSwitches.StripeWebhooks, "lost");
        var checkout = await till.BeginAsync(scope, returnTo: $"/{scope.OrgSlug}/lab");
        await till.PayAsync(checkout);
        Assert.Equal(0, await till.BalanceAsync(scope));

        var check = await till.Deposits.ReturnedAsync(scope, checkout.DepositId, Ended);

        await till.SetAsync(OfflineSwitches.StripeWebhooks, "normal");
        Assert.Equal((DepositStatus.Succeeded, true, $"/{scope.OrgSlug}/lab"), (check.Deposit.Status, check.Answered, check.Deposit.ReturnTo));
        Assert.Equal(2_500, await till.BalanceAsync(scope));
        Assert.Equal(["checkout", "checkout", "returned", "read_back", "paid", "ledger"], (await till.LinesAsync(scope, checkout)).Select(line => line.Kind));
    }

    [Theory, BothProviders]
    public async Task A_closed_tab_and_a_late_webhook_cost_a_minute_and_the_webhook_changes_nothing_afterwards(StorageProvider provider)
    {
        var till = await tills.OnAsync(provider);
        var scope = await till.FoundAsync("carl");
        await till.SetAsync(OfflineSwitches.StripeWebhooks, "late");
        var checkout = await till.BeginAsync(scope);
        await till.PayAsync(checkout);
        await till.SetAsync(OfflineSwitches.StripeWebhooks, "normal");
        var pending = await till.OfAsync(scope, checkout);
        Assert.Equal((DepositStatus.Pending, checkout.SessionId), (pending.Status, pending.SessionId));

        await till.ForwardAsync(1);
        await till.UntilAsync(scope, checkout, DepositStatus.Succeeded);
        Assert.Equal(2_500, await till.BalanceAsync(scope));
        var rows = await till.LedgerRowsAsync(scope);
        await till.ForwardAsync(10);
        await Eventually.Value(() => till.AnswersAsync(scope, checkout), answers => answers is [200], "the late webhook was answered");

        Assert.Equal((2_500, rows), (await till.BalanceAsync(scope), await till.LedgerRowsAsync(scope)));
        Assert.Equal(DepositStatus.Succeeded, (await till.OfAsync(scope, checkout)).Status);
    }

    [Theory, BothProviders]
    public async Task Where_Stripe_does_not_answer_for_an_hour_a_card_says_so_and_then_offers_support(StorageProvider provider)
    {
        var till = await tills.OnAsync(provider);
        var scope = await till.FoundAsync("hope");
        await till.SetAsync(OfflineSwitches.StripeWebhooks, "lost");
        await till.SetAsync(OfflineSwitches.StripeReadingFails, "100000");
        var checkout = await till.BeginAsync(scope);
        await till.PayAsync(checkout);
        Assert.False((await till.Deposits.ReturnedAsync(scope, checkout.DepositId, Ended)).Answered);
        Assert.Empty(await till.TroublesAsync(scope, "deposit_pending"));

        await till.ForwardAsync(2);
        var early = Assert.Single(await Eventually.Value(() => till.TroublesAsync(scope, "deposit_pending"), open => open.Count == 1, "the card is there"));
        Assert.Equal(["Check with Stripe now"], early.Fixes.Select(fix => fix.Label));
        await till.ForwardAsync(60);
        var late = (await Eventually.Value(() => till.TroublesAsync(scope, "deposit_pending"), open => open[0].Fixes.Count == 2, "support is offered"))[0];
        Assert.Equal((early.Id, "Contact support"), (late.Id, late.Fixes[0].Label));
        var mail = (await till.Get<Alumia.Lab.Troubles.TroubleLog>().ApplyAsync(scope, late.Id, "Contact support", Ended)).GoTo!;
        Assert.StartsWith("mailto:help@example.com?", mail, StringComparison.Ordinal);
        Assert.Contains(checkout.SessionId, mail, StringComparison.Ordinal);

        await till.SetAsync(OfflineSwitches.StripeReadingFails, "0");
        await till.SetAsync(OfflineSwitches.StripeWebhooks, "normal");
        var said = await till.Get<Alumia.Lab.Troubles.TroubleLog>().ApplyAsync(scope, late.Id, "Check with Stripe now", Ended);
        Assert.Contains("$25.00", said.Message, StringComparison.Ordinal);
        Assert.Equal(2_500, await till.BalanceAsync(scope));
        Assert.Empty(await till.TroublesAsync(scope, "deposit_pending"));
    }

    [Theory, BothProviders]
    public async Task Where_reading_fails_on_the_return_opening_the_billing_page_credits(StorageProvider provider)
    {
        var till = await tills.OnAsync(provider);
        var scope = await till.FoundAsync("olga");
        await till.SetAsync(OfflineSwitches.StripeWebhooks, "lost");
        var checkout = await till.BeginAsync(scope);
        await till.PayAsync(checkout);
        await till.SetAsync(OfflineSwitches.StripeReadingFails, "1");
        Assert.False((await till.Deposits.ReturnedAsync(scope, checkout.DepositId, Ended)).Answered);
        Assert.Equal(0, await till.BalanceAsync(scope));

        await Eventually.True(async () =>
        {
            await till.Deposits.CheckOpenAsync(scope, Ended); // As each reload does; Stripe is not asked twice within a breath.
            return await till.BalanceAsync(scope) == 2_500;
        }, "a reload credits");
        await till.SetAsync(OfflineSwitches.StripeWebhooks, "normal");
    }

    [Theory, BothProviders]
    public async Task Where_the_work_of_the_first_delivery_fails_the_next_one_credits_and_both_are_seen(StorageProvider provider)
    {
        var till = await tills.OnAsync(provider);
        var scope = await till.FoundAsync("fay");
        await till.SetAsync(OfflineSwitches.WebhookWorkFails, "1");
        var checkout = await till.BeginAsync(scope);
        await till.PayAsync(checkout);

        await till.UntilAsync(scope, checkout, DepositStatus.Succeeded);

        Assert.Equal(2_500, await till.BalanceAsync(scope));
        Assert.Equal([500, 200], await till.AnswersAsync(scope, checkout));
    }

    [Theory, BothProviders]
    public async Task The_labs_own_retry_credits_where_Stripe_never_comes_again(StorageProvider provider)
    {
        var till = await tills.OnAsync(provider);
        var scope = await till.FoundAsync("otto");
        await till.SetAsync(OfflineSwitches.WebhookWorkFails, "1");
        await till.SetAsync(OfflineSwitches.StripeReadingFails, "100000");
        var checkout = await till.BeginAsync(scope);
        await till.PayAsync(checkout);
        await Eventually.Value(() => till.AnswersAsync(scope, checkout), answers => answers is [500], "the first delivery failed");
        await till.SetAsync(OfflineSwitches.StripeWebhooks, "wrongly-signed"); // Stripe's own retries are no use any more.

        await till.ForwardAsync(2);
        await till.UntilAsync(scope, checkout, DepositStatus.Succeeded);

        Assert.Equal(2_500, await till.BalanceAsync(scope));
        Assert.Equal([500, null], await till.AnswersAsync(scope, checkout));
        await till.SetAsync(OfflineSwitches.StripeReadingFails, "0");
        await till.SetAsync(OfflineSwitches.StripeWebhooks, "normal");
    }

    [Theory, BothProviders]
    public async Task A_wrongly_signed_webhook_is_refused_and_the_right_one_credits(StorageProvider provider)
    {
        var till = await tills.OnAsync(provider);
        var scope = await till.FoundAsync("wanda");
        await till.SetAsync(OfflineSwitches.StripeWebhooks, "wrongly-signed");
        var checkout = await till.BeginAsync(scope);
        await till.PayAsync(checkout);
        await Eventually.Value(() => till.DeliveriesAsync(checkout, "checkout.session.completed"), rows => rows is [{ How: var how }] && how.Contains("400", StringComparison.Ordinal), "it was refused");
        Assert.Equal((0, 2), (await till.BalanceAsync(scope), (await till.LinesAsync(scope, checkout)).Count));

        await till.SetAsync(OfflineSwitches.StripeWebhooks, "normal");
        await till.UntilAsync(scope, checkout, DepositStatus.Succeeded);
        Assert.Equal(2_500, await till.BalanceAsync(scope));
    }

    [Theory, BothProviders]
    public async Task All_roads_at_once_credit_once(StorageProvider provider)
    {
        var till = await tills.OnAsync(provider);
        var scope = await till.FoundAsync("rush");
        await till.SetAsync(OfflineSwitches.StripeWebhooks, "doubled");
        var checkout = await till.BeginAsync(scope);
        await till.PayAsync(checkout);
        await Task.WhenAll(Enumerable.Range(0, 12).Select(i => i % 2 == 0
            ? till.Deposits.ReturnedAsync(scope, checkout.DepositId, Ended) : till.Deposits.CheckNowAsync(scope, checkout.DepositId, Ended)));
        await Eventually.Value(() => till.DeliveriesAsync(checkout, "checkout.session.completed"), rows => rows.Count == 2 && rows.All(row => row.DueAtMs is null), "both webhooks were taken");

        await till.SetAsync(OfflineSwitches.StripeWebhooks, "normal");
        Assert.Equal((2_500, 1), (await till.BalanceAsync(scope), await till.LedgerRowsAsync(scope)));
        Assert.Single(await till.LinesAsync(scope, checkout), line => line.Kind == DepositEvents.Ledger);
    }

    [Theory, BothProviders]
    public async Task A_declined_card_leaves_the_page_open_and_an_expired_page_ends_the_deposit(StorageProvider provider)
    {
        var till = await tills.OnAsync(provider);
        var scope = await till.FoundAsync("dean");
        var checkout = await till.BeginAsync(scope);
        Assert.Equal("Your card was declined.", await till.Payments.PayAsync(checkout.SessionId, Till.Declined, Ended));
        Assert.Equal(DepositStatus.Pending, (await till.Deposits.CheckNowAsync(scope, checkout.DepositId, Ended)).Deposit.Status);
        await till.Payments.ExpireAsync(checkout.SessionId, Ended);
        await till.UntilAsync(scope, checkout, DepositStatus.Expired);
        Assert.Equal((0, 0), (await till.BalanceAsync(scope), await till.LedgerRowsAsync(scope)));
    }

    [Theory, BothProviders]
    public async Task A_bank_takes_its_time_and_pays_or_does_not_in_whatever_order_it_is_told(StorageProvider provider)
    {
        var till = await tills.OnAsync(provider);
        var scope = await till.FoundAsync("bea");
        await till.SetAsync(OfflineSwitches.StripeBankSeconds, "600");
        var (pays, fails) = (await till.BeginAsync(scope, 1_000), await till.BeginAsync(scope, 3_000));
        await till.PayAsync(pays, Till.Bank);
        await till.PayAsync(fails, Till.BadBank);
        await till.UntilAsync(scope, pays, DepositStatus.Processing);
        await till.UntilAsync(scope, fails, DepositStatus.Processing);
        Assert.Equal(0, await till.BalanceAsync(scope));
        await till.SetAsync(OfflineSwitches.StripeWebhooks, "out-of-order");
        var early = await till.BeginAsync(scope, 700);
        await till.SetAsync(OfflineSwitches.StripeBankSeconds, "0");
        await till.PayAsync(early, Till.Bank);

        await till.ForwardAsync(11);
        await till.UntilAsync(scope, pays, DepositStatus.Succeeded);
        Assert.NotNull((await till.UntilAsync(scope, fails, DepositStatus.Failed)).Problem);
        await till.UntilAsync(scope, early, DepositStatus.Succeeded);
        await till.SetAsync(OfflineSwitches.StripeWebhooks, "normal");
        await till.SetAsync(OfflineSwitches.StripeBankSeconds, "20");
        Assert.Equal(1_700, await till.BalanceAsync(scope));
    }

    [Theory, BothProviders]
    public async Task Only_owners_and_admins_begin_a_deposit_and_only_of_5_to_10000_dollars(StorageProvider provider)
    {
        var till = await tills.OnAsync(provider);
        var owner = await till.FoundAsync("olaf");
        var member = await People.JoinAsync(till.Lab, owner, "olafs-member", OrgRole.Member);
        Assert.Equal(RefusalKind.Forbidden, (await Assert.ThrowsAsync<Refusal>(() => till.BeginAsync(member))).Kind);
        foreach (var cents in new long[] { 499, 1_000_001, 0, -2_500, long.MinValue })
            Assert.Equal(RefusalKind.Invalid, (await Assert.ThrowsAsync<Refusal>(() => till.BeginAsync(owner, cents))).Kind);
        Assert.Empty(await till.Deposits.ListAsync(owner, null, 10, Ended));
        var elsewhere = await till.BeginAsync(owner, 500, returnTo: "/another-org/lab");
        Assert.Null((await till.OfAsync(owner, elsewhere)).ReturnTo);
        await till.BeginAsync(owner, 1_000_000);
    }

    [Theory, BothProviders]
    public async Task Another_orgs_deposit_does_not_exist(StorageProvider provider)
    {
        var till = await tills.OnAsync(provider);
        var (mine, other) = (await till.FoundAsync("mine"), await till.FoundAsync("strange"));
        var checkout = await till.BeginAsync(mine);
        foreach (var deed in new Func<Task>[]
        {
            () => till.Deposits.GetAsync(other, checkout.DepositId, Ended), () => till.Deposits.TimelineAsync(other, checkout.DepositId, Ended),
            () => till.Deposits.ReturnedAsync(other, checkout.DepositId, Ended), () => till.Deposits.CheckNowAsync(other, checkout.DepositId, Ended),
        })
            Assert.Equal(RefusalKind.NotFound, (await Assert.ThrowsAsync<Refusal>(deed)).Kind);
        Assert.Null((await till.OfAsync(mine, checkout)).ReturnedAtMs);
    }
}
