using Alumia.Lab.Ledger;
using Alumia.Lab.Storage;
using Alumia.Lab.Tests.Harness;

namespace Alumia.Lab.Tests.Ledger;

/// <summary>Holds, and what becomes of them.</summary>
public sealed class StepTests
{
    [Theory, BothProviders]
    public async Task A_step_holds_its_input_and_pays_what_it_used(StorageProvider provider)
    {
        await using var purse = await Purse.OpenAsync(provider, Money.Dollar);
        var order = purse.Order();

        var hold = await purse.HoldAsync(order, 1_000, 200);
        Assert.Equal(new HoldResult(HoldOutcome.Held, 12 * Money.Cent, 200, 88 * Money.Cent, 0, 0), hold);
        Assert.Equal((88 * Money.Cent, 12 * Money.Cent, 0), await purse.StandAsync());

        var receipt = await purse.SettleAsync(order, 1_000, 100, cached: 500, stop: StepStop.ToolCalls);
        Assert.Equal((12 * Money.Cent, 65_000, 55_000, 0, StepStop.ToolCalls), (receipt.Held, receipt.Used, receipt.Released, receipt.WrittenOff, receipt.Stop));
        Assert.Equal((Money.Dollar - 65_000, 0, 0), await purse.StandAsync());
        Assert.Equal(["Held Revenue 65000", "Wallet Held 120000", "Held Wallet 55000"], await purse.TransfersAsync(order.StepId));
        Assert.Equal(receipt, Assert.Single(await purse.ReceiptsAsync(order.SessionId!)));
    }

    [Theory, BothProviders]
    public async Task A_step_is_settled_once_whatever_is_called_afterwards(StorageProvider provider)
    {
        await using var purse = await Purse.OpenAsync(provider, Money.Dollar);
        var order = purse.Order();
        await purse.HoldAsync(order, 100, 100);
        var receipt = await purse.SettleAsync(order, 100, 50);

        Assert.Equal(receipt, await purse.SettleAsync(order, 500, 500));
        Assert.False(await purse.WriteAsync(tx => LedgerBook.Release(tx, order.StepId)));
        await Assert.ThrowsAsync<InvalidOperationException>(() => purse.WriteAsync(tx => LedgerBook.Grow(tx, order.StepId, new TokenUsage(500, 0, 500))));
        await Assert.ThrowsAnyAsync<System.Data.Common.DbException>(() => purse.HoldAsync(order, 100, 100));
        await Assert.ThrowsAsync<InvalidOperationException>(() => purse.WriteAsync(tx => LedgerBook.Settle(tx, "stp_unknown", default, false, StepStop.Other)));
        Assert.Equal((Money.Dollar - 15_000, 0, 0), await purse.StandAsync());
    }

    [Theory, BothProviders]
    public async Task A_released_hold_goes_back_whole_and_pays_nothing_later(StorageProvider provider)
    {
        await using var purse = await Purse.OpenAsync(provider, Money.Dollar);
        var order = purse.Order();
        await purse.HoldAsync(order, 100, 100);

        Assert.True(await purse.WriteAsync(tx => LedgerBook.Release(tx, order.StepId)));
        var receipt = await purse.SettleAsync(order, 100, 100);

        Assert.Equal((StepStop.Released, 0), (receipt.Stop, receipt.Used));
        Assert.Equal((Money.Dollar, 0, 0), await purse.StandAsync());
    }

    [Theory, BothProviders]
    public async Task A_hold_takes_at_most_4096_tokens_of_output_and_at_least_a_cent(StorageProvider provider)
    {
        await using var purse = await Purse.OpenAsync(provider, 100 * Money.Dollar);

        Assert.Equal((4_096 * 100, 4_096), await HeldAsync(purse.Order(), 0, 100_000));
        Assert.Equal((Money.Cent, 90), await HeldAsync(purse.Order(), 10, 5));

        async Task<(long, long)> HeldAsync(StepOrder order, long input, long output)
        {
            var hold = await purse.HoldAsync(order, input, output);
            return (hold.Held, hold.OutputCovered);
        }
    }

