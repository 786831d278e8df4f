using System.Net;
using System.Text.Json;
using Alumia.Lab.Sessions;
using Alumia.Lab.Storage;
using Alumia.Lab.Tests.Harness;
using Alumia.Lab.Tests.Sessions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Alumia.Lab.Tests.Cluster;

/// <summary>Tests of several copies run one after another when all others have run: three labs need the machine.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public static class CopiesCollection
{
    public const string Name = "Copies of the lab";
}

/// <summary>Copies of the lab, each a process of its own, on one PostgreSQL database: one cluster.</summary>
internal sealed class Copies : IAsyncDisposable
{
    private Copies(Balancer balancer, IReadOnlyList<LabProcess> labs) =>
        (Balancer, Labs, Contexts) = (balancer, labs, new LabDbContexts(Options.Create(labs[0].Storage)));

    /// <summary>The balancer before them, whose address is the lab's public one.</summary>
    public Balancer Balancer { get; }

    public IReadOnlyList<LabProcess> Labs { get; }

    /// <summary>The database, read from outside.</summary>
    public LabDbContexts Contexts { get; }

    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    /// <summary>Starts so many at once on a fresh database, and a balancer before them.</summary>
    /// <param name="count">How many copies.</param>
    /// <param name="more">Settings beside those that make them a cluster.</param>
    /// <param name="isDriven">As of <see cref="LabProcess.StartAsync"/>.</param>
    public static async Task<Copies> StartAsync(int count, Dictionary<string, string?>? more = null, bool isDriven = true)
    {
        var balancer = await Balancer.StartAsync();
        var labs = new List<LabProcess>();
        try
        {
            var settings = await Bench.SettingsAsync(StorageProvider.Postgres, new()
            {
                ["Cluster:Provider"] = "Postgres",
                ["Lab:PublicUrl"] = balancer.Address.ToString().TrimEnd('/'),
                ["ForwardedHeaders:KnownProxies:0"] = "127.0.0.1",
            });
            foreach (var (name, value) in more ?? [])
                settings[name] = value;
            await Task.WhenAll(Enumerable.Range(0, count).Select(async _ =>
            {
                var lab = await LabProcess.StartAsync(settings, isDriven);
                lock (labs) // Those that did start are ended, should another not.
                    labs.Add(lab);
            }));
            await balancer.ServeAsync(labs.Select(lab => lab.Address));
            return new Copies(balancer, labs);
        }
        catch
        {
            await EndAsync(balancer, labs);
            throw;
        }
    }

    /// <summary>Watches a session by one copy until a line of this kind has come; gives all that came, joined by kind.</summary>
    public static async Task<List<LabDriver.Line>> WatchAsync(LabProcess lab, string session, Func<LabDriver.Line, bool> isLast)
    {
        using var client = lab.Client();
        using var response = await client.GetAsync(new Uri($"/driver/watch?session={session}&from=0.0", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, Ended);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(Ended));
        var lines = new List<LabDriver.Line>();
        while (lines.Count == 0 || !isLast(lines[^1]))
            lines.Add(JsonSerializer.Deserialize<LabDriver.Line>(await reader.ReadLineAsync(Ended) ?? throw new IOException("The watch ended."))!);
        return lines;
    }

    public async Task<T> ReadAsync<T>(Func<LabDbContext, Task<T>> read)
    {
        await using var db = Contexts.CreateDbContext();
        return await read(db);
    }

    public Task<List<Session>> SessionsAsync() => ReadAsync(db => db.Set<Session>().ToListAsync(Ended));

    public async Task<Session> SessionAsync(string id) => (await SessionsAsync()).Single(session => session.Id == id);

    public Task<List<SessionEvent>> EventsAsync(string id) => ReadAsync(db => Bench.EventsAsync(db, id));

    /// <summary>How many events each of these has.</summary>
    public Task<Dictionary<string, int>> CountsAsync(IReadOnlySet<string> ids) => ReadAsync(db =>
        db.Set<SessionEventRecord>().Where(row => ids.Contains(row.SessionId)).GroupBy(row => row.SessionId).ToDictionaryAsync(group => group.Key, group => group.Count(), Ended));

    public async ValueTask DisposeAsync()
    {
        await EndAsync(Balancer, Labs);
        Contexts.Dispose();
    }

    private static async Task EndAsync(Balancer balancer, IReadOnlyList<LabProcess> labs)
    {
        await balancer.DisposeAsync();
        await Task.WhenAll(labs.Select(lab => lab.DisposeAsync().AsTask()));
    }
}
