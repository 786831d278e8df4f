using Alumia.Lab.Storage;
using Alumia.Lab.Tests.Harness;
using Npgsql;

[assembly: AssemblyFixture(typeof(PostgresServer))]

namespace Alumia.Lab.Tests.Harness;

/// <summary>
/// One private PostgreSQL cluster a test run, in a folder of its own: started when the first test asks for a database, gone at the end.
/// It listens on a Unix socket only. It never waits for the disk: durability is tested elsewhere. Every lab of a run has its own database and so its own
/// pool, which outlives it for some seconds: hence many connections, given back early.
/// </summary>
public sealed class PostgresServer : IAsyncDisposable
{
    private readonly SemaphoreSlim _once = new(1);
    private ChildProcess? _server;
    private TempFolder? _folder;
    private string? _template;
    private int _databases;

    /// <summary>The run's server.</summary>
    public static async Task<PostgresServer> CurrentAsync() =>
        await TestContext.Current.GetFixture<PostgresServer>() ?? throw new InvalidOperationException("No test is running.");

    /// <summary>Makes an empty database; returns how to connect. Skips the test where PostgreSQL is missing.</summary>
    public async Task<string> NewDatabaseAsync()
    {
        await StartAsync();
        return await CreateAsync("template1");
    }

    /// <summary>The same with all migrations: a copy of a database that is made once a run.</summary>
    public async Task<string> NewLabDatabaseAsync()
    {
        await StartAsync();
        await _once.WaitAsync();
        try
        {
            if (_template is null)
            {
                var template = await CreateAsync("template1");
                await DatabaseTemplate.MigrateAsync(new StorageOptions { Provider = StorageProvider.Postgres, ConnectionString = template });
                NpgsqlConnection.ClearAllPools(); // Nobody may be in a database while it is copied.
                _template = new NpgsqlConnectionStringBuilder(template).Database;
            }
        }
        finally
        {
            _once.Release();
        }
        return await CreateAsync(_template!);
    }

    /// <summary>Runs one command on a connection of its own.</summary>
    public static async Task<object?> RunAsync(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ToString());
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            NpgsqlConnection.ClearAllPools();
            await _server.EndAsync(ChildProcess.Interrupt);
            await _server.DisposeAsync();
        }
        _folder?.Dispose();
        _once.Dispose();
    }

    private async Task<string> CreateAsync(string template)
    {
        var name = $"test_{Interlocked.Increment(ref _databases)}";
        await RunAsync(ConnectionString("postgres"), $"CREATE DATABASE {name} TEMPLATE {template}");
        return ConnectionString(name);
    }

    private string ConnectionString(string database) =>
        $"Host={_folder!.Path};Username=postgres;Database={database};Maximum Pool Size=50;Connection Idle Lifetime=10;Connection Pruning Interval=5";

    private async Task StartAsync()
    {
        var programs = Parts.Need(Part.Postgres);
        await _once.WaitAsync();
        try
        {
            if (_server is not null)
                return;
            // The server refuses to run as root.
            var user = Environment.IsPrivilegedProcess ? "nobody" : null;
            _folder = new TempFolder();
            if (user is not null)
                await ChildProcess.RunAsync("chown", [user, _folder.Path]);
            var data = Path.Combine(_folder.Path, "data");
            await ChildProcess.RunAsync(Path.Combine(programs, "initdb"), ["-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"], user);
            var server = await ChildProcess.StartAsync(
                Path.Combine(programs, "postgres"),
                ["-D", data, "-k", _folder.Path, "-h", "", "-c", "fsync=off", "-c", "full_page_writes=off", "-c", "max_connections=1000", "-c", "shared_buffers=64MB"],
                workingDirectory: _folder.Path,
                user: user);
            await Eventually.True(() => AnswersAsync(server), "the private PostgreSQL answers");
            _server = server;
        }
        finally
        {
            _once.Release();
        }
    }

    private async Task<bool> AnswersAsync(ChildProcess server)
    {
        if (server.HasExited)
            throw new InvalidOperationException($"PostgreSQL ended:\n{server.Output}");
        try
        {
            return await RunAsync(ConnectionString("postgres"), "SELECT 1") is 1;
        }
        catch (NpgsqlException)
        {
            return false;
        }
    }
}
