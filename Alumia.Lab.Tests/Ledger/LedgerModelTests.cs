using Alumia.Lab.Ledger;
using Alumia.Lab.Storage;
using Alumia.Lab.Tests.Harness;
using CsCheck;

namespace Alumia.Lab.Tests.Ledger;

/// <summary>Random lives of an org, deed by deed beside the model: after each one, both stand the same to the microcent.</summary>
public sealed class LedgerModelTests
{
    private const int DeedsOfALife = 50;

    private enum What
    {
        Credit,
        TakeBack,
        Undo,
        Hold,
        HoldMore,
        Grow,
        Settle,
        SettleTwice,
        Release,
    }

    private static readonly Gen<(What What, long Amount, long Input, long Output, int Pick)[]> _lives =
        Gen.Select(Gen.Enum<What>(), Gen.OneOf(Gen.Long[1, 30_000], Gen.Long[1, 20 * Money.Cent], Gen.Long[1, 60 * Money.Dollar]), Gen.Long[0, 900], Gen.OneOf(Gen.Long[0, 900], Gen.Long[0, 9_000]), Gen.Int[0, 1_000]).Array[1, DeedsOfALife];

    [Theory, BothProviders]
    public async Task Whatever_happens_the_ledger_stands_where_plain_arithmetic_says(StorageProvider provider)
    {
        await using var purse = await Purse.OpenAsync(provider);
        var (lives, deeds) = (0, 0);
        await _lives.SampleAsync(async life =>
        {
            var org = $"org_{Interlocked.Increment(ref lives)}";
            Interlocked.Add(ref deeds, life.Length);
            await purse.WriteAsync(tx => Live(tx, org, life));
        }, iter: Soak.Count(200, 4_000), threads: 1);

        var report = await AuditTests.AuditOf(purse).RunAsync(Purse.Ended);
        Assert.Empty(report.Faults);
        Figures.Print($"{deeds} deeds in {lives} lives stood where the model said ({provider})");
    }

    private static void Live(Tx tx, string org, (What What, long Amount, long Input, long Output, int Pick)[] life)
    {
        LedgerBook.Found(tx, org);
        var model = new LedgerModel();
        var takenBack = new List<(string Key, long Amount)>();
        var settled = new List<string>();
        for (var number = 0; number < life.Length; number++)
        {
            var (what, amount, input, output, pick) = life[number];
            var key = $"{org}/{number}";
            switch (what)
            {
                case What.Credit:
                    Same(model.Credit(key, amount), LedgerBook.Credit(tx, org, amount, key, "Deposit"));
                    Same(model.Credit(key, amount), LedgerBook.Credit(tx, org, amount, key, "Deposit"));
                    break;
                case What.TakeBack:
                    Same(model.TakeBack(key, amount), LedgerBook.TakeBack(tx, org, amount, key, "Refund"));
                    takenBack.Add((key, amount));
                    break;
                case What.Undo when takenBack.Count > 0:
                    var (back, sum) = takenBack[pick % takenBack.Count];
                    Same(model.Undo(back + "/won", sum), LedgerBook.Reverse(tx, back, back + "/won", "Won"));
                    break;
                case What.Hold or What.HoldMore:
                    var order = new StepOrder(org, key, null, null, key, null, "acme/large", "acme", Purse.Price, StepSource.Platform);
                    Same(model.Hold(key, Purse.Price, input, output), LedgerBook.Hold(tx, order, new TokenUsage(input, 0, output)).Outcome);
                    break;
                case What.Grow when Open() is { } step:
                    Same(model.Grow(step, input, output), LedgerBook.Grow(tx, step, new TokenUsage(input, 0, output)).Outcome);
                    break;
                case What.Settle or What.SettleTwice when Open() is { } step:
                    model.Settle(step, input, output);
                    LedgerBook.Settle(tx, step, new TokenUsage(input, 0, output), false, StepStop.Finished);
                    settled.Add(step);
                    break;
                case What.SettleTwice when settled.Count > 0:
                    LedgerBook.Settle(tx, settled[pick % settled.Count], new TokenUsage(amount, 0, output), true, StepStop.Cancelled);
                    break;
                case What.Release when Open() is { } step:
                    model.Release(step);
                    Same(true, LedgerBook.Release(tx, step));
                    break;
                default:
                    break; // Nothing is open that it could be done to.
            }
            Same((model.Wallet, model.Held, model.Owed, model.Deposited), Stand(tx, org));
            string? Open() => model.Open.ElementAtOrDefault(pick % Math.Max(1, model.Open.Count()));
        }
        Same((model.Revenue, model.WrittenOff), tx.One("""
            SELECT CAST(COALESCE(SUM(CASE WHEN kind IN ('charge', 'fee') THEN amount END), 0) AS bigint), CAST(COALESCE(SUM(CASE WHEN from_account = 'writeoff' THEN amount END), 0) AS bigint)
            FROM transfer WHERE org_id = @org
            """, row => (row.GetInt64(0), row.GetInt64(1)), ("org", org)));
    }

    private static (long, long, long, long) Stand(Tx tx, string org) => tx.One("SELECT wallet, held, owed, deposited FROM org_accounts WHERE org_id = @org",
        row => (row.GetInt64(0), row.GetInt64(1), row.GetInt64(2), row.GetInt64(3)), ("org", org));

    private static void Same<T>(T model, T ledger) => Assert.Equal(model, ledger);
}
