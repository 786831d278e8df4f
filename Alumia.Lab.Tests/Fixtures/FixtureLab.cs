using System.Diagnostics;
using System.IO.Compression;
using System.Net.Http.Json;
using Alumia.Lab.Sessions;
using Alumia.Lab.Storage;
using Alumia.Lab.Tests.Harness;
using Alumia.Lab.Tests.Sessions;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Alumia.Lab.Tests.Fixtures;

/// <summary>
/// Labs of earlier times, as databases: <c>lab-1.*</c> was made when the first slice of the lab was finished. A later lab must start on them
/// and lose nothing. The two files of one number hold the same story, told by <see cref="TellAsync"/>.
/// </summary>
internal static class FixtureLab
{
    public const string Question = "Please write a document about the tides";
    public const string Cancelled = "Talk to me [[pace 20]] [[long 400]]";
    public const string Failing = "Say something [[status 401]]";
    public const string Waiting = "Tell me something about rivers";
    public const string Queued = "And this comes after it";

    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    /// <summary>The path of a committed fixture, without its ending.</summary>
    public static string Committed(int number) => Path.Combine(Repository.Root, "Alumia.Lab.Tests", "Fixtures", $"lab-{number}");

    /// <summary>What happens in a lab before it becomes a fixture: sessions answered, cancelled, failed and waiting, with a document and a queue.</summary>
    public static async Task TellAsync(Bench bench)
    {
        var answered = await bench.NewSessionAsync();
        await bench.AskAsync(answered, Question);
        var cancelled = await bench.NewSessionAsync();
        await bench.SendAsync(cancelled, Cancelled);
        await Eventually.True(async () => (await bench.EventsAsync<StepStarted>(cancelled)).Count > 0, "the answer has begun");
        await bench.Conversations.CancelAsync(bench.Scope, cancelled, Ended);
        var failed = await bench.NewSessionAsync();
        await bench.SendAsync(failed, Failing);
        await bench.UntilAsync(failed, SessionStatus.Failed);
        var waiting = await bench.NewSessionAsync();
        // Parked by a clock that is ten hours ahead, so it stays parked when the clock is right again.
        using var desk = bench.Lab.Client();
        await TurnAsync(desk, "clock", 600);
        await TurnAsync(desk, "provider-fails", "429");
        await bench.SendAsync(waiting, Waiting);
        await bench.UntilAsync(waiting, SessionStatus.AwaitingProvider);
        await TurnAsync(desk, "clock", 0);
        await TurnAsync(desk, "provider-fails", "none");
        await bench.SendAsync(waiting, Queued);
    }

    /// <summary>Turns a switch of the offline desk.</summary>
    public static async Task TurnAsync(HttpClient desk, string name, object value)
    {
        using var answer = await desk.PutAsJsonAsync($"/offline/switches/{name}", new { value }, Ended);
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>The settings of a lab on a copy of a fixture's database.</summary>
    public static async Task<Dictionary<string, string?>> CopyAsync(StorageProvider provider, string fixture, string folder)
    {
        if (provider == StorageProvider.Sqlite)
        {
            await using var packed = new GZipStream(File.OpenRead(fixture + ".sqlite.gz"), CompressionMode.Decompress);
            await using var file = File.Create(Path.Combine(folder, "lab.db"));
            await packed.CopyToAsync(file, Ended);
            return new() { ["Storage:Directory"] = folder };
        }
        var database = await (await PostgresServer.CurrentAsync()).NewDatabaseAsync();
        await PostgresServer.RunAsync(database, await File.ReadAllTextAsync(fixture + ".postgres.sql", Ended));
        NpgsqlConnection.ClearAllPools(); // The dump changes its connection's search path.
        return Postgres(database);
    }

    public static Dictionary<string, string?> Postgres(string connectionString) =>
        new() { ["Storage:Provider"] = "Postgres", ["Storage:ConnectionString"] = connectionString };

    /// <summary>Writes the database of a lab that has ended as a fixture.</summary>
    public static async Task KeepAsync(StorageProvider provider, string fixture, string where)
    {
        if (provider == StorageProvider.Sqlite)
        {
            using var whole = new TempFolder();
            var copy = Path.Combine(whole.Path, "lab.db");
            await using (var connection = new SqliteConnection($"Data Source={Path.Combine(where, "lab.db")};Pooling=False"))
            {
                await connection.OpenAsync(Ended);
                await using var vacuum = connection.CreateCommand();
                vacuum.CommandText = $"VACUUM INTO '{copy}'";
                await vacuum.ExecuteNonQueryAsync(Ended);
            }
            await using var packed = new GZipStream(File.Create(fixture + ".sqlite.gz"), CompressionLevel.SmallestSize);
            await using var file = File.OpenRead(copy);
            await file.CopyToAsync(packed, Ended);
            return;
        }
        var server = new NpgsqlConnectionStringBuilder(where);
        var dump = new ProcessStartInfo(Parts.Find("pg_dump") ?? "pg_dump",
            ["--inserts", "--no-owner", "--no-privileges", "-h", server.Host!, "-U", server.Username!, server.Database!])
        { RedirectStandardOutput = true };
        using var process = Process.Start(dump)!;
        var lines = (await process.StandardOutput.ReadToEndAsync(Ended)).Split('\n').Where(line => !line.StartsWith('\\') && !line.StartsWith("--", StringComparison.Ordinal) && line.Length > 0);
        await process.WaitForExitAsync(Ended);
        Assert.Equal(0, process.ExitCode);
        await File.WriteAllTextAsync(fixture + ".postgres.sql", string.Join('\n', lines) + "\n", Ended);
    }
}
