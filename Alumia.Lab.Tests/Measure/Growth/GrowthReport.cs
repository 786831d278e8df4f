using System.Globalization;

namespace Alumia.Lab.Tests.Measure.Growth;

/// <summary>The part of docs/performance.md about how the lab grows.</summary>
internal static class GrowthReport
{
    public const string Begin = "<!-- Written by measure/growth.sh from here -->";

    public static string Of(IReadOnlyList<IdleFigure> idle, IReadOnlyDictionary<int, IReadOnlyDictionary<int, double>> rates, string loadAverage, int rounds) => string.Create(CultureInfo.InvariantCulture, $"""
        {Begin}
        ## Growth

        Measured on {DateTime.UtcNow:yyyy-MM-dd} by `measure/growth.sh` in one run: {PerformanceReport.Machine()}, load average {loadAverage} before it began. Release builds.

        ### Idle browsers
        Resident memory of the server's process before and after so many browsers opened a page, each with its circuit and its WebSocket, and drew it whole. They stay and do nothing.

        | page | browsers | before, MB | after, MB | each, kB |
        | --- | ---: | ---: | ---: | ---: |
        {string.Join('\n', idle.Select(Row))}

        ### From one copy to three
        Chats a second (50 tokens each, every answer read whole) on PostgreSQL, through one balancer that sends each chat to the next copy; medians of {rounds} rounds. The copies, PostgreSQL, the balancer,
        the provider and the clients share the cores of one machine: this shows what a cluster costs, and not what three machines bring. PostgreSQL does not wait for the disk here.

        | streams | {string.Join(" | ", rates.Keys.Select(copies => copies == 1 ? "1 copy" : $"{copies} copies"))} |
        | ---: | {string.Join(" | ", rates.Keys.Select(_ => "---:"))} |
        {string.Join('\n', rates.Values.First().Keys.Select(streams => $"| {streams} | {string.Join(" | ", rates.Values.Select(of => of[streams].ToString("N0", CultureInfo.InvariantCulture)))} |"))}
        {PerformanceReport.End}
        """);

    public static string Line(IdleFigure figure) => string.Create(CultureInfo.InvariantCulture, $"{figure.Name}: {figure.BeforeMb:0} MB, and {figure.AfterMb:0} MB with {figure.Browsers} idle browsers more");

    private static string Row(IdleFigure figure) => string.Create(CultureInfo.InvariantCulture, $"| {figure.Name} | {figure.Browsers:N0} | {figure.BeforeMb:0} | {figure.AfterMb:0} | {figure.EachKb:0} |");
}
