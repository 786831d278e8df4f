using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Alumia.Lab.Storage;
using Alumia.Lab.Tests.Harness;
using Alumia.Lab.Tests.Sessions;
using Alumia.Lab.Tests.Stories;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Alumia.Lab.Tests.Mcp;

/// <summary>One lab on each database and one site of servers for all tests of MCP; each test has an org and a server of its own.</summary>
[CollectionDefinition(Name)]
public sealed class McpLabs : ICollectionFixture<McpLabs>, IAsyncDisposable
{
    public const string Name = "MCP";
    private readonly ConcurrentDictionary<StorageProvider, Lazy<Task<LabHost>>> _labs = new();
    private readonly Lazy<Task<TestMcpSite>> _site = new(TestMcpSite.StartAsync);
    private int _count;

    /// <summary>What the labs have logged of it, and of what goes out; lock it to read it.</summary>
    public StringBuilder Log { get; } = new();

    internal async Task<McpBench> NewAsync(StorageProvider provider = StorageProvider.Sqlite, string? key = null)
    {
        var site = await _site.Value;
        var lab = await _labs.GetOrAdd(provider, each => new Lazy<Task<LabHost>>(() => StartAsync(each, site))).Value;
        var scope = await People.FoundAsync(lab, string.Create(CultureInfo.InvariantCulture, $"mcp{Interlocked.Increment(ref _count)}"));
        return new McpBench(await Bench.OfAsync(lab, scope), site.NewServer(key), site);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var lab in _labs.Values.Where(lab => lab.Value.IsCompletedSuccessfully))
            await (await lab.Value).DisposeAsync();
        if (_site.IsValueCreated)
            await (await _site.Value).DisposeAsync();
    }

    private async Task<LabHost> StartAsync(StorageProvider provider, TestMcpSite site) => await LabHost.StartAsync(new LabHostOptions
    {
        Settings = await Bench.SettingsAsync(provider, new() { ["Outbound:Allow:0"] = site.Place, ["Mcp:BackoffMs"] = "50", ["Mcp:MaxBackoffMs"] = "200" }),
        Services = services => services.AddLogging(logging => logging
            .AddFilter<TextLog>((category, _) => category?.StartsWith("Alumia.Lab.Mcp", StringComparison.Ordinal) is true || category?.StartsWith("System.Net.Http", StringComparison.Ordinal) is true)
            .AddProvider(new TextLog(Log))),
    });
}
