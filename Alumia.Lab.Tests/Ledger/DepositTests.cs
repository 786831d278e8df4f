using System.Collections.Concurrent;
using System.Data.Common;
using Alumia.Lab.Ledger;
using Alumia.Lab.Storage;
using Alumia.Lab.Tests.Harness;

namespace Alumia.Lab.Tests.Ledger;

/// <summary>Money that comes in, goes back, and is put right.</summary>
public sealed class DepositTests
{
    [Theory, BothProviders]
    public async Task A_deposit_is_credited_once_however_many_bring_it(StorageProvider provider)
    {
        await using var purse = await Purse.OpenAsync(provider);

        var credited = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => CreditAsync(5 * Money.Dollar)));

        Assert.Single(credited, isNew => isNew);
        Assert.Equal((5 * Money.Dollar, 0, 0), await purse.StandAsync());
        await Assert.ThrowsAsync<InvalidOperationException>(() => CreditAsync(6 * Money.Dollar));
        await Assert.ThrowsAsync<InvalidOperationException>(() => TakeBackAsync(purse, 5 * Money.Dollar, "deposit:1"));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => CreditAsync(0));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => CreditAsync(-1));
        Assert.Equal((5 * Money.Dollar, 0, 0), await purse.StandAsync());

        Task<bool> CreditAsync(long amount) => CreditedAsync(purse, amount, "deposit:1");
    }

    [Theory, BothProviders]
    public async Task What_a_refund_takes_beyond_the_wallet_is_owed_and_paid_first(StorageProvider provider)
    {
        await using var purse = await Purse.OpenAsync(provider, 10 * Money.Cent);
        var order = purse.Order();
        await purse.HoldAsync(order, 300, 0);

        Assert.True(await TakeBackAsync(purse, 10 * Money.Cent, "refund:1"));
        Assert.False(await TakeBackAsync(purse, 10 * Money.Cent, "refund:1"));
        Assert.Equal((0, 3 * Money.Cent, 3 * Money.Cent), await purse.StandAsync());
        Assert.Equal(HoldOutcome.PaymentRequired, (await purse.HoldAsync(purse.Order(), 1, 1)).Outcome);
        Assert.Equal(HoldOutcome.PaymentRequired, (await purse.WriteAsync(tx => LedgerBook.Grow(tx, order.StepId, new TokenUsage(400, 0, 0)))).Outcome);

        await purse.SettleAsync(order, 200, 0); // What the hold gives back pays first,
        Assert.Equal((0, 0, 2 * Money.Cent), await purse.StandAsync());
        await CreditedAsync(purse, 5 * Money.Cent, "deposit:2"); // and the next deposit the rest.
        Assert.Equal((3 * Money.Cent, 0, 0), await purse.StandAsync());
        Assert.Equal(HoldOutcome.Held, (await purse.HoldAsync(purse.Order(), 1, 1)).Outcome);
    }

    [Theory, BothProviders]
    public async Task A_dispute_that_is_won_gives_back_what_it_took(StorageProvider provider)
    {
        await using var purse = await Purse.OpenAsync(provider, 4 * Money.Cent);
        await TakeBackAsync(purse, 10 * Money.Cent, "dispute:1");
        Assert.Equal((0, 0, 6 * Money.Cent), await purse.StandAsync());

        Assert.True(await ReverseAsync(purse, "dispute:1", "dispute:1/won"));
        Assert.False(await ReverseAsync(purse, "dispute:1", "dispute:1/won"));

        Assert.Equal((4 * Money.Cent, 0, 0), await purse.StandAsync());
        Assert.Equal(4 * Money.Cent, (await purse.Balances.OfAsync(purse.Scope, Purse.Ended)).Deposited);
    }

    [Theory, BothProviders]
    public async Task A_reversal_is_a_new_transfer_and_comes_once(StorageProvider provider)
    {
        await using var purse = await Purse.OpenAsync(provider, Money.Dollar);
        var order = purse.Order();
        await purse.HoldAsync(order, 500, 0);
        await purse.SettleAsync(order, 500, 0);
        var before = await purse.TransfersAsync();

        await ReverseAsync(purse, order.StepId + "/charge", "sorry:1");

        Assert.Equal((Money.Dollar, 0, 0), await purse.StandAsync());
        Assert.Equal([.. before, "Revenue Wallet 50000"], (await purse.TransfersAsync()).Order(Comparer<string>.Create((one, other) => Index(one).CompareTo(Index(other)))));
        await Assert.ThrowsAsync<InvalidOperationException>(() => ReverseAsync(purse, order.StepId + "/charge", "sorry:2"));
        await Assert.ThrowsAsync<InvalidOperationException>(() => ReverseAsync(purse, order.StepId + "/hold", "sorry:3"));
        await Assert.ThrowsAsync<InvalidOperationException>(() => ReverseAsync(purse, "nothing", "sorry:4"));
        await Assert.ThrowsAsync<InvalidOperationException>(() => ReverseAsync(purse, "deposit:first", "sorry:1"));

        int Index(string transfer) => before.ToList().IndexOf(transfer) is var at and >= 0 ? at : int.MaxValue;
    }

    [Theory, BothProviders]
    public async Task A_reversed_deposit_that_was_spent_is_owed(StorageProvider provider)
    {
        await using var purse = await Purse.OpenAsync(provider, Money.Dollar);
        var order = purse.Order();
        await purse.HoldAsync(order, 500, 0);
        await purse.SettleAsync(order, 500, 0);

        await ReverseAsync(purse, "deposit:first", "wrong:1");

        Assert.Equal((0, 0, 5 * Money.Cent), await purse.StandAsync());
    }

    [Theory, BothProviders]
    public async Task The_database_refuses_to_change_a_transfer_or_to_let_a_balance_fall_below_zero(StorageProvider provider)
    {
        await using var purse = await Purse.OpenAsync(provider, Money.Dollar);

        string[] attempts =
        [
            "UPDATE transfer SET amount = 1", "DELETE FROM transfer", "UPDATE org_accounts SET wallet = -1", "UPDATE org_accounts SET held = -1", "UPDATE org_accounts SET owed = 1",
            "INSERT INTO transfer (key, org_id, from_account, to_account, amount, kind, at_ms) VALUES ('x', 'org_purse', 'stripe', 'wallet', -5, 'deposit', 1)",
            "INSERT INTO transfer (key, org_id, from_account, to_account, amount, kind, at_ms) VALUES ('deposit:first', 'org_purse', 'stripe', 'wallet', 5, 'deposit', 1)",
        ];
        foreach (var attempt in provider == StorageProvider.Postgres ? [.. attempts, "TRUNCATE transfer"] : attempts)
            await Assert.ThrowsAnyAsync<DbException>(() => purse.WriteAsync(tx => { tx.Run(attempt); }));

        Assert.Equal((Money.Dollar, 0, 0), await purse.StandAsync());
        Assert.Equal(["Stripe Wallet 1000000"], await purse.TransfersAsync());
    }

    [Theory, BothProviders]
    public async Task Who_shows_a_balance_and_who_waits_for_money_is_told(StorageProvider provider)
    {
        await using var purse = await Purse.OpenAsync(provider, Money.Dollar);
        var told = new ConcurrentDictionary<string, int>();
        using var all = purse.Database.Feed.SubscribeAll(key => told.AddOrUpdate(key, 1, (_, times) => times + 1));
        var order = purse.Order();
        await purse.WriteAsync(tx => tx.Changed("all before is told"));
        await Eventually.True(() => told.ContainsKey("all before is told"), "all before is told");
        told.Clear();

        await purse.HoldAsync(order, 500, 0);
        await Eventually.True(() => Times("balance") == 1, "the hold is told");
        Assert.Equal(0, Times("funds"));
        await purse.SettleAsync(order, 500, 0);
        await Eventually.True(() => (Times("balance"), Times("funds")) == (2, 1), "the settlement is told to both");
        await CreditedAsync(purse, 5, "deposit:2");
        await Eventually.True(() => (Times("balance"), Times("funds")) == (3, 2), "the deposit is told to both");

        int Times(string what) => told.GetValueOrDefault($"{what}:{Purse.OrgId}");
    }

    private static Task<bool> CreditedAsync(Purse purse, long amount, string key) => purse.WriteAsync(tx => LedgerBook.Credit(tx, Purse.OrgId, amount, key, "Deposit"));

    private static Task<bool> TakeBackAsync(Purse purse, long amount, string key) => purse.WriteAsync(tx => LedgerBook.TakeBack(tx, Purse.OrgId, amount, key, "Refund"));

    private static Task<bool> ReverseAsync(Purse purse, string key, string newKey) => purse.WriteAsync(tx => LedgerBook.Reverse(tx, key, newKey, "Put right"));
}
