using Alumia.Lab.Agents;
using Alumia.Lab.Connectors;
using Alumia.Lab.Organizations;
using Alumia.Lab.Sessions;
using Alumia.Lab.Storage;
using Alumia.Lab.Tests.Harness;
using Alumia.Lab.Tests.Sessions;
using Alumia.Lab.Troubles;
using Microsoft.Extensions.DependencyInjection;

namespace Alumia.Lab.Tests.Connectors;

/// <summary>A lab whose Ala may use both operations of <see cref="ThingsSite"/>, with connections made without a consent.</summary>
public sealed class ThingsBench : IAsyncDisposable
{
    private ThingsBench(ThingsSite site, Bench bench) => (Site, Bench) = (site, bench);

    internal ThingsSite Site { get; }

    internal Bench Bench { get; }

    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    private IServiceProvider Services => Bench.Lab.Services;

    public static async Task<ThingsBench> StartAsync(StorageProvider provider = StorageProvider.Sqlite, Dictionary<string, string?>? settings = null)
    {
        var site = await ThingsSite.StartAsync();
        var all = site.Settings;
        foreach (var (key, value) in settings ?? [])
            all[key] = value;
        var things = new ThingsBench(site, await Bench.StartAsync(provider, all));
        await things.AllowAsync("things.look", ToolRight.Allow);
        await things.AllowAsync("things.change", ToolRight.Allow);
        return things;
    }

    /// <summary>As if nothing had been asked and connected yet.</summary>
    public async Task ClearAsync()
    {
        await Bench.WriteAsync(tx => tx.Run("DELETE FROM connection"));
        Site.Asked.Clear();
    }

    public Task AllowAsync(string tool, ToolRight right) => Services.GetRequiredService<AgentDirectory>().SetToolAsync(Bench.Scope, Bench.Ala.Id, tool, right, Ended);

    /// <summary>A connection as a consent would leave it; gives its id.</summary>
    public async Task<string> ConnectAsync(string token, string[] scopes, OrgScope? owner = null, bool isShared = false)
    {
        var (who, id) = (owner ?? Bench.Scope, $"cnn_{Guid.NewGuid():N}");
        await Bench.WriteAsync(tx =>
        {
            var row = new Connection
            {
                Id = id,
                OrgId = who.OrgId,
                Connector = "things",
                OwnerId = who.UserId,
                IsShared = isShared,
                Account = "ada@things.example",
                Scopes = [.. scopes],
                Status = ConnectionStatus.Connected,
                StatusAtMs = tx.NowMs,
                Secret = Services.GetRequiredService<ConnectionVault>().Lock(who.OrgId, id, new Credential(token)),
                Version = 1,
                CreatedAtMs = tx.NowMs,
            };
            tx.Db.Add(row);
            ConnectionBook.Tell(tx, row);
        });
        return id;
    }

    /// <summary>What a further consent leaves.</summary>
    public Task ReconnectAsync(string id, string token, string[] scopes) => Bench.WriteAsync(tx =>
    {
        var row = ConnectionBook.Find(tx, id)!;
        (row.Scopes, row.Secret) = ([.. scopes], Services.GetRequiredService<ConnectionVault>().Lock(row.OrgId, id, new Credential(token)));
        row.Version++;
        ConnectionBook.SetConnected(tx, row);
    });

    /// <summary>What a way to the consent leaves that did not come out well.</summary>
    public Task ReturnAsync(string connection, string outcome) => Bench.WriteAsync(tx =>
    {
        tx.Db.Add(new ConnectAttempt
        {
            Id = $"cat_{Guid.NewGuid():N}",
            OrgId = Bench.Scope.OrgId,
            UserId = Bench.Scope.UserId,
            Connector = "things",
            ConnectionId = connection,
            Scopes = ["read", "write"],
            MadeAtMs = tx.NowMs,
            UsedAtMs = tx.NowMs,
            Outcome = outcome,
        });
        tx.Changed(ConnectionKeys.List(Bench.Scope.OrgId));
    });

    /// <summary>Sends and waits until the turn is parked for the connection; gives its open trouble.</summary>
    public async Task<Trouble> UntilWaitsAsync(string session, string text)
    {
        await Bench.SendAsync(session, text);
        await Bench.UntilAsync(session, SessionStatus.AwaitingConnector);
        return await OpenAsync(session);
    }

    /// <summary>The session's open trouble, but for those of slowness; or of this kind alone.</summary>
    public async Task<Trouble> OpenAsync(string session, string? kind = null)
    {
        var open = await Eventually.Value(async () => (await TroublesAsync(session, kind)).Where(trouble => trouble.HealedAtMs is null).ToList(), troubles => troubles.Count > 0, "a trouble is open");
        return open.Single();
    }

    /// <summary>The session's troubles, but for those of slowness, which a slow machine adds; or of this kind alone.</summary>
    public async Task<IReadOnlyList<Trouble>> TroublesAsync(string session, string? kind = null) =>
        [.. (await Bench.TroublesAsync(session)).Where(trouble => kind is null ? trouble.Kind != "slow_tool" : trouble.Kind == kind)];

    public Task<FixOutcome> PressAsync(Trouble trouble, string label, OrgScope? person = null) =>
        Services.GetRequiredService<TroubleLog>().ApplyAsync(person ?? Bench.Scope, trouble.Id, label, Ended);

    public async ValueTask DisposeAsync()
    {
        await Bench.DisposeAsync();
        await Site.DisposeAsync();
    }
}
