using Alumia.Lab.Ledger;
using Alumia.Lab.Organizations;
using Alumia.Lab.Storage;
using Alumia.Lab.Tests.Harness;

namespace Alumia.Lab.Tests.Ledger;

/// <summary>What people are told of their money.</summary>
public sealed class BalancesTests
{
    [Theory, BothProviders]
    public async Task The_balance_has_what_is_held_and_the_waiver_what_is_left_of_it(StorageProvider provider)
    {
        await using var purse = await Purse.OpenAsync(provider, 30 * Money.Dollar);
        await purse.HoldAsync(purse.Order(), 1_000, 0);

        var balance = await purse.Balances.OfAsync(purse.Scope, Purse.Ended);

        Assert.Equal((30 * Money.Dollar, 10 * Money.Cent, 70 * Money.Dollar, true), (balance.Balance, balance.Held, balance.WaiverRemaining, balance.IsFeeWaived));
        Assert.Equal((0, 0, -1, 1), (Money.Cents(9_999), Money.Cents(0), Money.Cents(-1), Money.Cents(10_000)));
    }

    [Theory, BothProviders]
    public async Task A_month_is_told_by_day_model_agent_project_and_kind_of_token(StorageProvider provider)
    {
        await using var purse = await Purse.OpenAsync(provider, 1_000 * Money.Dollar); // 10 March 2026; the fee has begun.
        await SpendAsync(purse, purse.Order("ses_1"), 1_000);
        purse.Clock.Advance(TimeSpan.FromDays(2));
        await SpendAsync(purse, purse.Order("ses_2") with { ModelId = "acme/small", AgentId = null, ProjectId = "prj_2" }, 3_000);
        await purse.WriteAsync(tx => LedgerBook.Record(tx, purse.Order("ses_2", StepSource.Byok), new TokenUsage(10, 4, 20, 5), false, StepStop.Finished));
        purse.Clock.Advance(TimeSpan.FromDays(30));
        await SpendAsync(purse, purse.Order("ses_3"), 9_000); // Next month.

        var march = await purse.Balances.SpendingAsync(purse.Scope, new Month(2026, 3), Purse.Ended);

        Assert.Equal((422_000, 22_000), (march.Paid, march.Fee));
        Assert.Equal(31, march.ByDay.Count);
        Assert.Equal([new("10", 105_500, 1), new("12", 316_500, 2)], march.ByDay.Where(day => day.Steps > 0));
        Assert.Equal([new("acme/small", 316_500, 1), new("acme/large", 105_500, 2)], march.ByModel);
        Assert.Equal([new("", 316_500, 1), new("agt_1", 105_500, 2)], march.ByAgent);
        Assert.Equal([new("prj_2", 316_500, 1), new("prj_1", 105_500, 2)], march.ByProject);
        Assert.Equal([new(StepSource.Platform, new TokenUsage(4_000, 0, 0), 2), new(StepSource.Byok, new TokenUsage(10, 4, 20, 5), 1)], march.Usage);
        Assert.Equal(0, (await purse.Balances.SpendingAsync(purse.Scope, new Month(2026, 2), Purse.Ended)).Paid);
    }

    [Theory, BothProviders]
    public async Task Pages_of_transactions_hold_each_line_once_and_sum_up_to_the_balance(StorageProvider provider)
    {
        await using var purse = await Purse.OpenAsync(provider, 2 * Money.Dollar);
        for (var i = 0; i < 12; i++)
        {
            var order = purse.Order();
            await SpendAsync(purse, order, 100 + i);
            if (i == 3)
                await purse.WriteAsync(tx => LedgerBook.Reverse(tx, order.StepId + "/charge", "sorry", "Put right"));
            if (i % 3 == 0)
                purse.Clock.Advance(TimeSpan.FromMinutes(1));
        }
        await purse.WriteAsync(tx => LedgerBook.TakeBack(tx, Purse.OrgId, 10 * Money.Dollar, "refund:1", "Refund"));
        await purse.WriteAsync(tx => LedgerBook.Credit(tx, Purse.OrgId, 20 * Money.Dollar, "deposit:2", "Deposit"));
        await purse.WriteAsync(tx => LedgerBook.Hold(tx, purse.Order(), new TokenUsage(100, 0, 0)));
        var released = purse.Order();
        await purse.HoldAsync(released, 100, 0);
        await purse.WriteAsync(tx => LedgerBook.Release(tx, released.StepId));

        var paged = new List<TransactionLine>();
        while (await purse.Balances.TransactionsAsync(purse.Scope, TransactionFilter.All, paged.LastOrDefault()?.Id, 4, Purse.Ended) is { Count: > 0 } page)
            paged.AddRange(page);

        Assert.Equal(12 + 4, paged.Count);
        Assert.Equal(paged.Count, paged.Select(line => line.Id).Distinct().Count());
        Assert.Equal(paged.Select(line => line.AtMs).OrderDescending(), paged.Select(line => line.AtMs));
        Assert.Equal((await purse.Balances.OfAsync(purse.Scope, Purse.Ended)).Balance, paged.Sum(line => line.Amount));
        Assert.Equal(paged, await purse.Balances.AllTransactionsAsync(purse.Scope, TransactionFilter.All, Purse.Ended).ToListAsync(Purse.Ended));
    }

