using Alumia.Lab.Accounts;
using Alumia.Lab.Organizations;
using Alumia.Lab.Storage;
using Alumia.Lab.Tools;
using Alumia.Lab.Troubles;
using Microsoft.EntityFrameworkCore;

namespace Alumia.Lab.Mcp;

/// <summary>A server as people see it. The key is told to nobody.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">For people.</param>
/// <param name="Slug">What its tools' names begin with.</param>
/// <param name="Address">Where it is, without what may be secret in it; null for a program of the configuration.</param>
/// <param name="HasKey">Whether a key is sent to it, or parameters that may be one.</param>
/// <param name="AddedBy">The person's name; null for a program.</param>
/// <param name="Status">How it was when it was last reached for.</param>
/// <param name="Reason">Why it failed; else empty.</param>
/// <param name="StatusAtMs">Since when, in UTC ms.</param>
/// <param name="WorkedAtMs">When it last answered, in UTC ms.</param>
/// <param name="LeftOut">How many tools it has beyond those that are taken.</param>
/// <param name="Tools">Its tools, by name.</param>
public sealed record McpServerLine(
    string Id, string Name, string Slug, string? Address, bool HasKey, string? AddedBy, McpStatus Status, string Reason, long StatusAtMs, long? WorkedAtMs, int LeftOut,
    IReadOnlyList<McpToolLine> Tools);

/// <summary>A tool as people see it.</summary>
/// <param name="Name">As agents have it.</param>
/// <param name="ServerName">As the server names it.</param>
/// <param name="Title">As the server titles it; empty where it does not.</param>
/// <param name="Description">What it is said to do.</param>
/// <param name="Schema">The JSON Schema of its arguments.</param>
/// <param name="ReadsOnly">Whether the server says that it changes nothing.</param>
/// <param name="Fault">Why it cannot be used; else empty.</param>
/// <param name="Hash">Names what would be confirmed.</param>
/// <param name="Before">What was confirmed, where it is something else; the tool is off then.</param>
public sealed record McpToolLine(string Name, string ServerName, string Title, string Description, string Schema, bool ReadsOnly, string Fault, string Hash, McpToolBefore? Before);

/// <summary>A tool as a person had confirmed it.</summary>
public sealed record McpToolBefore(string Description, string Schema, bool ReadsOnly);

/// <summary>
/// An org's MCP servers as its people see and change them: every member sees them, owners and admins add, remove and confirm. Those of the instance's
/// configuration are there by themselves.
/// </summary>
public sealed class McpServers
{
    private const int MostOfName = 60;
    private const int MostOfAddress = 2_000;
    private const int MostOfKey = 4_000;
    private const int MostServers = 50;

    /// <summary>Why others than owners and admins see no button.</summary>
    public const string AdminsOnly = "Only owners and admins add and remove MCP servers, and confirm changed tools.";

    private readonly IDbContextFactory<LabDbContext> _contexts;
    private readonly Writer _writer;
    private readonly Audit _audit;
    private readonly IUserNames _names;
    private readonly McpVault _vault;
    private readonly McpReach _reach;
    private readonly McpClients _clients;
    private readonly McpPrograms _programs;
    private readonly ToolRegistry _registry;
    private readonly TimeProvider _clock;

    internal McpServers(
        IDbContextFactory<LabDbContext> contexts, Writer writer, Audit audit, IUserNames names, McpVault vault, McpReach reach, McpClients clients, McpPrograms programs, ToolRegistry registry, TimeProvider clock) =>
        (_contexts, _writer, _audit, _names, _vault, _reach, _clients, _programs, _registry, _clock) = (contexts, writer, audit, names, vault, reach, clients, programs, registry, clock);

    /// <summary>Whether this person may add, remove and confirm.</summary>
    public static bool MayChange(OrgScope scope) => scope.Can(OrgRole.Admin);

    /// <summary>The org's servers, by name, with their tools.</summary>
    public async Task<IReadOnlyList<McpServerLine>> ListAsync(OrgScope scope, CancellationToken cancellation)
    {
        await _programs.EnsureAsync(scope.OrgId, cancellation);
        await using var db = _contexts.CreateDbContext();
        var servers = await db.In<McpServer>(scope).Where(server => server.RemovedAtMs == null).ToListAsync(cancellation);
        var tools = (await db.In<McpServerTool>(scope).Where(tool => tool.GoneAtMs == null).ToListAsync(cancellation)).ToLookup(tool => tool.ServerId);
        var people = await _names.OfAsync(servers.Select(server => server.AddedBy).OfType<string>(), cancellation);
        return [.. servers.Where(_programs.IsOffered).Select(server => LineOf(server, tools[server.Id], people)).OrderBy(line => line.Name, StringComparer.OrdinalIgnoreCase)];
    }