    [Theory, BothProviders]
    public async Task Where_the_wallet_has_less_the_hold_takes_all_and_the_next_step_waits_for_it(StorageProvider provider)
    {
        await using var purse = await Purse.OpenAsync(provider, 3 * Money.Cent);
        var (first, second) = (purse.Order(), purse.Order());

        Assert.Equal(new HoldResult(HoldOutcome.Held, 3 * Money.Cent, 200, 0, 0, 0), await purse.HoldAsync(first, 100, 4_000));
        Assert.Equal(new HoldResult(HoldOutcome.AwaitingFunds, 0, 0, 0, 3 * Money.Cent, 0), await purse.HoldAsync(second, 100, 100));
        await purse.SettleAsync(first, 100, 0);
        Assert.Equal(HoldOutcome.Held, (await purse.HoldAsync(second, 100, 4_000)).Outcome);
        await purse.SettleAsync(second, 100, 50);

        Assert.Equal((5_000, 0, 0), await purse.StandAsync());
        Assert.Equal(HoldOutcome.PaymentRequired, (await purse.HoldAsync(purse.Order(), 1, 1)).Outcome);
    }

    [Theory, BothProviders]
    public async Task A_hold_grows_as_it_streams_until_the_wallet_is_empty(StorageProvider provider)
    {
        await using var purse = await Purse.OpenAsync(provider, 10 * Money.Cent);
        var (order, other) = (purse.Order(), purse.Order());
        await purse.HoldAsync(order, 100, 100);
        await purse.HoldAsync(other, 100, 0);

        Assert.Equal(2 * Money.Cent, (await GrowAsync(100)).Held);
        Assert.Equal((5 * Money.Cent, 400), ((await GrowAsync(400)).Held, (await GrowAsync(400)).OutputCovered));
        Assert.Equal((HoldOutcome.Held, 9 * Money.Cent, 800), await LeftAsync(2_000)); // All that is left, though it is less.
        Assert.Equal((HoldOutcome.AwaitingFunds, 9 * Money.Cent, 0), await LeftAsync(2_000));
        await purse.SettleAsync(other, 100, 0);
        Assert.Equal((HoldOutcome.PaymentRequired, 9 * Money.Cent, 0), await LeftAsync(2_000));

        var receipt = await purse.SettleAsync(order, 100, 790, stop: StepStop.OutOfFunds);
        Assert.Equal((9 * Money.Cent, 89_000, 1_000), (receipt.Held, receipt.Used, receipt.Released));
        Assert.Equal((1_000, 0, 0), await purse.StandAsync());

        Task<HoldResult> GrowAsync(long output) => purse.WriteAsync(tx => LedgerBook.Grow(tx, order.StepId, new TokenUsage(100, 0, output)));

        async Task<(HoldOutcome, long, long)> LeftAsync(long output)
        {
            var grown = await GrowAsync(output);
            return (grown.Outcome, grown.Held, grown.OutputCovered);
        }
    }

    [Theory, BothProviders]
    public async Task Usage_above_the_hold_empties_the_wallet_and_the_rest_is_written_off(StorageProvider provider)
    {
        await using var purse = await Purse.OpenAsync(provider, 5 * Money.Cent);
        var order = purse.Order();
        await purse.HoldAsync(order, 100, 100);

        var receipt = await purse.SettleAsync(order, 100, 900);

        Assert.Equal((10 * Money.Cent, 5 * Money.Cent, 5 * Money.Cent, 0), (receipt.Cost, receipt.Used, receipt.WrittenOff, receipt.Released));
        Assert.Equal((0, 0, 0), await purse.StandAsync());
        Assert.Equal(["Held Revenue 20000", "Wallet Held 20000", "Wallet Revenue 30000", "Writeoff Revenue 50000"], await purse.TransfersAsync(order.StepId));
    }

    [Theory, BothProviders]
    public async Task The_fee_begins_with_the_first_step_after_100_dollars_and_stays_as_it_began(StorageProvider provider)
    {
        await using var purse = await Purse.OpenAsync(provider, 100 * Money.Dollar);
        var (waived, charged) = (purse.Order(), purse.Order());
        await purse.HoldAsync(waived, 1_000, 0);
        await purse.WriteAsync(tx => LedgerBook.Credit(tx, Purse.OrgId, 1, "deposit:second", "Deposit"));
        await purse.HoldAsync(charged, 1_000, 0);

        Assert.Equal((100_000, 0), await CostAsync(waived));
        Assert.Equal((100_000, 5_500), await CostAsync(charged));
        Assert.Equal(["Held Revenue 100000", "Held Fees 5500", "Wallet Held 105500"], await purse.TransfersAsync(charged.StepId));

        async Task<(long, long)> CostAsync(StepOrder order)
        {
            var receipt = await purse.SettleAsync(order, 1_000, 0);
            return (receipt.Cost, receipt.Fee);
        }
    }