    [Theory, BothProviders]
    public async Task Filters_leave_what_they_say(StorageProvider provider)
    {
        await using var purse = await Purse.OpenAsync(provider, 2 * Money.Dollar);
        await SpendAsync(purse, purse.Order("ses_1"), 100);
        purse.Clock.Advance(TimeSpan.FromHours(1));
        var later = purse.Clock.NowMs();
        var other = purse.Order("ses_2") with { ModelId = "acme/small", AgentId = "agt_2", ProjectId = "prj_2" };
        await SpendAsync(purse, other, 100);
        await purse.WriteAsync(tx => LedgerBook.Record(tx, purse.Order("ses_3", StepSource.Free), default, true, StepStop.Finished));

        Assert.StartsWith("trf_", Assert.Single(await KeysAsync(new(TransactionKind.Deposit))), StringComparison.Ordinal);
        Assert.Empty(await KeysAsync(new(TransactionKind.TakeBack)));
        Assert.Equal(3, (await KeysAsync(new(TransactionKind.Usage))).Count);
        Assert.Equal([other.StepId], await KeysAsync(new(ModelId: "acme/small")));
        Assert.Equal([other.StepId], await KeysAsync(new(AgentId: "agt_2")));
        Assert.Equal([other.StepId], await KeysAsync(new(ProjectId: "prj_2")));
        Assert.Equal([other.StepId], await KeysAsync(new(SessionId: "ses_2")));
        Assert.Equal(["stp_0003"], await KeysAsync(new(Source: StepSource.Free)));
        Assert.Equal(["stp_0003", "stp_0002"], await KeysAsync(new(FromMs: later)));
        Assert.Equal(["stp_0001"], await KeysAsync(new(TransactionKind.Usage, ToMs: later)));
        await Assert.ThrowsAsync<Refusal>(() => purse.Balances.TransactionsAsync(purse.Scope, TransactionFilter.All, "trf_unknown", 5, Purse.Ended));

        async Task<IReadOnlyList<string>> KeysAsync(TransactionFilter filter) => [.. (await purse.Balances.TransactionsAsync(purse.Scope, filter, null, 50, Purse.Ended)).Select(line => line.Id)];
    }

    [Theory, BothProviders]
    public async Task Another_org_sees_nothing_of_it(StorageProvider provider)
    {
        await using var purse = await Purse.OpenAsync(provider, 2 * Money.Dollar);
        await SpendAsync(purse, purse.Order("ses_1"), 100);
        await purse.WriteAsync(tx => LedgerBook.Found(tx, "org_other"));
        var other = new OrgScope("org_other", "other", "usr_2", OrgRole.Owner);

        Assert.Equal(new OrgBalance(0, 0, 0, 0), await purse.Balances.OfAsync(other, Purse.Ended));
        Assert.Empty(await purse.Balances.TransactionsAsync(other, TransactionFilter.All, null, 50, Purse.Ended));
        await Assert.ThrowsAsync<Refusal>(() => purse.Balances.TransactionsAsync(other, TransactionFilter.All, "stp_0001", 50, Purse.Ended));
        Assert.Equal(0, (await purse.Balances.SpendingAsync(other, Month.Of(purse.Clock.NowMs()), Purse.Ended)).Paid);
    }

    private static async Task SpendAsync(Purse purse, StepOrder order, long input)
    {
        await purse.HoldAsync(order, input, 0);
        await purse.SettleAsync(order, input, 0);
    }
}
