using System.Globalization;
using System.Text;
using Alumia.Lab.Offline.OAuth;
using Alumia.Lab.Tests.Harness;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Alumia.Lab.Tests.Connectors;

/// <summary>
/// A provider that times out, breaks connections, has enough of us, fails, talks nonsense and refuses, at its token endpoint and at its services:
/// what is said of a connection is true all the same, and nothing is lost or told.
/// </summary>
public sealed class ProviderFaultTests
{
    private static readonly string[] _connectors = ["gmail", "google_calendar", "github"];

    [Fact]
    public async Task Random_faults_never_make_a_wrong_status_lose_a_refresh_token_or_tell_one()
    {
        var runs = Soak.Count(60, 500);
        var seed = int.TryParse(Environment.GetEnvironmentVariable("FAULT_SEED"), CultureInfo.InvariantCulture, out var given) ? given : Random.Shared.Next(1_000_000);
        Figures.Print($"faults at the provider: FAULT_SEED={seed}");
        var log = new StringBuilder();
        await using var lab = await LabHost.StartAsync(new LabHostOptions
        {
            Settings = new Dictionary<string, string?> { ["Connectors:ProviderSeconds"] = "8", ["Logging:LogLevel:Default"] = "Debug", ["Logging:Console:LogLevel:Default"] = "Error" },
            Services = services => services.AddLogging(logging => logging.AddProvider(new TextLog(log))),
        });
        var lanes = new List<FaultyLane>();
        var people = new List<ConnectingPerson>();
        for (var i = 0; i < 4; i++)
        {
            people.Add(await ConnectingPerson.FoundAsync(lab, $"lane{i}"));
            lanes.AddRange(_connectors.Select(connector => new FaultyLane(lab, people[^1], connector, seed + lanes.Count)));
        }
        foreach (var lane in lanes)
            await lane.ConnectAsync();

        var left = runs;
        await Task.WhenAll(lanes.Select(async lane =>
        {
            while (Interlocked.Decrement(ref left) is >= 0 and var run)
                await lane.RunAsync(runs - run);
        }));

        var ends = lanes.SelectMany(lane => lane.Ends).GroupBy(end => end).OrderByDescending(group => group.Count()).Select(group => $"{group.Key} {group.Count()}");
        var faults = lanes.SelectMany(lane => lane.Happened).GroupBy(pair => pair.Key, pair => pair.Value).Select(group => $"{group.Key} {group.Sum()}").Order(StringComparer.Ordinal);
        Figures.Print($"{runs} runs: {string.Join(", ", ends)}; faults: {string.Join(", ", faults)}; reconnected {lanes.Sum(lane => lane.Reconnected)} times");
        Assert.Equal(runs, lanes.Sum(lane => lane.Ends.Count));

        string text;
        lock (log)
            text = log.ToString();
        Assert.Contains("Hosting started", text, StringComparison.Ordinal); // It is the lab's log.
        foreach (var secret in lanes.SelectMany(lane => lane.Tokens).Append(lab.Services.GetRequiredService<OAuthClientAccount>().Client.Secret))
            Assert.False(text.Contains(secret, StringComparison.Ordinal), $"The log tells {secret[..12]}…");
        people.ForEach(person => person.Dispose());
    }
}
