using Alumia.Lab.Mcp;
using Alumia.Lab.Sandbox;
using Alumia.Lab.Storage;
using Alumia.Lab.Tests.Harness;
using Alumia.Lab.Tests.Sandbox;
using Alumia.Lab.Tests.Sessions;

namespace Alumia.Lab.Tests.Mcp;

/// <summary>The reference server over stdio, in the sandbox.</summary>
public sealed class EverythingOverStdioTests
{
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
            ["Mcp:Servers:everything:Arguments:0"] = Everything.Script,
            ["Mcp:Servers:everything:Arguments:1"] = "stdio",
            ["Mcp:Servers:everything:Arguments:2"] = mark,
            ["Mcp:Servers:everything:Environment:OWN"] = "of the configuration",
            ["Mcp:Servers:everything:Sandbox:Folders:0:Path"] = Everything.Modules,
        });
        var line = await Everything.ConnectedAsync(bench);
        Assert.Null(line.Address);

        var told = await Everything.CallAllAsync(bench);
        Assert.Contains("of the configuration", told["get-env"], StringComparison.Ordinal);
        Assert.DoesNotContain("of the lab itself", told["get-env"], StringComparison.Ordinal);
        await Everything.CancelAsync(bench);

        foreach (var process in HostProcesses.Of(mark))
            Libc.Signal(process, Libc.Kill);
        var died = await Eventually.Value(() => Everything.LineAsync(bench), now => now.Status == McpStatus.Connected && now.StatusAtMs > line.StatusAtMs, "it was failed, and works again");
        Assert.True(died.WorkedAtMs >= died.StatusAtMs);
        Assert.Contains("again", await bench.AskAsync(await bench.NewSessionAsync(), """[[tool everything.echo {"message":"again"}]]"""), StringComparison.Ordinal);
        await bench.DisposeAsync();
        await Eventually.Equal(0, () => HostProcesses.With(mark));
    }
}
