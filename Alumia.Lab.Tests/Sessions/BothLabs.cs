using System.Collections.Concurrent;
using System.Globalization;
using Alumia.Lab.Storage;
using Alumia.Lab.Tests.Stories;

namespace Alumia.Lab.Tests.Sessions;

/// <summary>One lab on each database for all tests of a class, each started when the first test asks for it.</summary>
public sealed class BothLabs : IAsyncDisposable
{
    // All tests of a class send as one person.
    private static readonly Dictionary<string, string?> _settings = new() { ["Limits:ChatPerMinute"] = "100000" };

    private readonly ConcurrentDictionary<StorageProvider, Lazy<Task<Bench>>> _benches = new();
    private int _orgs;

    internal Task<Bench> OnAsync(StorageProvider provider) =>
        _benches.GetOrAdd(provider, each => new Lazy<Task<Bench>>(() => Bench.StartAsync(each, _settings))).Value;

    /// <summary>A new org of this lab, with its own owner, money, keys and agents: for what holds of a whole org. Nobody disposes of it; the lab is the class's.</summary>
    internal async Task<Bench> NewOrgAsync(StorageProvider provider)
    {
        var lab = (await OnAsync(provider)).Lab;
        return await Bench.OfAsync(lab, await People.FoundAsync(lab, string.Create(CultureInfo.InvariantCulture, $"both{Interlocked.Increment(ref _orgs)}")));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var bench in _benches.Values)
        {
            if (bench.Value.IsCompletedSuccessfully)
                await (await bench.Value).DisposeAsync();
        }
    }
}
