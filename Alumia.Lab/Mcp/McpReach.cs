using System.Diagnostics.CodeAnalysis;
using Alumia.Lab.Outbound;
using Alumia.Lab.Sandbox;
using Microsoft.Extensions.Options;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace Alumia.Lab.Mcp;

/// <summary>Connects to servers: over HTTP through the guard of the outside, over stdio in a sandbox.</summary>
internal sealed class McpReach(IHttpMessageHandlerFactory handlers, ProgramRunner programs, McpVault vault, IOptions<McpOptions> options, TimeProvider clock)
{
    // Its output closes just before it has ended.
    private static readonly TimeSpan _moment = TimeSpan.FromSeconds(1);

    public McpOptions Options => options.Value;

    /// <summary>Connects, and reads the server's tools.</summary>
    /// <exception cref="McpFault">It cannot be reached, refuses, or is no MCP server.</exception>
    public async Task<McpConnection> OpenAsync(McpServer server, CancellationToken cancellation)
    {
        var secret = vault.Open(server);
        using var late = new CancellationTokenSource(TimeSpan.FromSeconds(Options.ConnectSeconds), clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, late.Token);
        try
        {
            return server.Address is { } address ? await OverHttpAsync(new Uri(address + secret.Query), secret.Key, either.Token) : await OverStdioAsync(server, either.Token);
        }
        catch (Exception exception) when (!cancellation.IsCancellationRequested)
        {
            throw McpFault.Of(exception, secret.Key, Options.ConnectSeconds);
        }
    }

    [SuppressMessage("Reliability", "CA2000", Justification = "The connection disposes what it was given.")]
    private async Task<McpConnection> OverHttpAsync(Uri address, string? key, CancellationToken cancellation)
    {
        var http = new HttpClient(new AnswerBound(handlers.CreateHandler(OutboundHttp.Client), Options.AnswerMb * 1024L * 1024), disposeHandler: false) { Timeout = Timeout.InfiniteTimeSpan };
        var transport = new HttpClientTransport(
            new HttpClientTransportOptions
            {
                Endpoint = address,
                // The older kind lets the server name another address for the messages, and with them the key.
                TransportMode = HttpTransportMode.StreamableHttp,
                AdditionalHeaders = key is null ? null : new Dictionary<string, string> { ["Authorization"] = $"Bearer {key}" },
            },
            http, loggerFactory: null, ownsHttpClient: true);
        return await ConnectAsync(transport, null, key, transport.DisposeAsync, cancellation);
    }

    private async Task<McpConnection> OverStdioAsync(McpServer server, CancellationToken cancellation)
    {
        if (!Options.Servers.TryGetValue(server.Slug, out var configured) || configured.Command.Length == 0)
            throw new McpFault("it is not in the configuration of this lab any more");
        var program = await programs.StartAsync(
            new SandboxProgram(server.Id, configured.Command, [.. configured.Arguments], new Dictionary<string, string>(configured.Environment), configured.Sandbox), cancellation);
        return await ConnectAsync(new StreamClientTransport(program.Input, program.Output), program, null, program.DisposeAsync, cancellation);
    }

    private async Task<McpConnection> ConnectAsync(IClientTransport transport, RunningProgram? program, string? key, Func<ValueTask> dispose, CancellationToken cancellation)
    {
        McpClient? client = null;
        try
        {
            client = await McpClient.CreateAsync(transport, new McpClientOptions
            {
                ClientInfo = new Implementation { Name = "alumia-lab", Title = "Alumia Lab", Version = "1.0" },
                InitializationTimeout = TimeSpan.FromSeconds(Options.ConnectSeconds),
            }, loggerFactory: null, cancellation);
            var connection = new McpConnection(client, program, key, dispose, clock);
            await connection.RefreshAsync(cancellation);
            return connection;
        }
        catch (Exception exception)
        {
            var why = program is null ? null : await EndedByItselfAsync(program);
            if (client is not null)
                await client.DisposeAsync();
            await dispose();
            if (why is null)
                throw;
            throw new McpFault(why, exception);
        }
    }

    /// <summary>How a program ended that breaks off; null for one that goes on.</summary>
    private async Task<string?> EndedByItselfAsync(RunningProgram program)
    {
        var end = McpConnection.EndOfAsync(program);
        return await Task.WhenAny(end, Task.Delay(_moment, clock)) == end ? await end : null;
    }
}
