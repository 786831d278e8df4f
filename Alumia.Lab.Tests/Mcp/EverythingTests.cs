using System.Globalization;
using Alumia.Lab.Agents;
using Alumia.Lab.Mcp;
using Alumia.Lab.Sessions;
using Alumia.Lab.Storage;
using Alumia.Lab.Tests.Harness;
using Alumia.Lab.Tests.Sandbox;
using Alumia.Lab.Tests.Sessions;
using Microsoft.Extensions.DependencyInjection;

namespace Alumia.Lab.Tests.Mcp;

/// <summary>The reference server of npm, which has a tool for everything that the protocol can: over stdio in the sandbox, and over HTTP.</summary>
public sealed class EverythingTests
{
    private static readonly string _modules = Path.Combine(Repository.Root, "Alumia.Lab.Tests", "node_modules");
    private static readonly string _script = Path.Combine(_modules, "@modelcontextprotocol", "server-everything", "dist", "index.js");

    /// <summary>A call of each of its tools, and what the model is told of the answer.</summary>
    private static readonly (string Tool, string Arguments, string Answer)[] _calls =
    [
        ("echo", """{"message":"hello there"}""", "Echo: hello there"),
        ("get-annotated-message", """{"messageType":"success","includeImage":true}""", "[An image, image/png"),
        ("get-env", "{}", "PATH"),
        ("get-resource-links", """{"count":2}""", "[A link to a resource:"),
        ("get-resource-reference", """{"resourceType":"Text","resourceId":1}""", "[The resource demo://resource/dynamic/text/1]"),
        ("get-structured-content", """{"location":"Chicago"}""", "temperature"),
        ("get-sum", """{"a":19,"b":23}""", "42"),
        ("get-tiny-image", "{}", "[An image, image/png"),
        ("gzip-file-as-resource", """{"name":"a.gz","data":"data:text/plain,hello","outputType":"resource"}""", "a.gz"),
        ("simulate-research-query", """{"topic":"tea"}""", "tea"),
        ("toggle-simulated-logging", "{}", "logging"),
        ("toggle-subscriber-updates", "{}", "updates"),
        ("trigger-long-running-operation", """{"duration":0.4,"steps":2}""", "Long running operation completed"),
    ];

    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Over_stdio_in_the_sandbox_an_agent_calls_all_of_its_tools_and_it_is_started_again_when_it_dies()
    {
        Namespaces.Need();
        var node = Parts.Need(Part.Node);
        var mark = $"--marked={Random.Shared.Next(1_000_000, 9_999_999)}";
        Environment.SetEnvironmentVariable("MCP_TEST_CANARY", "of the lab itself");
        await using var bench = await Bench.StartAsync(StorageProvider.Sqlite, new()
        {
            ["Mcp:BackoffMs"] = "50",
            ["Mcp:Servers:everything:Name"] = "Everything",
            ["Mcp:Servers:everything:Command"] = node,
            ["Mcp:Servers:everything:Arguments:0"] = _script,
            ["Mcp:Servers:everything:Arguments:1"] = "stdio",
            ["Mcp:Servers:everything:Arguments:2"] = mark,
            ["Mcp:Servers:everything:Environment:OWN"] = "of the configuration",
            ["Mcp:Servers:everything:Sandbox:Folders:0:Path"] = _modules,
        });
        var line = await ConnectedAsync(bench);
        Assert.Null(line.Address);

        var told = await CallAllAsync(bench);
        Assert.Contains("of the configuration", told["get-env"], StringComparison.Ordinal);
        Assert.DoesNotContain("of the lab itself", told["get-env"], StringComparison.Ordinal);
        await CancelAsync(bench);

        foreach (var process in HostProcesses.Of(mark))
            System.Diagnostics.Process.GetProcessById(process).Kill();
        var died = await Eventually.Value(() => LineAsync(bench), now => now.Status == McpStatus.Connected && now.StatusAtMs > line.StatusAtMs, "it was failed, and works again");
        Assert.True(died.WorkedAtMs >= died.StatusAtMs);
        Assert.Contains("again", await bench.AskAsync(await bench.NewSessionAsync(), """[[tool everything.echo {"message":"again"}]]"""), StringComparison.Ordinal);
        await bench.DisposeAsync();
        Assert.Equal(0, HostProcesses.With(mark));
    }

