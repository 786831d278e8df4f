using Alumia.Lab.Storage;
using Alumia.Lab.Troubles;
using Microsoft.EntityFrameworkCore;

namespace Alumia.Lab.Mcp;

/// <summary>Writes down how servers are and which tools they have. On behalf of the lab, not of a person.</summary>
internal sealed class McpRecords(IDbContextFactory<LabDbContext> contexts, Writer writer)
{
    /// <summary>The server as it stands; null where it was removed.</summary>
    public async Task<McpServer?> ReadAsync(string orgId, string serverId, CancellationToken cancellation)
    {
        await using var db = contexts.CreateDbContext();
        return await db.Set<McpServer>().SingleOrDefaultAsync(server => server.OrgId == orgId && server.Id == serverId && server.RemovedAtMs == null, cancellation);
    }

    /// <summary>The servers that nobody knows to be well: they failed, or were never reached.</summary>
    public async Task<IReadOnlyList<McpServer>> UnwellAsync(CancellationToken cancellation)
    {
        await using var db = contexts.CreateDbContext();
        return await db.Set<McpServer>() // Of every org: on behalf of the lab.
            .Where(server => server.RemovedAtMs == null && server.Status != McpStatus.Connected).ToListAsync(cancellation);
    }

    /// <summary>It answered, and these are its tools.</summary>
    public Task WorkedAsync(string orgId, string serverId, McpConnection connection) => WorkedAsync(orgId, serverId, connection.Tools, connection.LeftOut);

    private Task WorkedAsync(string orgId, string serverId, IReadOnlyList<SeenTool> tools, int leftOut) => writer.Write(tx =>
    {
        if (Of(tx, orgId, serverId) is { } server)
            Worked(tx, server, tools, leftOut);
    });

    /// <summary>It could not be reached, or ended.</summary>
    /// <param name="orgId">Whose it is.</param>
    /// <param name="serverId">Which.</param>
    /// <param name="why">In words for people.</param>
    /// <param name="failures">How often in a row.</param>
    /// <param name="againAtMs">When it is tried again, in UTC ms.</param>
    public Task FailedAsync(string orgId, string serverId, string why, int failures, long againAtMs) => writer.Write(tx =>
    {
        if (Of(tx, orgId, serverId) is not { } server)
            return;
        if (server.Status != McpStatus.Failed)
            server.StatusAtMs = tx.NowMs;
        (server.Status, server.Reason) = (McpStatus.Failed, why);
        McpTroubles.RaiseFailed(tx, server, failures, againAtMs);
        tx.Changed(McpServer.Key(orgId));
    });

    /// <summary>Inside a transaction: it answered, and these are its tools.</summary>
    public static void Worked(Tx tx, McpServer server, IReadOnlyList<SeenTool> tools, int leftOut)
    {
        if (server.Status != McpStatus.Connected)
            server.StatusAtMs = tx.NowMs;
        (server.Status, server.Reason, server.WorkedAtMs, server.LeftOut) = (McpStatus.Connected, "", tx.NowMs, leftOut);
        var known = tx.Db.Set<McpServerTool>().Where(tool => tool.ServerId == server.Id).ToDictionary(tool => tool.Name);
        foreach (var tool in tools)
        {
            if (!known.Remove(tool.Name, out var row))
            {
                row = new McpServerTool { OrgId = server.OrgId, ServerId = server.Id, Name = tool.Name };
                tx.Db.Add(row);
                (row.ConfirmedHash, row.ConfirmedDescription, row.ConfirmedSchema, row.ConfirmedReadsOnly) = (tool.Hash, tool.Description, tool.Schema, tool.ReadsOnly);
            }
            (row.Title, row.Description, row.Schema, row.ReadsOnly, row.IsTask, row.Fault, row.Hash, row.GoneAtMs) =
                (tool.Title, tool.Description, tool.Schema, tool.ReadsOnly, tool.IsTask, tool.Fault, tool.Hash, null);
        }
        foreach (var gone in known.Values)
            gone.GoneAtMs ??= tx.NowMs;
        TroubleLog.Heal(tx, server.OrgId, McpTroubles.About(server.Id), $"{server.Name} works again", McpTroubles.Failed);
        tx.Db.SaveChanges();
        McpTroubles.TellChanged(tx, server);
        tx.Changed(McpServer.Key(server.OrgId));
    }

    private static McpServer? Of(Tx tx, string orgId, string serverId) =>
        tx.Db.Set<McpServer>().SingleOrDefault(server => server.OrgId == orgId && server.Id == serverId && server.RemovedAtMs == null);
}
