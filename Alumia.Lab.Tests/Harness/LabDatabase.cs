using Alumia.Lab.Storage;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Alumia.Lab.Tests.Harness;

/// <summary>
/// A fresh database of the lab with one copy's storage services on it, without the rest of the lab:
/// <c>await using var database = await LabDatabase.CreateAsync(provider);</c>
/// </summary>
public sealed class LabDatabase : IAsyncDisposable
{
    /// <summary>How many threads the writer has on PostgreSQL.</summary>
    public const int PostgresThreads = 4;
    private readonly StorageOptions _options;
    private readonly TempFolder? _folder;
    private readonly PostgresFeed? _postgres;

    private LabDatabase(StorageOptions options, TempFolder? folder, TimeProvider clock)
    {
        (_options, _folder, Clock) = (options, folder, clock);
        Contexts = new LabDbContexts(Options.Create(options));
        Feed = new ChangeFeed(NullLogger<ChangeFeed>.Instance);
        _postgres = options.Provider == StorageProvider.Sqlite ? null : new PostgresFeed(Contexts, Feed, NullLogger<PostgresFeed>.Instance);
        Writer = _postgres is null ? new SqliteWriter(Contexts, Feed, clock) : new PostgresWriter(Contexts, _postgres, clock, options.WriterThreads);
    }

    public LabDbContexts Contexts { get; }

    public ChangeFeed Feed { get; }

    public Writer Writer { get; }

    public TimeProvider Clock { get; }

    /// <summary>How to connect to the database.</summary>
    public string ConnectionString => Contexts.ConnectionString;

    /// <summary>Where SQLite's file is.</summary>
    public string Directory => _options.Directory;

    public static async Task<LabDatabase> CreateAsync(StorageProvider provider, TimeProvider? clock = null)
    {
        var folder = provider == StorageProvider.Sqlite ? new TempFolder() : null;
        var options = new StorageOptions { Provider = provider, WriterThreads = PostgresThreads };
        if (folder is not null)
            await DatabaseTemplate.CopyAsync(options.Directory = folder.Path);
        else
            options.ConnectionString = await (await PostgresServer.CurrentAsync()).NewLabDatabaseAsync();
        var database = new LabDatabase(options, folder, clock ?? TimeProvider.System);
        await database.ListenAsync();
        return database;
    }

    /// <summary>Another copy of the lab on the same database: its own writer, feed and listener.</summary>
    public async Task<LabDatabase> AnotherCopyAsync()
    {
        var copy = new LabDatabase(_options, null, Clock);
        await copy.ListenAsync();
        return copy;
    }

    /// <summary>A reader's context.</summary>
    public LabDbContext Read() => Contexts.CreateDbContext();

    /// <summary>A context as the stores of libraries get it: it saves while the writer stands aside.</summary>
    public LabDbContext Outside()
    {
        var db = Contexts.Create(SaveRule.Exclusively);
        db.Writer = Writer;
        return db;
    }

    public async ValueTask DisposeAsync()
    {
        if (_postgres is not null)
        {
            await _postgres.StopAsync(CancellationToken.None);
            _postgres.Dispose();
        }
        Writer.Dispose();
        if (_folder is null)
            return;
        using (var connection = new SqliteConnection(ConnectionString))
            SqliteConnection.ClearPool(connection);
        _folder.Dispose();
    }

    private async Task ListenAsync()
    {
        if (_postgres is null)
            return;
        await _postgres.StartAsync(CancellationToken.None);
        await _postgres.Listening.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
    }
}
