using System.Collections.Concurrent;
using Alumia.Lab.Organizations;
using Alumia.Lab.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Alumia.Lab.Mcp;

/// <summary>The programs of the configuration as servers of each org: an org gets its rows when it is first looked at, and then each is started once to tell its tools.</summary>
internal sealed class McpPrograms(IOptions<McpOptions> options, Writer writer, McpClients clients, ILogger<McpPrograms> log)
{
    private readonly ConcurrentDictionary<string, Task> _ensured = new();
    private readonly Dictionary<string, McpProgramOptions> _programs = options.Value.Servers.Where(pair => IsSlug(pair.Key)).ToDictionary(StringComparer.Ordinal);

    /// <summary>Whether the configuration has any.</summary>
    public bool Any => _programs.Count > 0;

    /// <summary>Whether the configuration has one of this slug.</summary>
    public bool Has(string slug) => _programs.ContainsKey(slug);

    /// <summary>Whether a server is there for its org: one that was added, or one that the configuration still has.</summary>
    public bool IsOffered(McpServer server) => server.Address is not null || Has(server.Slug);

    /// <summary>Sees to it that the org has its rows.</summary>
    public async Task EnsureAsync(string orgId, CancellationToken cancellation)
    {
        if (!Any)
            return;
        var ensuring = _ensured.GetOrAdd(orgId, MakeAsync);
        try
        {
            await ensuring.WaitAsync(cancellation);
        }
        catch
        {
            if (ensuring.IsFaulted)
                _ensured.TryRemove(KeyValuePair.Create(orgId, ensuring));
            throw;
        }
    }

    /// <summary>As <see cref="EnsureAsync"/>, for who cannot wait for it.</summary>
    public void Ensure(string orgId)
    {
        if (!Any || _ensured.ContainsKey(orgId))
            return;
        _ = Task.Run(async () =>
        {
            try
            {
                await EnsureAsync(orgId, CancellationToken.None);
            }
            catch (Exception exception) when (exception is DbUpdateException or InvalidOperationException or System.Data.Common.DbException)
            {
                log.LogError(exception, "The programs of the configuration could not be stored for an organization");
            }
        });
    }

    private async Task MakeAsync(string orgId)
    {
        var made = await writer.Write(tx =>
        {
            OrgQueries.Lock(tx, orgId);
            var known = tx.Db.Set<McpServer>().Where(server => server.OrgId == orgId).ToDictionary(server => server.Slug);
            var made = new List<McpServer>();
            foreach (var (slug, program) in _programs)
            {
                var name = program.Name is { Length: > 0 } given ? given : slug;
                if (known.TryGetValue(slug, out var there))
                {
                    if (there.Address is null)
                        there.Name = name;
                    else
                        log.LogWarning("The organization {Org} has a server {Slug} of its own; the one of the configuration is hidden from it", orgId, slug);
                    continue;
                }
                var row = new McpServer { Id = Id.New("mcp", tx.NowMs), OrgId = orgId, Name = name, Slug = slug, CreatedAtMs = tx.NowMs, StatusAtMs = tx.NowMs };
                tx.Db.Add(row);
                made.Add(row);
            }
            if (made.Count > 0)
                tx.Changed(McpServer.Key(orgId));
            return made;
        });
        foreach (var server in made)
            clients.Wake(orgId, server.Id);
    }

    /// <summary>What can begin a tool's name: it has no two dashes, which stand for a dot on the wire.</summary>
    private static bool IsSlug(string key) => key.Length is >= 2 and <= McpNames.MostOfSlug && Slugs.Suggest(key) == key
        ? true
        : throw new StartupFault($"Mcp:Servers:{key} is no good: its name has 2 to {McpNames.MostOfSlug} lower-case letters, digits and single dashes.");
}
