using System.Globalization;
using Alumia.Lab.Mcp;
using Alumia.Lab.Storage;
using Alumia.Lab.Tests.Harness;
using Alumia.Lab.Tests.Sessions;
using Microsoft.Extensions.DependencyInjection;

namespace Alumia.Lab.Tests.Mcp;

/// <summary>The reference server over streamable HTTP.</summary>
public sealed class EverythingOverHttpTests
{
    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Over_http_an_agent_calls_all_of_its_tools()
    {
        var node = Parts.Need(Part.Node);
        var port = FreePort();
        await using var server = await ChildProcess.StartAsync(node, [Everything.Script, "streamableHttp"], new Dictionary<string, string?> { ["PORT"] = port.ToString(CultureInfo.InvariantCulture) });
        await Eventually.True(() => server.Output.Contains("listening on port", StringComparison.Ordinal), "the server listens");
        await using var bench = await Bench.StartAsync(StorageProvider.Sqlite, new() { ["Outbound:Allow:0"] = $"127.0.0.1:{port}" });
        await bench.Lab.Services.GetRequiredService<McpServers>().AddAsync(bench.Scope, "Everything", $"http://127.0.0.1:{port}/mcp", null, Ended);
        await Everything.ConnectedAsync(bench);

        await Everything.CallAllAsync(bench);
        await Everything.CancelAsync(bench);
    }

    private static int FreePort()
    {
        using var listener = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        return ((System.Net.IPEndPoint)listener.LocalEndpoint).Port;
    }
}
