using System.Globalization;
using Alumia.Lab.Ledger;
using Alumia.Lab.Storage;
using Alumia.Lab.Tests.Harness;
using Microsoft.Extensions.Logging.Abstractions;

namespace Alumia.Lab.Tests.Measure.Ledger;

/// <summary>
/// Measures paid steps a second beside raw SQLite: <c>measure/ledger.sh</c> runs it whole and writes docs/performance.md. The suite does so for
/// a moment, so that the command always works. No figure decides anything.
/// </summary>
public sealed class LedgerMeasureTests
{
    private const int Callers = 64;
    private static readonly string? _wanted = Environment.GetEnvironmentVariable("MEASURE");

    [Fact]
    public async Task Paid_steps_can_be_measured()
    {
        var load = PerformanceReport.LoadAverage();
        var (rounds, warmUp, duration) = _wanted switch
        {
            null => (1, TimeSpan.FromSeconds(0.2), TimeSpan.FromSeconds(0.8)),
            "quick" => (1, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(3)),
            _ => (5, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5)),
        };
        await using var database = await LabDatabase.CreateAsync(StorageProvider.Sqlite);
        var steps = new LedgerLoad(database);
        int[] orgs = [1, 64];
        var paid = orgs.ToDictionary(count => count, _ => new List<LedgerRound>());
        var raw = new List<double>();
        if (_wanted is not null)
            await steps.RunAsync(Callers, 8, TimeSpan.Zero, duration); // The compiler is at work meanwhile.
        for (var round = 0; round < rounds; round++)
        {
            raw.Add(RawSqlite.Run(duration));
            foreach (var count in orgs)
                paid[count].Add(await steps.RunAsync(Callers, count, warmUp, duration));
        }
        using var audit = new LedgerAudit(database.Contexts, database.Clock, NullLogger<LedgerAudit>.Instance);
        Assert.Empty((await audit.RunAsync(TestContext.Current.CancellationToken)).Faults);
        foreach (var (count, figure) in paid)
        {
            Figures.Print(string.Create(CultureInfo.InvariantCulture,
                $"{figure[^1].StepsPerSecond:#,0} paid steps a second with {Callers} callers and {count} orgs, p50 {figure[^1].Wait(0.5):0.0} ms; raw SQLite {raw[^1]:#,0} transactions a second"));
        }
        Assert.All(paid.Values.SelectMany(figure => figure), round => Assert.True(round.StepsPerSecond > 0));
        if (_wanted is null)
            return;
        var report = LedgerReport.Of([.. paid.Select(pair => new LedgerFigure(pair.Key, pair.Value))], raw, Callers, load);
        TestContext.Current.TestOutputHelper!.WriteLine(report);
        if (_wanted == "whole")
            PerformanceReport.Save(report, LedgerReport.Begin);
    }
}
