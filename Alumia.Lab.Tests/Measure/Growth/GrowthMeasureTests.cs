using Alumia.Lab.Tests.Cluster;
using Alumia.Lab.Tests.Harness;
using Alumia.Lab.Tests.Measure.Stream;

namespace Alumia.Lab.Tests.Measure.Growth;

/// <summary>
/// Measures how the lab grows: with idle browsers, beside the least page of Blazor Server, and from one copy to three on PostgreSQL.
/// <c>measure/growth.sh</c> runs it whole and writes docs/performance.md; the suite opens a few browsers, so that the command always works. No figure decides anything.
/// </summary>
public sealed class GrowthMeasureTests
{
    private const int Rounds = 3;
    private static readonly int[] _streams = [1, 16, 64];
    private static readonly string? _wanted = Environment.GetEnvironmentVariable("MEASURE");

    [Fact]
    public async Task Growth_can_be_measured()
    {
        if (_wanted is null)
        {
            Figures.Print(GrowthReport.Line(await IdleLabAsync(3)));
            return;
        }
        var load = PerformanceReport.LoadAverage();
        await using var blank = await StreamSubject.ServerAsync("least page of Blazor Server", "/", "blank");
        var idle = new[]
        {
            await IdleFigure.OfAsync(blank.Name, new At(blank.Address), ((ChildProcess)blank.Process).Id, "/", "Clicked", 1_000),
            await IdleLabAsync(1_000),
        };
        await using var provider = await StreamSubject.ServerAsync(StreamReport.Provider, "/v1/chat/completions", "provider");
        var rates = new Dictionary<int, IReadOnlyDictionary<int, double>>();
        foreach (var copies in new[] { 1, 3 })
            rates[copies] = await RatesAsync(provider.Address, copies);
        var report = GrowthReport.Of(idle, rates, load, Rounds);
        TestContext.Current.TestOutputHelper!.WriteLine(report);
        PerformanceReport.Save(report, GrowthReport.Begin);
    }

    private static async Task<IdleFigure> IdleLabAsync(int browsers)
    {
        await using var lab = await LabProcess.StartAsync(new Dictionary<string, string?> { ["Sharing:MaxVisitorsPerAddress"] = "2000" }, isDriven: true);
        return await IdleFigure.OfAsync("shared canvas of Alumia Lab", lab, lab.ProcessId, await LabDriver.TextAsync(lab, "/driver/share"), "Sample project", browsers);
    }

    /// <summary>Chats a second by the number of streams, through a balancer that sends each to the next copy.</summary>
    private static async Task<IReadOnlyDictionary<int, double>> RatesAsync(Uri provider, int count)
    {
        using var folder = new TempFolder();
        await using var copies = await Copies.StartAsync(count, new(StreamSubject.Settings(provider))
        {
            ["DataProtection:Certificate"] = Certificates.Write(folder.Path, "measured"),
            ["DataProtection:Password"] = "measured",
        });
        await using var subject = StreamSubject.OfLab(copies.Balancer.Address, await LabDriver.TextAsync(copies.Labs[0], "/driver/key"), copies);
        using var chats = new ChatLoad();
        // Each copy needs as many chats as one alone until its code is compiled for speed.
        await chats.RateAsync(subject, 16, TimeSpan.Zero, TimeSpan.FromSeconds(40 * count));
        var rates = _streams.ToDictionary(streams => streams, _ => new List<double>());
        for (var round = 0; round < Rounds; round++)
        {
            foreach (var streams in _streams)
                rates[streams].Add(await chats.RateAsync(subject, streams, TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(3)));
        }
        return rates.ToDictionary(pair => pair.Key, pair => StreamFigures.Median(pair.Value));
    }

    private sealed record At(Uri Address) : ILab
    {
        public HttpClient Client() => LabClient.Create(Address);
    }
}
