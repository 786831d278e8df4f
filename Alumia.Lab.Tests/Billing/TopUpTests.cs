using Alumia.Lab.Billing;
using Alumia.Lab.Offline;
using Alumia.Lab.Organizations;
using Alumia.Lab.Storage;
using Alumia.Lab.Tests.Harness;
using Alumia.Lab.Tests.Stories;

namespace Alumia.Lab.Tests.Billing;

/// <summary>Auto top-up: one charge at a time, never beyond its cap, off by itself after failures.</summary>
public sealed class TopUpTests(Tills tills) : IClassFixture<Tills>
{
    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    [Theory, BothProviders]
    public async Task It_is_off_by_default_and_needs_a_saved_payment_method_and_an_admin(StorageProvider provider)
    {
        var till = await tills.OnAsync(provider);
        var owner = await till.FoundAsync("tom");
        var member = await People.JoinAsync(till.Lab, owner, "toms-member", OrgRole.Member);
        Assert.Equal(new TopUpView(false, 500, 2_500, 10_000, 0, null, 0), await till.TopUps.GetAsync(member, Ended));
        Assert.Equal(RefusalKind.Forbidden, (await Assert.ThrowsAsync<Refusal>(() => till.TopUps.ChangeAsync(member, new TopUpEdit(ThresholdCents: 900), Ended))).Kind);
        await till.DepositAsync(owner); // Without keeping its method.
        Assert.Equal(RefusalKind.Conflict, (await Assert.ThrowsAsync<Refusal>(() => till.TopUps.ChangeAsync(owner, new TopUpEdit(IsEnabled: true), Ended))).Kind);
        foreach (var wrong in new[] { new TopUpEdit(ThresholdCents: 99), new TopUpEdit(AmountCents: 499), new TopUpEdit(AmountCents: -2_500), new TopUpEdit(MonthlyCapCents: 2_499), new TopUpEdit(AmountCents: long.MinValue) })
            Assert.Equal(RefusalKind.Invalid, (await Assert.ThrowsAsync<Refusal>(() => till.TopUps.ChangeAsync(owner, wrong, Ended))).Kind);
        await till.DepositAsync(owner, save: true);
        var on = await till.TopUps.ChangeAsync(owner, new TopUpEdit(IsEnabled: true, ThresholdCents: 600), Ended);
        Assert.Equal((true, 600, "Visa ending in 4242"), (on.IsEnabled, on.ThresholdCents, on.Method));
    }

    [Theory, BothProviders]
    public async Task A_burst_of_spending_makes_one_charge(StorageProvider provider)
    {
        var till = await tills.OnAsync(provider);
        var scope = await OnAsync(till, "burst", new TopUpEdit(IsEnabled: true));
        await Task.WhenAll(Enumerable.Range(0, 30).Select(_ => till.SpendAsync(scope, 70)));

        await till.UntilBalanceAsync(scope, 2_500 - 2_100 + 2_500);

        var charge = Assert.Single(await ChargesAsync(till, scope));
        Assert.Equal((DepositStatus.Succeeded, 2_500, null), (charge.Status, charge.AmountCents, charge.UserId));
        Assert.Equal(2_500, (await till.TopUps.GetAsync(scope, Ended)).ChargedThisMonthCents);
    }

    [Theory, BothProviders]
    public async Task The_months_cap_holds(StorageProvider provider)
    {
        var till = await tills.OnAsync(provider);
        var scope = await OnAsync(till, "capped", new TopUpEdit(IsEnabled: true, AmountCents: 1_000, MonthlyCapCents: 2_500));
        for (var round = 1; round <= 2; round++)
        {
            await till.SpendAsync(scope, await till.BalanceAsync(scope));
            await till.UntilBalanceAsync(scope, 1_000);
        }
        await till.SpendAsync(scope, 1_000);
        await till.ForwardAsync(5); // Every timer has looked again since.
        var other = await OnAsync(till, "not-capped", new TopUpEdit(IsEnabled: true));
        await till.SpendAsync(other, 2_500);
        await till.UntilBalanceAsync(other, 2_500); // So has the watch.

        Assert.Equal((0, 2), (await till.BalanceAsync(scope), (await ChargesAsync(till, scope)).Count));
    }

