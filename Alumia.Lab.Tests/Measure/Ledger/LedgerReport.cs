using System.Globalization;

namespace Alumia.Lab.Tests.Measure.Ledger;

/// <summary>The rounds of one number of orgs.</summary>
internal sealed record LedgerFigure(int Orgs, IReadOnlyList<LedgerRound> Rounds);

/// <summary>The ledger's part of docs/performance.md.</summary>
internal static class LedgerReport
{
    public const string Begin = "<!-- Written by measure/ledger.sh from here -->";

    public static string Of(IReadOnlyList<LedgerFigure> figures, IReadOnlyList<double> raw, int callers, string loadAverage) => string.Create(CultureInfo.InvariantCulture, $"""
        {Begin}
        ## Ledger

        Measured on {DateTime.UtcNow:yyyy-MM-dd} by `measure/ledger.sh` in one run: {PerformanceReport.Machine()}, load average {loadAverage} before it began. Release build, SQLite with
        full durability (`synchronous=FULL`): every hold and every settlement is on disk before its caller goes on. {callers} callers do one paid step after another through the
        lab's writer, each a hold and a settlement with the platform's fee: {Rows}. *Raw SQLite* is one thread with prepared
        statements that inserts two rows a transaction and commits 32 of them together, on the same disk. Medians of {raw.Count} rounds, in each of which all take their turn; afterwards
        the ledger's audit found no fault.

        | | a second | wait for a hold or a settlement, ms: p50 / p95 / p99 |
        | --- | ---: | ---: |
        {string.Join('\n', figures.Select(figure => Row(figure, callers)))}
        | raw SQLite, two-row transactions in batches of 32 | {Median(raw):#,0} | |
        {PerformanceReport.End}
        """);

    private const string Rows = "two updates of the org's accounts, the step written and closed, and four transfers";

    private static string Row(LedgerFigure figure, int callers) => string.Create(CultureInfo.InvariantCulture,
        $"| paid steps, {callers} callers, {figure.Orgs} {(figure.Orgs == 1 ? "org" : "orgs")} | {Median(figure.Rounds.Select(round => round.StepsPerSecond)):#,0} | {Wait(figure, 0.5):0.0} / {Wait(figure, 0.95):0.0} / {Wait(figure, 0.99):0.0} |");

    private static double Wait(LedgerFigure figure, double share) => Median(figure.Rounds.Select(round => round.Wait(share)));

    private static double Median(IEnumerable<double> values) => Stream.StreamFigures.Median(values);
}
