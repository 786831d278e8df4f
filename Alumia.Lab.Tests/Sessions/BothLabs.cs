using System.Collections.Concurrent;
using Alumia.Lab.Storage;

namespace Alumia.Lab.Tests.Sessions;

/// <summary>One lab on each database for all tests of a class, each started when the first test asks for it.</summary>
public sealed class BothLabs : IAsyncDisposable
{
    // All tests of a class send as one person.
    private static readonly Dictionary<string, string?> _settings = new() { ["Limits:ChatPerMinute"] = "100000" };

    private readonly ConcurrentDictionary<StorageProvider, Lazy<Task<Bench>>> _benches = new();

    internal Task<Bench> OnAsync(StorageProvider provider) =>
        _benches.GetOrAdd(provider, each => new Lazy<Task<Bench>>(() => Bench.StartAsync(each, _settings))).Value;

    public async ValueTask DisposeAsync()
    {
        foreach (var bench in _benches.Values)
        {
            if (bench.Value.IsCompletedSuccessfully)
                await (await bench.Value).DisposeAsync();
        }
    }
}