    [Theory, BothProviders]
    public async Task After_three_failures_it_is_off_and_says_so_and_is_mended_by_switching_it_on(StorageProvider provider)
    {
        var till = await tills.OnAsync(provider);
        var scope = await OnAsync(till, "unlucky", new TopUpEdit(IsEnabled: true));
        await till.SetAsync(OfflineSwitches.StripeDeclines, "true");
        await till.SpendAsync(scope, 2_400);
        await FailedAsync(1);
        await till.ForwardAsync(1);
        await FailedAsync(2);
        Assert.Empty(await till.TroublesAsync(scope, "auto_topup_stopped"));
        await till.ForwardAsync(4);
        await FailedAsync(3);

        var trouble = Assert.Single(await Eventually.Value(() => till.TroublesAsync(scope, "auto_topup_stopped"), open => open.Count == 1, "it says so"));
        Assert.Contains(trouble.Evidence, fact => fact.Value == "Your card was declined.");
        Assert.False((await till.TopUps.GetAsync(scope, Ended)).IsEnabled);
        Assert.Equal(100, await till.BalanceAsync(scope));

        await till.SetAsync(OfflineSwitches.StripeDeclines, "false");
        await till.TopUps.ChangeAsync(scope, new TopUpEdit(IsEnabled: true), Ended);
        await till.UntilBalanceAsync(scope, 2_600);
        Assert.Empty(await till.TroublesAsync(scope, "auto_topup_stopped"));

        async Task FailedAsync(int count) =>
            await Eventually.Value(() => ChargesAsync(till, scope), all => all.Count(charge => charge.Status == DepositStatus.Failed) == count && all.Count == count, $"{count} charges failed");
    }

    [Theory, BothProviders]
    public async Task A_charge_whose_answer_was_lost_is_asked_for_again_and_is_still_one(StorageProvider provider)
    {
        var till = await tills.OnAsync(provider);
        var scope = await OnAsync(till, "forgetful", new TopUpEdit(ThresholdCents: 500));
        await till.SpendAsync(scope, 2_400);
        // As if the process had died between its row and the answer, and the charge was made.
        var begun = await till.Get<Writer>().Write(tx =>
        {
            tx.Db.Find<TopUpSettings>(scope.OrgId)!.IsEnabled = true;
            return TopUpWatch.Begin(tx, scope.OrgId, MoneySource.StandIn)!;
        }, Ended);
        await till.SetAsync(OfflineSwitches.StripeWebhooks, "lost");
        await till.Get<TopUpCharge>().AskAsync(begun, Ended);
        await till.SetAsync(OfflineSwitches.StripeWebhooks, "normal");
        Assert.Equal(100, await till.BalanceAsync(scope));

        await till.ForwardAsync(2);

        await till.UntilBalanceAsync(scope, 2_600);
        Assert.Equal(begun.Id, Assert.Single(await ChargesAsync(till, scope)).Id);
        Assert.Single(await IntentsAsync(till, begun.Id));
    }

    /// <summary>An org with $25.00 and a saved card.</summary>
    private static async Task<OrgScope> OnAsync(Till till, string name, TopUpEdit edit)
    {
        var scope = await till.FoundAsync(name);
        await till.DepositAsync(scope, save: true);
        await till.TopUps.ChangeAsync(scope, edit, Ended);
        return scope;
    }

    private static async Task<List<Deposit>> ChargesAsync(Till till, OrgScope scope) => [.. (await till.Deposits.ListAsync(scope, null, 100, Ended)).Where(row => row.Kind == DepositKind.TopUp)];

    private static Task<List<string>> IntentsAsync(Till till, string depositId) => till.Get<Writer>().Write(tx =>
        tx.All("SELECT id FROM offline_stripe_object WHERE kind = 'payment_intent' AND json LIKE @name", row => row.GetString(0), ("name", $"%{depositId}%")), Ended);
}
