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
    public async Task Over_http_an_agent_calls_all_of_its_tools_and_an_idle_session_is_closed()
    {
        var node = Parts.Need(Part.Node);
        var port = FreePort();
        await using var server = await ChildProcess.StartAsync(node, [Everything.Script, "streamableHttp"], new Dictionary<string, string?> { ["PORT"] = port.ToString(CultureInfo.InvariantCulture) });
        await Eventually.True(() => server.Output.Contains("listening on port", StringComparison.Ordinal), "the server listens");
        await using var bench = await Bench.StartAsync(StorageProvider.Sqlite, new() { ["Outbound:Allow:0"] = $"127.0.0.1:{port}", ["Mcp:IdleSeconds"] = "1" });
        await bench.Lab.Services.GetRequiredService<McpServers>().AddAsync(bench.Scope, "Everything", $"http://127.0.0.1:{port}/mcp", null, Ended);
        await Everything.ConnectedAsync(bench);

        await Everything.CallAllAsync(bench);
        await Everything.CancelAsync(bench);

        // The look at it when it was added is one session; the agent's are closed when they are idle, and a call makes another.
        await Eventually.True(() => server.Output.Split("Received session termination request").Length > 2, "it is closed, being idle");
        Assert.Contains("again", await bench.AskAsync(await bench.NewSessionAsync(), """[[tool everything.echo {"message":"again"}]]"""), StringComparison.Ordinal);
    }

    private static int FreePort()
    {
        using var listener = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        return ((System.Net.IPEndPoint)listener.LocalEndpoint).Port;
    }
}