    /// <summary>Connects to a server at an address, and keeps it where it answers with its tools.</summary>
    /// <param name="scope">Who adds it: an owner or admin.</param>
    /// <param name="name">For people; its tools' names begin with what can be made of it.</param>
    /// <param name="address">Where it is: https or http.</param>
    /// <param name="key">A bearer key, or nothing.</param>
    /// <param name="cancellation">Ends the connecting; nothing is stored.</param>
    /// <exception cref="Refusal">Forbidden; invalid: the name, the address or the key; conflict: the name is taken; unavailable: the server does not answer as one.</exception>
    public async Task<McpServerLine> AddAsync(OrgScope scope, string name, string address, string? key, CancellationToken cancellation)
    {
        RequireAdmin(scope);
        var wish = McpWish.Read(name, address, key, MostOfName, MostOfAddress, MostOfKey);
        var server = await PrepareAsync(scope, wish, cancellation);
        McpConnection connection;
        try
        {
            connection = await _reach.OpenAsync(server, cancellation);
        }
        catch (McpFault fault)
        {
            throw new Refusal(RefusalKind.Unavailable, $"The server was not added: {fault.Message.TrimEnd('.')}.");
        }
        await using (connection)
        {
            await _writer.Write(tx =>
            {
                OrgQueries.Lock(tx, scope.OrgId);
                if (tx.Db.In<McpServer>(scope).Count(row => row.RemovedAtMs == null && row.Address != null) >= MostServers)
                    throw Refusal.Conflict($"An organization has {MostServers} MCP servers at the most.");
                var old = tx.Db.In<McpServer>(scope).SingleOrDefault(row => row.Slug == server.Slug);
                if (old is { RemovedAtMs: null } || old is not null && old.Id != server.Id)
                    throw Taken(wish.Name);
                if (old is null)
                    tx.Db.Add(server);
                else
                    (old.RemovedAtMs, old.Name, old.Secret, old.AddedBy) = (null, server.Name, server.Secret, server.AddedBy);
                McpRecords.Worked(tx, old ?? server, connection.Tools, connection.LeftOut);
                _audit.Write(tx, scope, "mcp_server.added", wish.Name, wish.Address);
            }, cancellation);
        }
        return (await ListAsync(scope, cancellation)).Single(line => line.Id == server.Id);
    }

    /// <summary>Removes a server that was added; its key is erased, and its tools are gone for every agent.</summary>
    /// <exception cref="Refusal">Forbidden, or not found.</exception>
    public async Task RemoveAsync(OrgScope scope, string serverId, CancellationToken cancellation)
    {
        RequireAdmin(scope);
        await _writer.Write(tx =>
        {
            var server = tx.Db.In<McpServer>(scope).SingleOrDefault(row => row.Id == serverId && row.RemovedAtMs == null && row.Address != null) ?? throw Refusal.NotFound("MCP server");
            (server.RemovedAtMs, server.Secret) = (tx.NowMs, null);
            TroubleLog.Heal(tx, scope.OrgId, McpTroubles.About(server.Id), "The server was removed");
            _audit.Write(tx, scope, "mcp_server.removed", server.Name, server.Address!);
            tx.Changed(McpServer.Key(scope.OrgId));
        }, cancellation);
        await _clients.ForgetAsync(serverId);
    }

    /// <summary>Reaches for a server at once, without waiting for its next attempt.</summary>
    /// <exception cref="Refusal">Forbidden: viewers may not; not found; unavailable: it fails still, and why.</exception>
    public async Task TryAgainAsync(OrgScope scope, string serverId, CancellationToken cancellation)
    {
        scope.Require(OrgRole.Member);
        await using (var db = _contexts.CreateDbContext())
        {
            var server = await db.In<McpServer>(scope).SingleOrDefaultAsync(row => row.Id == serverId && row.RemovedAtMs == null, cancellation);
            if (server is null || !_programs.IsOffered(server))
                throw Refusal.NotFound("MCP server");
        }
        try
        {
            await _clients.LineOf(scope.OrgId, serverId).ConnectAsync(now: true, cancellation);
        }
        catch (McpFault fault)
        {
            throw new Refusal(RefusalKind.Unavailable, $"It failed again: {fault.Message.TrimEnd('.')}.");
        }
    }

