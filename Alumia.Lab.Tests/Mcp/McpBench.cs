using Alumia.Lab.Agents;
using Alumia.Lab.Mcp;
using Alumia.Lab.Tests.Harness;
using Alumia.Lab.Tests.Sessions;
using Alumia.Lab.Tools;
using Alumia.Lab.Troubles;
using Microsoft.Extensions.DependencyInjection;

namespace Alumia.Lab.Tests.Mcp;

/// <summary>An org and an MCP server of a test, which it may reach.</summary>
internal sealed class McpBench(Bench bench, TestMcpServer server, TestMcpSite site)
{
    public Bench Bench => bench;

    public TestMcpServer Server => server;

    public TestMcpSite Site => site;

    public McpServers Servers => Bench.Lab.Services.GetRequiredService<McpServers>();

    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    /// <summary>Adds the test's server.</summary>
    public Task<McpServerLine> AddAsync(string? key = null) => Servers.AddAsync(Bench.Scope, "Acme", Server.Address, key, Ended);

    /// <summary>The server as people see it now.</summary>
    public async Task<McpServerLine> LineAsync() => Assert.Single(await Servers.ListAsync(Bench.Scope, Ended));

    /// <summary>Waits until it is so.</summary>
    public Task<McpServerLine> UntilAsync(Func<McpServerLine, bool> isSo, string what) => Eventually.Value(LineAsync, isSo, what);

    /// <summary>The tools that agents of the org are given or could be, of MCP servers alone.</summary>
    public async Task<IReadOnlyList<ITool>> ToolsAsync() =>
        [.. (await Bench.Lab.Services.GetRequiredService<ToolRegistry>().AllAsync(Bench.Scope.OrgId, Ended)).Where(tool => tool.Name.StartsWith("acme.", StringComparison.Ordinal))];

    public async Task<ITool> ToolAsync(string name) => (await Eventually.Value(ToolsAsync, tools => tools.Any(tool => tool.Name == $"acme.{name}"), $"there is acme.{name}")).Single(tool => tool.Name == $"acme.{name}");

    /// <summary>The context of a call by an agent of the org.</summary>
    public ToolContext Context => ToolCalls.Nobody with { OrgId = Bench.Scope.OrgId };

    /// <summary>Lets Ala use a tool without asking.</summary>
    public Task AllowAsync(string tool) => Bench.Lab.Services.GetRequiredService<AgentDirectory>().SetToolAsync(Bench.Scope, Bench.Ala.Id, tool, ToolRight.Allow, Ended);

    /// <summary>What is wrong now.</summary>
    public async Task<IReadOnlyList<Trouble>> TroublesAsync() => await Bench.Lab.Services.GetRequiredService<TroubleLog>().OpenAsync(Bench.Scope, [], Ended);
}
