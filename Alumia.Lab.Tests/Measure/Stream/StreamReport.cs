using System.Globalization;

namespace Alumia.Lab.Tests.Measure.Stream;

/// <summary>The streaming part of docs/performance.md.</summary>
internal static class StreamReport
{
    public const string Begin = "<!-- Written by measure/stream.sh from here -->";
    public const string Provider = "provider, asked directly", Proxy = "bare proxy", Plain = "plain Microsoft.Extensions.AI", Lab = "Alumia Lab";
    private static readonly string[] _subjects = [Provider, Proxy, Plain, Lab];

    public static string Of(StreamFigures figures, int[] streams, string loadAverage, int rounds) => string.Create(CultureInfo.InvariantCulture, $"""
        {Begin}
        ## Streaming

        Measured on {DateTime.UtcNow:yyyy-MM-dd} by `measure/stream.sh` in one run: {PerformanceReport.Machine()}, load average {loadAverage} before it began;
        clients, provider and server share the cores. Release builds, each server in a process of its own. The *provider* answers every
        request of OpenAI's protocol with the same 50 tokens. The *bare proxy* passes its bytes on. *Plain* is an endpoint of Microsoft.Extensions.AI over OpenAI's
        client that checks no key and keeps nothing. *Alumia Lab* answers `POST /api/v1/chat`: a key is checked, a session is made, its agent's turn runs, and its events are in
        SQLite on disk before the answer ends; only the limit of requests is raised. Medians of {rounds} rounds, in each of which all take their turn; a ratio is the
        median of the rounds' ratios. Every answer was read whole and had its 50 tokens.

        ### Chats a second
        | streams | {string.Join(" | ", _subjects)} | lab to plain |
        | ---: | ---: | ---: | ---: | ---: | ---: |
        {string.Join('\n', streams.Select(count => RateRow(figures, count)))}

        ### Time to the first token
        64 streams, 20 ms a token; what a server adds to the provider asked directly, at the median.

        | | {string.Join(" | ", _subjects)} |
        | --- | ---: | ---: | ---: | ---: |
        | first token, ms | {string.Join(" | ", _subjects.Select(name => Ms(StreamFigures.Median(figures.FirstTokens.Single(figure => figure.Subject == name).Medians))))} |
        | added, ms | {string.Join(" | ", _subjects.Select(name => name == Provider ? "" : Ms(figures.Added(name, Provider))))} |

        {figures.AtOnce:N0} chats with the lab, begun in one moment, 20 ms a token: none failed, the median's first token came after {figures.AtOnceFirstMs:N0} ms, the last one ended after
        {figures.AtOnceWholeMs:N0} ms (50 tokens take 1,000 ms).
        {PerformanceReport.End}
        """);

    private static string RateRow(StreamFigures figures, int streams) => string.Create(CultureInfo.InvariantCulture,
        $"| {streams} | {string.Join(" | ", _subjects.Select(name => StreamFigures.Median(figures.Of(name, streams).Rates).ToString("N0", CultureInfo.InvariantCulture)))} | {figures.Ratio(Lab, Plain, streams):0.00} |");

    private static string Ms(double ms) => ms.ToString("0.0", CultureInfo.InvariantCulture);
}
