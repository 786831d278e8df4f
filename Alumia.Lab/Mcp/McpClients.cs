using System.Collections.Concurrent;

namespace Alumia.Lab.Mcp;

/// <summary>The lines to all servers that this process has reached for. Those that are known to be unwell are reached for when the lab starts.</summary>
internal sealed class McpClients(McpReach reach, McpRecords records, IHostApplicationLifetime lifetime, TimeProvider clock, ILogger<McpClients> log) : IHostedService, IAsyncDisposable
{
    /// <summary>Attempts that run at once.</summary>
    private const int AtOnce = 8;

    private readonly ConcurrentDictionary<string, McpLine> _lines = new();
    private readonly SemaphoreSlim _turns = new(AtOnce);
    private CancellationTokenRegistration _started;

    /// <summary>The line to a server.</summary>
    public McpLine LineOf(string orgId, string serverId) => _lines.GetOrAdd(serverId, _ => new McpLine(orgId, serverId, reach, records, _turns, clock, log));

    /// <summary>Reaches for a server, whose state is then written down; nobody waits for it.</summary>
    public void Wake(string orgId, string serverId) => _ = WakeAsync(orgId, serverId);

    /// <summary>Ends the line to a server that was removed.</summary>
    public async Task ForgetAsync(string serverId)
    {
        if (_lines.TryRemove(serverId, out var line))
            await line.DisposeAsync();
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _started = lifetime.ApplicationStarted.Register(() => _ = ResumeAsync());
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken) => await DisposeAsync();

    public async ValueTask DisposeAsync()
    {
        await _started.DisposeAsync();
        await Task.WhenAll(_lines.Keys.Select(ForgetAsync));
    }

    private async Task ResumeAsync()
    {
        try
        {
            foreach (var server in await records.UnwellAsync(lifetime.ApplicationStopping))
                Wake(server.OrgId, server.Id);
        }
        catch (OperationCanceledException)
        {
            // The lab stops.
        }
    }

    private async Task WakeAsync(string orgId, string serverId)
    {
        try
        {
            await LineOf(orgId, serverId).ConnectAsync(now: false, lifetime.ApplicationStopping);
        }
        catch (Exception exception) when (exception is McpFault or OperationCanceledException)
        {
            // It is written down.
        }
    }
}