    /// <summary>Confirms what a changed tool is said to do now, so that agents may use it again.</summary>
    /// <param name="scope">Who confirms: an owner or admin.</param>
    /// <param name="serverId">The server.</param>
    /// <param name="tool">The tool, as the server names it.</param>
    /// <param name="hash">What was read: <see cref="McpToolLine.Hash"/>.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="Refusal">Forbidden; not found; conflict: it has changed again meanwhile.</exception>
    public Task ConfirmAsync(OrgScope scope, string serverId, string tool, string hash, CancellationToken cancellation)
    {
        RequireAdmin(scope);
        return _writer.Write(tx =>
        {
            var server = tx.Db.In<McpServer>(scope).SingleOrDefault(row => row.Id == serverId && row.RemovedAtMs == null) ?? throw Refusal.NotFound("MCP server");
            var row = tx.Db.In<McpServerTool>(scope).SingleOrDefault(row => row.ServerId == serverId && row.Name == tool && row.GoneAtMs == null) ?? throw Refusal.NotFound("tool");
            if (row.Hash != hash)
                throw Refusal.Conflict("It has changed again meanwhile. Read it once more.");
            (row.ConfirmedHash, row.ConfirmedDescription, row.ConfirmedSchema, row.ConfirmedReadsOnly) = (row.Hash, row.Description, row.Schema, row.ReadsOnly);
            _audit.Write(tx, scope, "mcp_tool.confirmed", McpNames.Of(server.Slug, row.Name), server.Name);
            tx.Db.SaveChanges();
            McpTroubles.TellChanged(tx, server);
            tx.Changed(McpServer.Key(scope.OrgId));
        }, cancellation);
    }

    /// <summary>The row that it would be: a new one, or the one of before where the same server comes back.</summary>
    private async Task<McpServer> PrepareAsync(OrgScope scope, McpWish wish, CancellationToken cancellation)
    {
        await using var db = _contexts.CreateDbContext();
        var all = await db.In<McpServer>(scope).ToListAsync(cancellation);
        if (all.Exists(row => row.RemovedAtMs is null && (row.Name.Equals(wish.Name, StringComparison.OrdinalIgnoreCase) || row.Slug == wish.Slug)))
            throw Taken(wish.Name);
        // Nobody is to take a connector's tools for those of the server, or the other way round.
        var tools = await _registry.AllAsync(scope.OrgId, cancellation);
        if (_programs.Has(wish.Slug) || tools.Any(tool => tool.Name.Split('.')[0] == wish.Slug || wish.Name.Equals(tool.Group, StringComparison.OrdinalIgnoreCase)))
            throw Taken(wish.Name);
        // A slug belongs to one address for ever, since agents' rights are kept by it.
        var slugs = Enumerable.Range(1, all.Count + 1).Select(number => number == 1 ? wish.Slug : FormattableString.Invariant($"{wish.Slug}-{number}"));
        var slug = slugs.First(slug => all.TrueForAll(row => row.Slug != slug || (row.RemovedAtMs is not null && row.Address == wish.Address)));
        var id = all.SingleOrDefault(row => row.Slug == slug)?.Id ?? Id.New("mcp", _clock);
        return new McpServer
        {
            Id = id,
            OrgId = scope.OrgId,
            Name = wish.Name,
            Slug = slug,
            Address = wish.Address,
            Secret = _vault.Lock(scope.OrgId, id, wish.Secret),
            AddedBy = scope.UserId,
            CreatedAtMs = _clock.NowMs(),
        };
    }

    private McpServerLine LineOf(McpServer server, IEnumerable<McpServerTool> tools, IReadOnlyDictionary<string, string> people) => new(
        server.Id, server.Name, server.Slug, server.Address, server.Secret is not null,
        server.AddedBy is { } adder ? people.GetValueOrDefault(adder, "A former member") : null, server.Status, server.Reason, server.StatusAtMs, server.WorkedAtMs, server.LeftOut,
        [.. tools.OrderBy(tool => tool.Name, StringComparer.Ordinal).Select(tool => new McpToolLine(
            McpNames.Of(server.Slug, tool.Name), tool.Name, tool.Title, tool.Description, tool.Schema, tool.ReadsOnly, tool.Fault, tool.Hash,
            tool.IsChanged ? new McpToolBefore(tool.ConfirmedDescription, tool.ConfirmedSchema, tool.ConfirmedReadsOnly) : null))]);

    private static void RequireAdmin(OrgScope scope)
    {
        if (!MayChange(scope))
            throw Refusal.Forbidden($"{AdminsOnly} You are a {Roles.Word(scope.Role)} here.");
    }

    private static Refusal Taken(string name) => new(RefusalKind.Conflict, $"The name {name} is taken, or too close to one that is. Choose another one.", new Dictionary<string, string> { ["name"] = "Taken." });
}
