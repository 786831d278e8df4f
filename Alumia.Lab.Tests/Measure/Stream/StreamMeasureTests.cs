using Alumia.Lab.Api;
using Alumia.Lab.Tests.Harness;
using Alumia.Lab.Tests.Sessions;
using Microsoft.Extensions.DependencyInjection;

namespace Alumia.Lab.Tests.Measure.Stream;

/// <summary>
/// Measures how the lab streams, beside a provider asked directly, a bare proxy and a plain endpoint of Microsoft.Extensions.AI:
/// <c>measure/stream.sh</c> runs it whole and writes docs/performance.md. The suite measures the lab alone, for a moment, before its own
/// stand-in, so that the command always works. No figure decides anything.
/// </summary>
public sealed class StreamMeasureTests
{
    private const int PaceMs = 20, PacedStreams = 64;
    private static readonly string? _wanted = Environment.GetEnvironmentVariable("MEASURE");

    [Fact]
    public async Task Streaming_can_be_measured()
    {
        if (_wanted is null)
        {
            await MeasureBrieflyAsync();
            return;
        }
        var load = PerformanceReport.LoadAverage();
        var quick = _wanted == "quick";
        int[] streams = quick ? [1, 64] : [1, 16, 64, 256];
        await using var provider = await StreamSubject.ServerAsync(StreamReport.Provider, "/v1/chat/completions", "provider");
        await using var proxy = await StreamSubject.ServerAsync(StreamReport.Proxy, "/chat", "proxy", provider.Address.ToString());
        await using var plain = await StreamSubject.ServerAsync(StreamReport.Plain, "/chat", "plain", provider.Address.ToString());
        await using var lab = await StreamSubject.LabAsync(provider.Address);
        using var chats = new ChatLoad();
        var figures = await MeasureAsync(chats, [provider, proxy, plain, lab], streams, quick ? 1 : 5);
        var report = StreamReport.Of(figures, streams, load, quick ? 1 : 5);
        TestContext.Current.TestOutputHelper!.WriteLine(report);
        if (!quick)
            PerformanceReport.Save(report, StreamReport.Begin);
    }

    private static async Task MeasureBrieflyAsync()
    {
        var bench = await Bench.OfAsync(await LabHost.StartAsync(new LabHostOptions { Settings = new Dictionary<string, string?> { ["Limits:ChatPerMinute"] = "1000000" } }));
        var key = await bench.Lab.Services.GetRequiredService<ApiKeys>().CreateAsync(bench.Scope, "Measure", KeyScopes.All, null, TestContext.Current.CancellationToken);
        await using var lab = StreamSubject.OfLab(bench.Lab.Address, key.Secret, bench, $" [[say alpha {string.Join(' ', Enumerable.Repeat("beta", 49))}]]");
        using var chats = new ChatLoad();
        var first = await chats.FirstTokensAsync(lab, 2, 1, PaceMs);
        var rate = await chats.RateAsync(lab, 4, TimeSpan.Zero, TimeSpan.FromSeconds(1));
        Figures.Print($"{rate:0} chats a second with 4 streams of 50 tokens, first token of a paced one after {StreamFigures.Median(first):0} ms, all in the tests' process");
        Assert.All(first, time => Assert.True(time > 0));
    }

    private static async Task<StreamFigures> MeasureAsync(ChatLoad chats, StreamSubject[] subjects, int[] streams, int rounds)
    {
        foreach (var subject in subjects)
            await chats.RateAsync(subject, 16, TimeSpan.Zero, TimeSpan.FromSeconds(rounds == 1 ? 5 : subject == subjects[^1] ? 60 : 15)); // The compiler is at work meanwhile, in the lab for longer.
        var rates = subjects.SelectMany(subject => streams.Select(count => (subject, count))).ToDictionary(pair => (pair.subject.Name, pair.count), _ => new List<double>());
        var firsts = subjects.ToDictionary(subject => subject.Name, _ => new List<double>());
        for (var round = 0; round < rounds; round++)
        {
            foreach (var count in streams)
            {
                foreach (var subject in subjects)
                    rates[(subject.Name, count)].Add(await chats.RateAsync(subject, count, TimeSpan.FromSeconds(0.4), TimeSpan.FromSeconds(1.6)));
            }
            foreach (var subject in subjects)
                firsts[subject.Name].Add(StreamFigures.Median(await chats.FirstTokensAsync(subject, PacedStreams, 2, PaceMs)));
        }
        var (times, whole) = await chats.AtOnceAsync(subjects[^1], 1_000, PaceMs);
        return new StreamFigures(
            [.. rates.Select(pair => new RateFigure(pair.Key.Name, pair.Key.count, pair.Value))], [.. firsts.Select(pair => new FirstTokenFigure(pair.Key, pair.Value))],
            times.Count, StreamFigures.Median(times), whole.TotalMilliseconds);
    }
}
