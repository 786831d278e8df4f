using System.Text.Json.Nodes;
using Alumia.Lab.Billing;
using Alumia.Lab.Offline;
using Alumia.Lab.Offline.Stripe;
using Alumia.Lab.Storage;
using Alumia.Lab.Tests.Harness;

namespace Alumia.Lab.Tests.Billing;

/// <summary>Refunds, disputes, and payments that are not what was asked for.</summary>
public sealed class TakingBackTests(Tills tills) : IClassFixture<Tills>
{
    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    [Theory, BothProviders]
    public async Task Refunds_take_what_was_paid_back_and_what_the_wallet_lacks_is_owed(StorageProvider provider)
    {
        var till = await tills.OnAsync(provider);
        var scope = await till.FoundAsync("refunded");
        var checkout = await till.DepositAsync(scope, 2_000);
        var intent = (await till.OfAsync(scope, checkout)).PaymentIntentId!;
        await till.Payments.RefundAsync(intent, 500, Ended);
        await till.UntilBalanceAsync(scope, 1_500);
        Assert.Equal((DepositStatus.Succeeded, 500), (await till.OfAsync(scope, checkout) is var part ? (part.Status, part.RefundedCents) : default));
        await till.SpendAsync(scope, 1_200);

        await till.Payments.RefundAsync(intent, null, Ended);

        await till.UntilAsync(scope, checkout, DepositStatus.Refunded);
        Assert.Equal((0, 1_200), (await till.BalanceAsync(scope), await till.OwedAsync(scope)));
        await till.DepositAsync(scope, 1_500);
        Assert.Equal((300, 0), (await till.BalanceAsync(scope), await till.OwedAsync(scope)));
    }

    [Theory, BothProviders]
    public async Task A_dispute_takes_the_money_and_a_won_one_gives_it_back(StorageProvider provider)
    {
        var till = await tills.OnAsync(provider);
        var scope = await till.FoundAsync("disputed");
        var (won, lost) = (await till.DepositAsync(scope, 1_000), await till.DepositAsync(scope, 3_000));
        var (winning, losing) = ((await till.OfAsync(scope, won)).PaymentIntentId!, (await till.OfAsync(scope, lost)).PaymentIntentId!);
        await till.Payments.DisputeAsync(winning, Ended);
        await till.Payments.DisputeAsync(losing, Ended);
        await till.UntilBalanceAsync(scope, 0);
        await till.UntilAsync(scope, won, DepositStatus.Disputed);

        await till.Payments.CloseDisputeAsync(winning, isWon: true, Ended);
        await till.Payments.CloseDisputeAsync(losing, isWon: false, Ended);

        await till.UntilBalanceAsync(scope, 1_000);
        await till.UntilAsync(scope, won, DepositStatus.Succeeded);
        Assert.Equal(DepositStatus.Disputed, (await till.OfAsync(scope, lost)).Status);
    }

    [Theory, BothProviders]
    public async Task The_order_in_which_a_dispute_is_told_is_irrelevant(StorageProvider provider)
    {
        var till = await tills.OnAsync(provider);
        var scope = await till.FoundAsync("shuffled");
        List<(string Name, Action<DepositDispute> Learn)> facts =
        [
            ("created", _ => { }), ("withdrawn", row => row.IsWithdrawn = true), ("closed", row => row.Outcome = "won"), ("reinstated", row => row.IsReinstated = true),
        ];
        var balance = 0L;
        foreach (var order in Permutations(facts))
        {
            var checkout = await till.DepositAsync(scope, 500);
            balance += 500;
            foreach (var (_, learn) in order)
                await till.Get<Writer>().Write(tx => TakingBack.Disputed(tx, Settlement.Lock(tx, checkout.DepositId)!, $"dp_{checkout.DepositId}", 500, learn), Ended);
            Assert.Equal((string.Join(' ', order.Select(fact => fact.Name)), balance, DepositStatus.Succeeded),
                (string.Join(' ', order.Select(fact => fact.Name)), await till.BalanceAsync(scope), (await till.OfAsync(scope, checkout)).Status));
        }
    }

    [Theory, BothProviders]
    public async Task A_refund_that_is_told_before_the_payment_credits_first(StorageProvider provider)
    {
        var till = await tills.OnAsync(provider);
        var scope = await till.FoundAsync("hasty");
        await till.SetAsync(OfflineSwitches.StripeWebhooks, "lost");
        var checkout = await till.BeginAsync(scope, 2_000);
        await till.PayAsync(checkout);
        await till.SetAsync(OfflineSwitches.StripeWebhooks, "normal");
        var session = await till.Get<Writer>().Write(tx => StripeStore.Get(tx, StripeShapes.Session, checkout.SessionId)!, Ended);
        await till.Payments.RefundAsync(session.Text("payment_intent")!, 800, Ended);

        await till.UntilAsync(scope, checkout, DepositStatus.Succeeded);

        Assert.Equal(1_200, await till.BalanceAsync(scope));
    }

    [Theory, BothProviders]
    public async Task A_payment_that_is_not_what_was_asked_for_credits_nothing_and_asks_for_a_person(StorageProvider provider)
    {
        var till = await tills.OnAsync(provider);
        foreach (var (name, field, value) in new (string, string, JsonNode)[] { ("less", "amount_total", 100), ("more", "amount_total", 1_000_000), ("crowns", "currency", "sek") })
        {
            var scope = await till.FoundAsync(name);
            var checkout = await till.BeginAsync(scope, 2_000);
            await till.Get<Writer>().Write(tx =>
            {
                var session = StripeStore.Get(tx, StripeShapes.Session, checkout.SessionId)!;
                session[field] = value.DeepClone();
                StripeStore.Put(tx, session);
            }, Ended);
            await till.PayAsync(checkout);
            var failed = await till.UntilAsync(scope, checkout, DepositStatus.Failed);
            Assert.Equal((name, 0, 0), (name, await till.BalanceAsync(scope), await till.LedgerRowsAsync(scope)));
            var trouble = Assert.Single(await till.TroublesAsync(scope, "deposit_pending"));
            Assert.Equal((failed.Problem, "Contact support"), (trouble.Cause, Assert.Single(trouble.Fixes).Label));
        }
    }

    private static IEnumerable<List<T>> Permutations<T>(List<T> all) => all.Count == 0 ? [[]]
        : all.SelectMany((first, index) => Permutations<T>([.. all.Where((_, other) => other != index)]).Select(rest => rest.Prepend(first).ToList()));
}
