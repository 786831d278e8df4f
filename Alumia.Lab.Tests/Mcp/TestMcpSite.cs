using System.Collections.Concurrent;
using System.Globalization;
using Alumia.Lab.Tests.Harness;
using Microsoft.AspNetCore.Http;

namespace Alumia.Lab.Tests.Mcp;

/// <summary>A port with as many servers as tests want, each under a path of its own.</summary>
internal sealed class TestMcpSite : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, TestMcpServer> _servers = new();
    private TestSite _site = null!;
    private int _count;

    public Uri Address => _site.Address;

    /// <summary><c>127.0.0.1:port</c>, as <c>Outbound:Allow</c> names it.</summary>
    public string Place => _site.Place;

    public static async Task<TestMcpSite> StartAsync()
    {
        var site = new TestMcpSite();
        site._site = await TestSite.StartAsync(context =>
        {
            if (site._servers.TryGetValue(context.Request.Path.Value!.Split('/')[1], out var server))
                return server.AnswerAsync(context);
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        });
        return site;
    }

    /// <summary>A server that takes this key, or any caller where it is null.</summary>
    public TestMcpServer NewServer(string? key = null)
    {
        var name = Interlocked.Increment(ref _count).ToString(CultureInfo.InvariantCulture);
        return _servers[name] = new TestMcpServer(this, name, key);
    }

    public ValueTask DisposeAsync()
    {
        foreach (var server in _servers.Values)
            server.Free();
        return _site.DisposeAsync();
    }
}
