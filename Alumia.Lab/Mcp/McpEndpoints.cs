using System.Text.Json;
using Alumia.Lab.Api;

namespace Alumia.Lab.Mcp;

/// <summary>An MCP server as clients see it.</summary>
public sealed record McpServerBody(
    string Id, string Name, string Slug, string? Address, bool HasKey, string? AddedBy, string Status, string? Reason, long StatusAtMs, long? WorkedAtMs, IReadOnlyList<McpToolBody> Tools)
{
    internal static McpServerBody Of(McpServerLine line) => new(
        line.Id, line.Name, line.Slug, line.Address, line.HasKey, line.AddedBy, JsonNamingPolicy.SnakeCaseLower.ConvertName(line.Status.ToString()), line.Reason.Length > 0 ? line.Reason : null,
        line.StatusAtMs, line.WorkedAtMs, [.. line.Tools.Select(McpToolBody.Of)]);
}

/// <summary>A tool of an MCP server; its schema is the server's own, as text.</summary>
public sealed record McpToolBody(string Name, string ServerName, string? Title, string Description, string Schema, bool ReadsOnly, bool AwaitsConfirmation, string? Fault)
{
    internal static McpToolBody Of(McpToolLine tool) => new(
        tool.Name, tool.ServerName, tool.Title.Length > 0 ? tool.Title : null, tool.Description, tool.Schema, tool.ReadsOnly, tool.Before is not null, tool.Fault.Length > 0 ? tool.Fault : null);
}

internal static class McpEndpoints
{
    public static void MapServers(this WebApplication app) => app.ApiGroup("mcp-servers").MapGet("", async ([AsParameters] PageQuery page, ApiCaller caller, McpServers servers, CancellationToken cancellation) =>
        page.Cut(await servers.ListAsync(caller.Scope, cancellation), line => line.Id, McpServerBody.Of))
        .Needs(KeyScopes.Read).WithSummary("Lists the org's MCP servers with their state and their tools");
}
