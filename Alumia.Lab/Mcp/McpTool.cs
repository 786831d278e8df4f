using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Threading.Channels;
using Alumia.Lab.Agents;
using Alumia.Lab.Tools;
using ModelContextProtocol;

namespace Alumia.Lab.Mcp;

/// <summary>A tool of a server, for agents.</summary>
internal sealed class McpTool(McpServer server, McpServerTool tool, JsonElement schema, McpLine line, McpOptions options, TimeProvider clock) : ITool, IToolProbe
{
    public string Name { get; } = McpNames.Of(server.Slug, tool.Name);

    public string Description { get; } = tool.Description.Length > 0 ? tool.Description : tool.Title.Length > 0 ? tool.Title : tool.Name;

    public JsonElement Schema => schema;

    /// <summary>What the server says of itself, so only as good as the server.</summary>
    public ToolRisk Risk => tool.ReadsOnly ? ToolRisk.Reads : ToolRisk.Writes;

    public ToolRight DefaultRight => ToolRight.Off;

    public string? Group => server.Name;

    public TimeSpan TimeLimit => TimeSpan.FromSeconds(options.CallSeconds);

    public async IAsyncEnumerable<ToolOutput> RunAsync(ToolCall call, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var told = Channel.CreateUnbounded<string>();
        var running = RunAsync(call, new McpProgress(told.Writer, clock), cancellation);
        await foreach (var text in told.Reader.ReadAllAsync(CancellationToken.None))
            yield return new ToolOutput.Partial(text);
        yield return await running;
    }

    public ValueTask<IReadOnlyList<ToolFact>> LookAsync(ToolCall call, CancellationToken cancellation) => ValueTask.FromResult<IReadOnlyList<ToolFact>>(
    [
        new ToolFact("MCP server", server.Name),
        new ToolFact("Waits for", line.IsOpen ? "the server's answer" : $"the connection to the server{(line.Why is { } why ? $": {why}" : "")}"),
    ]);

    private async Task<ToolOutput> RunAsync(ToolCall call, McpProgress progress, CancellationToken cancellation)
    {
        try
        {
            if (call.Context.OrgId != server.OrgId)
                throw Refusal.NotFound("tool");
            using var use = await line.UseAsync(cancellation);
            return await CallAsync(use.Connection, call, progress, cancellation);
        }
        catch (McpFault fault)
        {
            return new ToolOutput.Error($"The MCP server {server.Name} failed: {fault.Message.TrimEnd('.')}.");
        }
        finally
        {
            progress.End();
        }
    }

    private async Task<ToolOutput> CallAsync(McpConnection connection, ToolCall call, McpProgress progress, CancellationToken cancellation)
    {
        if (connection.Tools.FirstOrDefault(each => each.Name == tool.Name) is not { } now)
            return new ToolOutput.Error($"The MCP server {server.Name} has no tool {tool.Name} any more.");
        if (now.Hash != tool.ConfirmedHash)
            return new ToolOutput.Error($"What {Name} is said to do has changed since a person confirmed it. It is off until an owner or admin has confirmed it anew on the connectors page.");
        try
        {
            return McpAnswer.Of(await connection.CallAsync(now, call.Arguments, progress, cancellation), $"{tool.Name} of the MCP server {server.Name}", connection.Key);
        }
        catch (Exception exception) when (!cancellation.IsCancellationRequested && exception is not Refusal)
        {
            // An answer that says no is the call's own; what breaks on the way is the server's.
            if (exception is McpProtocolException refused)
                return new ToolOutput.Error($"The MCP server {server.Name} refused the call: {Untrusted.Wrap(server.Name, McpFault.Told(refused.Message, connection.Key))}");
            // Nobody cancelled the call: its connection was given up, for another call that broke on it.
            var fault = exception is OperationCanceledException ? new McpFault("its connection was given up") : McpFault.Of(exception, connection.Key, options.CallSeconds);
            if (IsBroken(exception) || connection.Ended.IsCompleted)
                fault = await BrokenAsync(connection, fault);
            return new ToolOutput.Error(string.Create(CultureInfo.InvariantCulture, $"The MCP server {server.Name} failed during the call: {fault.Message.TrimEnd('.')}. Whether the call had an effect is not known."));
        }
    }

    /// <summary>Whether the line is no good any more. An answer that is only about this call (too many, too large) leaves it as it is.</summary>
    private static bool IsBroken(Exception exception) => exception switch
    {
        McpException or JsonException => false,
        HttpRequestException { StatusCode: { } status } => (int)status is < 400 or 401 or 403 or 404 or >= 500,
        _ => true,
    };

    /// <summary>Gives the connection up; where the server itself has ended, that is the better reason.</summary>
    private async Task<McpFault> BrokenAsync(McpConnection connection, McpFault fault)
    {
        if (await Task.WhenAny(connection.Ended, Task.Delay(TimeSpan.FromSeconds(1), clock)) == connection.Ended)
            return new McpFault(await connection.Ended);
        await line.BrokenAsync(connection, fault);
        return fault;
    }
}
