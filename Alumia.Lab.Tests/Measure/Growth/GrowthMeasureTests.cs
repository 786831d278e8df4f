using Alumia.Lab.Storage;
using Alumia.Lab.Tests.Harness;
using Alumia.Lab.Tests.Measure.Stream;
using Alumia.Lab.Tests.Sessions;

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
        await using var balancer = await Balancer.StartAsync();
        var settings = await Bench.SettingsAsync(StorageProvider.Postgres, StreamSubject.Settings(provider));
        settings["Cluster:Provider"] = "Postgres";
        settings["DataProtection:Certificate"] = Certificates.Write(folder.Path, "measured");
        settings["DataProtection:Password"] = "measured";
        var labs = new List<LabProcess>();
        try
        {
            while (labs.Count < count)
                labs.Add(await LabProcess.StartAsync(settings, isDriven: true));
            await balancer.ServeAsync(labs.Select(lab => lab.Address));
            await using var subject = StreamSubject.OfLab(balancer.Address, await LabDriver.TextAsync(labs[0], "/driver/key"), labs[0]);
            using var chats = new ChatLoad();
            await chats.RateAsync(subject, 16, TimeSpan.Zero, TimeSpan.FromSeconds(30)); // The compiler is at work meanwhile.
            var rates = _streams.ToDictionary(streams => streams, _ => new List<double>());
            for (var round = 0; round < Rounds; round++)
            {
                foreach (var streams in _streams)
                    rates[streams].Add(await chats.RateAsync(subject, streams, TimeSpan.FromSeconds(0.4), TimeSpan.FromSeconds(2)));
            }
            return rates.ToDictionary(pair => pair.Key, pair => StreamFigures.Median(pair.Value));
        }
        finally
        {
            foreach (var lab in labs)
                await lab.DisposeAsync();
        }
    }

    private sealed record At(Uri Address) : ILab
    {
        public HttpClient Client() => LabClient.Create(Address);
    }
}
