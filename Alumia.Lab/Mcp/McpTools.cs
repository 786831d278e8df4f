using System.Collections.Concurrent;
using Alumia.Lab.Storage;
using Alumia.Lab.Tools;
using Microsoft.EntityFrameworkCore;

namespace Alumia.Lab.Mcp;

/// <summary>
/// The tools of an org's servers, as they were last seen: those that are there, can be used, and are what was confirmed. Asked at every step of
/// every turn, so they are kept until the org's servers change.
/// </summary>
internal sealed class McpTools : IToolSource, IDisposable
{
    private readonly IDbContextFactory<LabDbContext> _contexts;
    private readonly McpClients _clients;
    private readonly McpPrograms _programs;
    private readonly McpReach _reach;
    private readonly TimeProvider _clock;
    private readonly ConcurrentDictionary<string, Task<IReadOnlyList<ITool>>> _known = new();
    private readonly IDisposable _subscription;

    public McpTools(IDbContextFactory<LabDbContext> contexts, McpClients clients, McpPrograms programs, McpReach reach, ChangeFeed feed, TimeProvider clock)
    {
        (_contexts, _clients, _programs, _reach, _clock) = (contexts, clients, programs, reach, clock);
        _subscription = feed.SubscribeAll(Heard);
    }

    public async ValueTask<IReadOnlyList<ITool>> ToolsAsync(string orgId, CancellationToken cancellation)
    {
        _programs.Ensure(orgId);
        var reading = _known.GetOrAdd(orgId, ReadAsync);
        try
        {
            return await reading.WaitAsync(cancellation);
        }
        catch when (reading.IsFaulted)
        {
            _known.TryRemove(KeyValuePair.Create(orgId, reading));
            throw;
        }
    }

    public void Dispose() => _subscription.Dispose();

    // What is read before a change is forgotten with it, even while it is being read.
    private void Heard(string key)
    {
        if (key.Length == 0)
            _known.Clear();
        else if (key.StartsWith(McpServer.KeyPrefix, StringComparison.Ordinal))
            _known.TryRemove(key[McpServer.KeyPrefix.Length..], out _);
    }

    private async Task<IReadOnlyList<ITool>> ReadAsync(string orgId)
    {
        await using var db = _contexts.CreateDbContext();
        var servers = await db.Set<McpServer>().Where(server => server.OrgId == orgId && server.RemovedAtMs == null).OrderBy(server => server.CreatedAtMs).ToListAsync();
        if (servers.Count == 0)
            return [];
        var tools = await db.Set<McpServerTool>().Where(tool => tool.OrgId == orgId && tool.GoneAtMs == null && tool.Fault == "" && tool.Hash == tool.ConfirmedHash).ToListAsync();
        return
        [
            .. from server in servers
               where _programs.IsOffered(server)
               from tool in tools.Where(tool => tool.ServerId == server.Id).OrderBy(tool => tool.Name, StringComparer.Ordinal)
               let schema = McpSchema.Read(tool.Schema, out _)
               where schema is not null
               select new McpTool(server, tool, schema.Value, _clients.LineOf(orgId, server.Id), _reach.Options, _clock),
        ];
    }
}
