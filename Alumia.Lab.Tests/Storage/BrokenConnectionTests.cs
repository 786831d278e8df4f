using Alumia.Lab.Storage;
using Alumia.Lab.Tests.Harness;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Alumia.Lab.Tests.Storage;

/// <summary>The writer outlives whatever happens to its connection, and nothing is half written.</summary>
public sealed class BrokenConnectionTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_server_that_restarted_between_works_fails_none_of_them()
    {
        await using var database = await LabDatabase.CreateAsync(StorageProvider.Postgres);
        using (var gate = new Gate(database.Writer, StorageProvider.Postgres))
            gate.Open();
        await database.Writer.Write(tx => tx.Add("before"), Cancellation);

        await using (var readers = new NpgsqlConnection(database.ConnectionString))
            NpgsqlConnection.ClearPool(readers);
        var ended = await Disconnect.OthersAsync(database.ConnectionString, "query NOT LIKE 'LISTEN%'");
        Assert.Equal((long)LabDatabase.PostgresThreads, ended);
        await Task.WhenAll(Enumerable.Range(0, 20).Select(i => database.Writer.Write(tx => tx.Add($"work {i:00}"), Cancellation)));

        Assert.Equal(Enumerable.Range(0, 20).Select(i => $"work {i:00}").Prepend("before"), await database.NamesAsync());
    }

    [Fact]
    public async Task A_connection_lost_within_a_work_fails_it_alone_and_leaves_nothing_of_it()
    {
        await using var database = await LabDatabase.CreateAsync(StorageProvider.Postgres);

        var lost = database.Writer.Write(tx =>
        {
            tx.Insert("lost");
            tx.Changed("lost");
            var process = tx.One("SELECT pg_backend_pid()", row => row.GetInt32(0));
            _ = PostgresServer.RunAsync(database.ConnectionString, $"SELECT pg_terminate_backend({process})").GetAwaiter().GetResult();
            tx.Insert("lost too");
        }, Cancellation);
        await Assert.ThrowsAnyAsync<NpgsqlException>(() => lost);
        await Task.WhenAll(Enumerable.Range(0, 20).Select(i => database.Writer.Write(tx => tx.Add($"{i:00}"), Cancellation)));

        Assert.Equal(Enumerable.Range(0, 20).Select(i => $"{i:00}"), await database.NamesAsync());
    }

    [Fact]
    public async Task A_copy_that_stands_still_within_a_work_does_not_hold_its_rows_for_ever_and_writes_nothing_afterwards()
    {
        await using var database = await LabDatabase.CreateAsync(StorageProvider.Postgres);
        await using var other = await database.AnotherCopyAsync();
        await database.Writer.Write(tx => tx.Insert("row"), Cancellation);
        using var wakes = new ManualResetEventSlim();
        var holds = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var still = database.Writer.Write(tx =>
        {
            Rename(tx, "mine");
            holds.SetResult();
            wakes.Wait(Cancellation);
            tx.Insert("late");
        }, Cancellation);
        await holds.Task;

        try
        {
            await other.Writer.Write(tx => Rename(tx, "yours"), Cancellation).WaitAsync(TimeSpan.FromSeconds(30), Cancellation);
        }
        finally
        {
            wakes.Set();
        }

        await Assert.ThrowsAnyAsync<NpgsqlException>(() => still);
        Assert.Equal(["yours"], await database.NamesAsync());

        static void Rename(Tx tx, string name) => _ = tx.Run("UPDATE data_protection_keys SET friendly_name = @name", ("name", name));
    }

    [Theory, BothProviders]
    public async Task A_commit_that_the_database_refuses_tells_its_works_and_the_next_go_on(StorageProvider provider)
    {
        await using var database = await LabDatabase.CreateAsync(provider);
        await database.Writer.Write(tx =>
        {
            _ = tx.Run("CREATE TABLE parent (id INT PRIMARY KEY)");
            _ = tx.Run("CREATE TABLE child (parent INT REFERENCES parent (id) DEFERRABLE INITIALLY DEFERRED)");
        }, Cancellation);
        var told = false;
        using var subscription = database.Feed.Subscribe("orphan", () => told = true);

        var refused = database.Writer.Write(tx =>
        {
            tx.Insert("orphan");
            tx.Changed("orphan");
            _ = tx.Run("INSERT INTO child (parent) VALUES (7)");
        }, Cancellation);
        await Assert.ThrowsAnyAsync<System.Data.Common.DbException>(() => refused);
        await database.Writer.Write(tx => tx.Add("after"), Cancellation);
        await Task.WhenAll(Enumerable.Range(0, 20).Select(i => database.Writer.Write(tx => tx.Insert($"after {i:00}"), Cancellation)));

        Assert.Equal(Enumerable.Range(0, 20).Select(i => $"after {i:00}").Prepend("after"), await database.NamesAsync());
        Assert.False(told);
    }

    [Fact]
    public async Task A_batch_whose_transaction_is_gone_fails_whole_and_the_next_goes_on()
    {
        await using var database = await LabDatabase.CreateAsync(StorageProvider.Sqlite);
        using var gate = new Gate(database.Writer, StorageProvider.Sqlite);

        // A full disk makes SQLite end the transaction by itself; a work that does so stands for it.
        var before = database.Writer.Write(tx => tx.Insert("before"), Cancellation);
        var ends = database.Writer.Write(tx => _ = tx.Run("ROLLBACK"), Cancellation);
        gate.Open();

        await Assert.ThrowsAsync<SqliteException>(() => before);
        await Assert.ThrowsAsync<SqliteException>(() => ends);
        await database.Writer.Write(tx => tx.Add("after"), Cancellation);
        Assert.Equal(["after"], await database.NamesAsync());
    }

    [Fact]
    public async Task A_file_locked_by_somebody_else_is_waited_for()
    {
        await using var database = await LabDatabase.CreateAsync(StorageProvider.Sqlite);
        await using var other = new SqliteConnection(database.ConnectionString);
        await other.OpenAsync(Cancellation);
        Task write;
        await using (var transaction = await other.BeginTransactionAsync(Cancellation))
        {
            write = database.Writer.Write(tx => tx.Insert("waited"), Cancellation);
            await using var db = database.Read();
            Assert.Empty(await db.DataProtectionKeys.ToListAsync(Cancellation));
            Assert.False(write.IsCompleted);
            await transaction.CommitAsync(Cancellation);
        }
        await write;
        Assert.Equal(["waited"], await database.NamesAsync());
    }
}