    [Theory, BothProviders]
    public async Task Free_steps_and_those_of_an_own_key_are_recorded_and_move_nothing(StorageProvider provider)
    {
        await using var purse = await Purse.OpenAsync(provider);
        var (byok, free) = (purse.Order("ses_1", StepSource.Byok), purse.Order("ses_1", StepSource.Free));

        Assert.True(await RecordAsync(byok, StepStop.Finished));
        Assert.True(await RecordAsync(free, StepStop.Cancelled));
        Assert.False(await RecordAsync(free, StepStop.Finished));

        var receipts = await purse.ReceiptsAsync("ses_1");
        Assert.Equal([(StepSource.Byok, 0, StepStop.Finished), (StepSource.Free, 0, StepStop.Cancelled)], receipts.Select(receipt => (receipt.Source, receipt.Used, receipt.Stop)));
        Assert.All(receipts, receipt => Assert.Equal(new TokenUsage(10, 5, 20, 3), receipt.Usage));
        Assert.Empty(await purse.TransfersAsync());
        await Assert.ThrowsAsync<ArgumentException>(() => RecordAsync(purse.Order(), StepStop.Finished));
        await Assert.ThrowsAsync<ArgumentException>(() => purse.HoldAsync(byok, 1, 1));

        Task<bool> RecordAsync(StepOrder order, StepStop stop) => purse.WriteAsync(tx => LedgerBook.Record(tx, order, new TokenUsage(10, 5, 20, 3), true, stop));
    }

    [Theory, BothProviders]
    public async Task A_sessions_open_hold_is_found_and_there_is_one_at_the_most(StorageProvider provider)
    {
        await using var purse = await Purse.OpenAsync(provider, Money.Dollar);
        var order = purse.Order("ses_1");
        Assert.Null(await purse.WriteAsync(tx => LedgerBook.OpenOf(tx, "ses_1")));
        await purse.HoldAsync(order, 100, 100);

        var open = await purse.WriteAsync(tx => LedgerBook.OpenOf(tx, "ses_1"));
        Assert.Equal((order.StepId, order.TurnId, 20_000), (open!.Id, open.TurnId, open.Held));
        await Assert.ThrowsAnyAsync<System.Data.Common.DbException>(() => purse.HoldAsync(purse.Order("ses_1"), 100, 100));
        Assert.Equal(order.StepId, (await purse.WriteAsync(tx => LedgerBook.OpenOf(tx, "ses_1")))!.Id);

        await purse.SettleAsync(order, 100, 100, stop: StepStop.Interrupted);
        Assert.Null(await purse.WriteAsync(tx => LedgerBook.OpenOf(tx, "ses_1")));
    }

    [Theory, BothProviders]
    public async Task Spending_is_summed_by_session_and_by_agent_since_a_time(StorageProvider provider)
    {
        await using var purse = await Purse.OpenAsync(provider, Money.Dollar);
        await SpendAsync("ses_1");
        purse.Clock.Advance(TimeSpan.FromHours(1));
        var since = purse.Clock.NowMs();
        await SpendAsync("ses_1");
        await SpendAsync("ses_2");
        await purse.HoldAsync(purse.Order("ses_1"), 1_000, 0);

        var sums = await purse.WriteAsync(tx => (LedgerBook.SpentBySession(tx, "ses_1"), LedgerBook.SpentByAgent(tx, "agt_1", since), LedgerBook.SpentByAgent(tx, "agt_2", 0)));

        Assert.Equal((20_000, 20_000, 0), sums);

        async Task SpendAsync(string session)
        {
            var order = purse.Order(session);
            await purse.HoldAsync(order, 100, 0);
            await purse.SettleAsync(order, 100, 0);
        }
    }

    [Theory, BothProviders]
    public async Task The_hold_of_a_call_without_a_session_whose_process_died_is_given_back_later(StorageProvider provider)
    {
        await using var purse = await Purse.OpenAsync(provider, Money.Dollar);
        StepOrder[] orders = [purse.Order() with { SessionId = null }, purse.Order() with { SessionId = null }, purse.Order("ses_1")];
        foreach (var order in orders)
            await purse.HoldAsync(order, 100, 0);
        await purse.SettleAsync(orders[0], 100, 0);

        Assert.Equal(0, await purse.WriteAsync(AbandonedHolds.Release));
        purse.Clock.Advance(AbandonedHolds.Age + TimeSpan.FromMilliseconds(1));
        Assert.Equal(1, await purse.WriteAsync(AbandonedHolds.Release));

        Assert.Equal((98 * Money.Cent, Money.Cent, 0), await purse.StandAsync()); // The session's own is left for the session.
        Assert.Equal(0, await purse.WriteAsync(AbandonedHolds.Release));
    }
}
