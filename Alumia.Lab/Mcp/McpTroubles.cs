using System.Globalization;
using Alumia.Lab.Organizations;
using Alumia.Lab.Storage;
using Alumia.Lab.Troubles;

namespace Alumia.Lab.Mcp;

/// <summary>What can be wrong with MCP servers, and what mends it.</summary>
internal static class McpTroubles
{
    public const string Failed = "mcp_server_failed";
    public const string Changed = "mcp_tool_changed";
    public const string Section = "MCP server failed";
    private const int MostNamed = 10;

    /// <summary>What troubles of a server are about.</summary>
    public static string About(string serverId) => $"mcp:{serverId}";

    public static void RaiseFailed(Tx tx, McpServer server, int failures, long againAtMs)
    {
        var evidence = new List<Evidence>
        {
            new("Server", server.Address ?? $"The program {server.Slug} of this lab's configuration"),
            new("Attempts", failures.ToString(CultureInfo.InvariantCulture)),
            new("Tried again", "by itself", againAtMs),
        };
        if (server.WorkedAtMs is { } worked)
            evidence.Add(new("Last worked", "", worked));
        TroubleLog.Raise(tx, server.OrgId, Failed, About(server.Id), $"MCP server failed: {server.Name}", $"Its tools answer with an error until it works again: {server.Reason.TrimEnd('.')}.",
            evidence, [new Fix(TryMcpServerFix.Try, "Try again now", new() { ["server"] = server.Id }), new Fix(OpenMcpServersFix.Open, "Open MCP servers")]);
    }

    /// <summary>Raises what is to be confirmed of a server, or heals it where nothing is.</summary>
    public static void TellChanged(Tx tx, McpServer server)
    {
        var changed = tx.Db.Set<McpServerTool>().Where(tool => tool.ServerId == server.Id && tool.GoneAtMs == null && tool.Hash != tool.ConfirmedHash)
            .OrderBy(tool => tool.Name).Select(tool => tool.Name).ToList();
        if (changed.Count == 0)
        {
            TroubleLog.Heal(tx, server.OrgId, About(server.Id), "Confirmed", Changed);
            return;
        }
        TroubleLog.Raise(tx, server.OrgId, Changed, About(server.Id),
            changed.Count == 1 ? $"A tool of {server.Name} has changed" : string.Create(CultureInfo.InvariantCulture, $"{changed.Count} tools of {server.Name} have changed"),
            "What it is said to do is not what was confirmed. It is off for every agent until an owner or admin has read the new text and confirmed it.",
            changed.Take(MostNamed).Select(name => new Evidence("Tool", name)), [new Fix(OpenMcpServersFix.Open, "Read what changed")]);
    }
}

/// <summary>Reaches for the server that failed (its argument <c>server</c>) at once.</summary>
internal sealed class TryMcpServerFix(McpServers servers) : IFixHandler
{
    public const string Try = "mcp_try_again";

    public string Kind => Try;

    public async Task<FixOutcome> ApplyAsync(OrgScope scope, Trouble trouble, Fix fix, CancellationToken cancellation)
    {
        await servers.TryAgainAsync(scope, fix["server"], cancellation);
        return new FixOutcome("It works again.");
    }
}

/// <summary>Leads to the org's MCP servers.</summary>
internal sealed class OpenMcpServersFix : IFixHandler
{
    public const string Open = "open_mcp_servers";

    public string Kind => Open;

    /// <summary>Where the org's MCP servers are.</summary>
    public static string AddressOf(OrgScope scope) => $"/{scope.OrgSlug}/connectors#mcp-servers";

    public Task<FixOutcome> ApplyAsync(OrgScope scope, Trouble trouble, Fix fix, CancellationToken cancellation) => Task.FromResult(new FixOutcome(GoTo: AddressOf(scope)));
}