    [Fact]
    public async Task Over_http_an_agent_calls_all_of_its_tools()
    {
        var node = Parts.Need(Part.Node);
        var port = FreePort();
        await using var server = await ChildProcess.StartAsync(node, [_script, "streamableHttp"], new Dictionary<string, string?> { ["PORT"] = port.ToString(CultureInfo.InvariantCulture) });
        await Eventually.True(() => server.Output.Contains("listening on port", StringComparison.Ordinal), "the server listens");
        await using var bench = await Bench.StartAsync(StorageProvider.Sqlite, new() { ["Outbound:Allow:0"] = $"127.0.0.1:{port}" });
        await bench.Lab.Services.GetRequiredService<McpServers>().AddAsync(bench.Scope, "Everything", $"http://127.0.0.1:{port}/mcp", null, Ended);
        await ConnectedAsync(bench);

        await CallAllAsync(bench);
        await CancelAsync(bench);
    }

    private static async Task<Dictionary<string, string>> CallAllAsync(Bench bench)
    {
        var line = await LineAsync(bench);
        Assert.Equal(_calls.Select(call => $"everything.{call.Tool}"), line.Tools.Select(tool => tool.Name));
        Assert.All(line.Tools, tool => Assert.Equal("", tool.Fault));
        var agents = bench.Lab.Services.GetRequiredService<AgentDirectory>();
        foreach (var tool in line.Tools)
            await agents.SetToolAsync(bench.Scope, bench.Ala.Id, tool.Name, ToolRight.Allow, Ended);
        var session = await bench.NewSessionAsync();
        await bench.AskAsync(session, string.Join(' ', _calls.Select(call => $"[[tool everything.{call.Tool} {call.Arguments}]]")));
        var ends = await bench.EventsAsync<ToolFinished>(session);
        foreach (var (tool, _, answer) in _calls)
        {
            var end = Assert.Single(ends, end => end.Tool == $"everything.{tool}");
            Assert.True(end.Ending == ToolEnding.Ok && end.Result.Contains(answer, StringComparison.OrdinalIgnoreCase), $"{tool}: {end.Ending}, {end.Result}");
        }
        var progress = (await bench.EventsAsync<ToolOutputWritten>(session)).Select(output => output.Text).ToList();
        Assert.Contains("2 of 2\n", progress);
        Assert.Contains(progress, text => text.Contains("Synthesizing", StringComparison.OrdinalIgnoreCase)); // A task's words.
        return ends.ToDictionary(end => end.Tool.Split('.')[1], end => end.Result);
    }

    private static async Task CancelAsync(Bench bench)
    {
        var session = await bench.NewSessionAsync();
        await bench.SendAsync(session, """[[tool everything.trigger-long-running-operation {"duration":600,"steps":6000}]]""");
        await Eventually.True(async () => (await bench.EventsAsync<ToolOutputWritten>(session)).Count > 0, "its progress is told");
        await bench.Conversations.CancelAsync(bench.Scope, session, Ended);
        await bench.UntilAsync(session, SessionStatus.Cancelled);
        Assert.Equal(ToolEnding.Cancelled, Assert.Single(await bench.EventsAsync<ToolFinished>(session)).Ending);
    }

    private static Task<McpServerLine> ConnectedAsync(Bench bench) => Eventually.Value(() => LineAsync(bench), line => line.Status == McpStatus.Connected, "it is connected");

    private static async Task<McpServerLine> LineAsync(Bench bench) => Assert.Single(await bench.Lab.Services.GetRequiredService<McpServers>().ListAsync(bench.Scope, Ended));

    private static int FreePort()
    {
        using var listener = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        return ((System.Net.IPEndPoint)listener.LocalEndpoint).Port;
    }
}
