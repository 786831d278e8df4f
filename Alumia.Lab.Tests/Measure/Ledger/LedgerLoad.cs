using System.Diagnostics;
using Alumia.Lab.Ledger;
using Alumia.Lab.Storage;
using Alumia.Lab.Tests.Harness;

namespace Alumia.Lab.Tests.Measure.Ledger;

/// <summary>What one round of paid steps showed.</summary>
/// <param name="StepsPerSecond">Paid steps that ended, each a hold and a settlement.</param>
/// <param name="Waits">How long each hold and each settlement was waited for until it was durable, ms, sorted.</param>
internal sealed record LedgerRound(double StepsPerSecond, IReadOnlyList<double> Waits)
{
    public double Wait(double share) => Waits[(int)((Waits.Count - 1) * share)];
}

/// <summary>Callers that do one paid step after another: hold, settle, each a work of the writer with its own wait.</summary>
internal sealed class LedgerLoad(LabDatabase database)
{
    private static readonly ModelPrice _price = new(3_000_000, 300_000, 15_000_000);
    private int _runs;

    /// <summary>So many callers for so long, spread over so many orgs. Every step must have been held, and the ledger must add up afterwards.</summary>
    public async Task<LedgerRound> RunAsync(int callers, int orgs, TimeSpan warmUp, TimeSpan duration)
    {
        var run = Interlocked.Increment(ref _runs);
        var names = Enumerable.Range(0, orgs).Select(org => $"org_{run}_{org}").ToArray();
        foreach (var org in names)
        {
            await database.Writer.Write(tx =>
            {
                LedgerBook.Found(tx, org);
                LedgerBook.Credit(tx, org, 10_000 * Money.Dollar, $"deposit:{org}", "Deposit");
            });
        }
        var watch = Stopwatch.StartNew();
        var waits = new List<double>[callers];
        var counted = 0;
        await Task.WhenAll(Enumerable.Range(0, callers).Select(caller => Task.Run(async () =>
        {
            var mine = waits[caller] = [];
            for (var step = 0; watch.Elapsed < warmUp + duration; step++)
            {
                var begun = watch.Elapsed;
                var order = new StepOrder(names[caller % orgs], $"ses_{run}_{caller}", $"agt_{caller % 8}", $"prj_{caller % 8}", Id.New("stp", database.Clock), $"trn_{step}", "acme/large", "acme", _price, StepSource.Platform);
                await WaitAsync(mine, tx => LedgerBook.Hold(tx, order, new TokenUsage(1_500, 1_000, 4_096)).Outcome == HoldOutcome.Held);
                await WaitAsync(mine, tx => LedgerBook.Settle(tx, order.StepId, new TokenUsage(1_500, 1_000, 350), false, StepStop.Finished).Used > 0);
                if (begun >= warmUp)
                    Interlocked.Increment(ref counted);
                else
                    mine.Clear();
            }
        })));
        var sorted = waits.SelectMany(mine => mine).Order().ToList();
        return new LedgerRound(counted / (watch.Elapsed - warmUp).TotalSeconds, sorted);
    }

    private async Task WaitAsync(List<double> waits, Func<Tx, bool> work)
    {
        var began = Stopwatch.GetTimestamp();
        if (!await database.Writer.Write(work))
            throw new InvalidOperationException("A step that had money was refused.");
        waits.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
    }
}
